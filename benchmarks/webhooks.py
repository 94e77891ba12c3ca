"""The webhooks' speed against what it is built on: ``python benchmarks/webhooks.py [--json] [--quick]``.

Each figure is a ratio within this run on this machine; docs/en/performance.md says what stands on either side of it.
"""

from __future__ import annotations

import argparse
import json
import random
import sys
import tempfile
from collections.abc import Callable
from datetime import datetime
from enum import Enum
from pathlib import Path
from typing import Any

import msgspec

sys.path.insert(0, str(Path(__file__).parent))

import data_query
import webhooks_audio
from measure import Figure, cpu, medians, report

from vipex_sdk.numbers import NumberRules
from vipex_sdk.numbers.number import by_library
from vipex_sdk.webhooks.events import CallEnd, Direction, Disposition, LegResult, LegType
from vipex_sdk.wire.convert import Converter
from vipex_sdk.wire.profile import load_profile

Text = str | None
Whole = int | None
Time = datetime | None
OWN_NAMES = '[fields.call_leg]\nsource = ["source"]\ntarget = ["target"]\n'
UNKNOWN = ("cost", "currency", "trunk", "node", "codec", "tenant", "route", "tag", "quality", "billing")
STAMP = "2026-03-02T10:{:02}:12+01:00"


def words(cls: type[Enum]) -> Any:
    """Give the plain enumeration of the words that the fastest decoder knows."""
    return Enum(cls.__name__, {one.name: one.value for one in cls})  # type: ignore[misc]


def fastest() -> Any:
    """Make the structs of the report: no model of ours is in them, numbers are text, unknown keys are dropped."""
    make = msgspec.defstruct
    user = make("User", [(name, Text, None) for name in ("id", "name", "email")])
    audio = [(name, Text, None) for name in ("code", "content_type")]
    audio += [(name, Whole, None) for name in ("size_bytes", "duration_seconds")]
    recording = make("Recording", audio)
    leg: list[Any] = [("leg_id", str), ("seq", int), ("type", words(LegType)), ("result", words(LegResult))]
    leg += [(name, Text, None) for name in ("source", "target", "extension")]
    leg += [(name, Time, None) for name in ("started_at", "answered_at", "ended_at")]
    leg += [("talk_seconds", Whole, None), ("recording", recording | None, None)]
    call: list[Any] = [("call_id", str), ("started_at", datetime), ("direction", words(Direction))]
    call += [("disposition", words(Disposition))]
    texts = "event event_id caller called extension final_extension group queue hangup_by client_ref"
    call += [(name, Text, None) for name in texts.split()]
    call += [(name, Time, None) for name in ("sent_at", "answered_at", "ended_at")]
    counts = "attempt ring_seconds talk_seconds duration_seconds hangup_cause"
    call += [(name, Whole, None) for name in counts.split()]
    call += [("user", user | None, None), ("recording", recording | None, None)]
    call += [("legs", tuple[make("Leg", leg), ...], ())]  # type: ignore[misc]
    return msgspec.json.Decoder(make("Call", call)).decode


def call_report(rnd: random.Random) -> dict[str, Any]:
    """Make an end of call with 41 fields of its own and three legs of twelve; each from another caller."""
    caller, call_id = f"+3630{rnd.randrange(10**7):07}", f"20260302-{rnd.randrange(10**6):06}"

    def audio(place: int) -> dict[str, Any]:
        return {"code": f"R-{call_id}-{place}", "content_type": "audio/mpeg", "duration_seconds": 45}

    def leg(place: int) -> dict[str, Any]:
        about = {"leg_id": f"{call_id}-{place}", "seq": place, "type": "initial", "source": caller}
        about |= {"target": f"10{place}", "extension": f"10{place}", "talk_seconds": 45, "result": "answered"}
        times = {"started_at": place, "answered_at": place + 1, "ended_at": place + 9}
        return about | {key: STAMP.format(value) for key, value in times.items()} | {"recording": audio(place)}

    return {
        "event": "call_end",
        "event_id": f"ev-{call_id}",
        "attempt": 1,
        "sent_at": STAMP.format(20),
        "call_id": call_id,
        "direction": "inbound",
        "caller": caller,
        "called": "+3610000100",
        "extension": "101",
        "final_extension": "103",
        "group": None,
        "queue": "sales",
        "user": {"id": "17", "name": "Próba Elek", "email": "proba@example.hu"},
        "started_at": STAMP.format(1),
        "answered_at": STAMP.format(2),
        "ended_at": STAMP.format(19),
        "ring_seconds": 8,
        "talk_seconds": 135,
        "duration_seconds": 243,
        "disposition": "answered",
        "hangup_cause": 16,
        "hangup_by": "caller",
        "client_ref": None,
        "recording": audio(0) | {"size_bytes": 123_456},
        "legs": [leg(place) for place in (1, 2, 3)],
    }


def renamed(wire: Any) -> Any:
    """Give the report in another sender's names: each key with a letter before it."""
    if isinstance(wire, dict):
        return {f"x{key}": renamed(value) for key, value in wire.items()}
    return [renamed(one) for one in wire] if isinstance(wire, list) else wire


def profile_text(names: Callable[[str], list[str]], selector: str) -> str:
    """Write a profile that reads each field of the report from the keys *names* gives."""
    report_of = call_report(random.Random(0))  # noqa: S311 - invented calls
    tables = {"call_end": report_of, "call_leg": report_of["legs"][0]}
    tables |= {"user_ref": report_of["user"], "recording_ref": report_of["recording"]}
    lines = [f'[webhooks]\nselector = ["{selector}"]']
    for table, fields in tables.items():
        lines.append(f"[fields.{table}]")
        lines += [f"{name} = {json.dumps(names(name))}" for name in fields if name != "event"]
    return "\n".join(lines)


def decoding(rounds: int, count: int) -> list[Figure]:
    """Take the bytes of reports to calls, by three profiles."""
    rnd = random.Random(41)  # noqa: S311 - invented calls
    reports = [call_report(rnd) for _ in range(count)]
    extra = {key: place for place, key in enumerate(UNKNOWN)}
    base = fastest()
    cases = (
        ("our names", 2.0, OWN_NAMES, lambda one: one),
        ("renamed", 3.5, profile_text(lambda name: [f"x{name}"], "xevent"), renamed),
        (
            "two names a field, unknown keys kept",
            6.5,
            profile_text(lambda name: [f"y{name}", name], "event"),
            extra.__or__,
        ),
    )
    figures = []
    plain = [_bytes(one) for one in reports]
    for name, goal, profile, change in cases:
        with tempfile.NamedTemporaryFile("w", suffix=".toml") as file:
            file.write(profile)
            file.flush()
            converter = Converter(load_profile(file.name))
        bodies = [_bytes(change(one)) for one in reports]
        first = converter.decode_json(CallEnd, bodies[0])
        _check(converter, first, msgspec.json.decode(bodies[0]))
        read: Callable[[bytes], object] = lambda body, converter=converter: converter.decode_json(CallEnd, body)  # type: ignore[misc] # noqa: E731
        [ratio] = medians(rounds, _case(read, bodies), _case(base, plain))
        figures.append(Figure(f"end of call, bytes to CallEnd, {name} / msgspec.Struct", round(ratio, 3), goal))
    return figures


def _bytes(wire: Any) -> bytes:
    return json.dumps(wire, ensure_ascii=False, separators=(",", ":")).encode()


def _check(converter: Converter, call: CallEnd, wire: Any) -> None:
    """Refuse to measure what does not read the whole report."""
    if call != converter.decode(CallEnd, wire) or call.legs[2].recording is None or call.user is None:
        raise RuntimeError("the report was not read as it should be")


def _case(read: Callable[[bytes], object], bodies: list[bytes]) -> Callable[[], float]:
    def work() -> None:
        for body in bodies:
            read(body)

    return lambda: cpu(work)


def numbers(rounds: int, count: int) -> Figure:
    """Take messy Hungarian numbers, no two alike, by ``PhoneNumber.parse``'s reader and by phonenumbers."""
    rnd = random.Random(36)  # noqa: S311 - invented numbers
    read = NumberRules().reader

    def messy() -> str:
        digits = rnd.choice(("1", "20", "30", "70")) + f"{rnd.randrange(10**7):07}"
        marks = [rnd.choice(("", " ", "-", "/")) for _ in range(2)]
        return (
            rnd.choice(("+36 ", "06-", "06 ", "0036", "(06) "))
            + marks[0].join((digits[:2], digits[2:5]))
            + (marks[1] + digits[5:])
        )

    def by_us(texts: list[str]) -> float:
        return cpu(lambda: [read(text) for text in texts])

    def by_them(texts: list[str]) -> float:
        return cpu(lambda: [by_library(text, "HU") for text in texts])

    [ratio] = medians(
        rounds, lambda: by_us([messy() for _ in range(count)]), lambda: by_them([messy() for _ in range(count)])
    )
    return Figure("messy Hungarian number to E.164 / phonenumbers", round(ratio, 3), 0.1)


def audio(*, quick: bool) -> list[Figure]:
    """Take inline audio from its own program."""
    rows: list[dict[str, Any]] = webhooks_audio.figures(**({"audio_bytes": 4 * webhooks_audio.MIB} if quick else {}))
    return [Figure(row["name"], row["ratio"], row["goal"]) for row in rows]


def main() -> None:
    """Print the figures as a table, or with ``--json`` as a list."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--json", action="store_true")
    parser.add_argument("--quick", action="store_true", help="only show that everything can be measured")
    asked = parser.parse_args()
    rounds, count = (1, 20) if asked.quick else (15, 1_000)
    figures = [*decoding(rounds, count), numbers(rounds, count)]
    figures += audio(quick=asked.quick)
    figures += data_query.figures(quick=asked.quick)
    report(figures, as_json=asked.json)


if __name__ == "__main__":
    main()
