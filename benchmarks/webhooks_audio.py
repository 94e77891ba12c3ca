"""How much memory a receiver needs while 100 MiB of inline audio arrive, as base64 in every encoding or as a file.

A real uvicorn process with the receiver and the gateway's own shelf; memory is the process's peak (VmHWM) over what it
held before, audio and body are written to disk. Linux only.
"""

from __future__ import annotations

import argparse
import base64
import http.client
import json
import os
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

from attrs import evolve

from vipex_sdk.wire.markup import render_xml

MIB = 1024 * 1024
AUDIO_BYTES = 74 * MIB
"""As base64 in JSON these are just under 100 MiB."""

GOAL_RATIO = 1.2
GOAL_GROWTH = 32 * MIB
_CHUNK = 48 * 1024
_HEAD = (
    b"RIFF\xff\xff\xff\x7fWAVEfmt \x10\x00\x00\x00\x01\x00\x01\x00\x40\x1f\x00\x00\x80\x3e\x00\x00\x02\x00\x10\x00data"
)
_CALL = {"event": "call_end", "call_id": "bench-1", "started_at": "2026-03-02T09:00:00+01:00"}


def _audio(size: int) -> Iterator[bytes]:
    """Give audio in chunks whose length is a multiple of three."""
    block = os.urandom(_CHUNK)
    first = (_HEAD + b"\0" * 4 + block)[:_CHUNK]
    yield first
    for _ in range((size - _CHUNK) // _CHUNK):
        yield block


def _as_json(size: int) -> Iterator[bytes]:
    opening, closing = json.dumps({**_CALL, "recording": {"content": "*"}}).encode().split(b"*")
    yield opening
    for chunk in _audio(size):
        yield base64.b64encode(chunk)
    yield closing


def _as_form(size: int) -> Iterator[bytes]:
    yield urlencode({**_CALL, "recording.content": ""}).encode()
    for chunk in _audio(size):
        yield base64.b64encode(chunk).replace(b"+", b"%2B").replace(b"/", b"%2F").replace(b"=", b"%3D")


def _as_xml(size: int) -> Iterator[bytes]:
    opening, closing = render_xml({**_CALL, "recording": {"content": "*"}}, root="call").split(b"*")
    yield opening
    for chunk in _audio(size):
        yield base64.encodebytes(chunk)
    yield closing


def _as_text_part(size: int) -> Iterator[bytes]:
    yield b'--x\r\nContent-Disposition: form-data; name="data"\r\n\r\n' + json.dumps(_CALL).encode() + b"\r\n"
    yield b'--x\r\nContent-Disposition: form-data; name="recording"\r\n\r\n'
    for chunk in _audio(size):
        yield base64.b64encode(chunk)
    yield b"\r\n--x--\r\n"


def _as_parts(size: int) -> Iterator[bytes]:
    yield b'--x\r\nContent-Disposition: form-data; name="data"\r\n\r\n' + json.dumps(_CALL).encode() + b"\r\n"
    yield b'--x\r\nContent-Disposition: form-data; name="recording"; filename="a.wav"\r\n\r\n'
    yield from _audio(size)
    yield b"\r\n--x--\r\n"


KINDS = {
    "json": (_as_json, "application/json"),
    "form": (_as_form, "application/x-www-form-urlencoded"),
    "xml": (_as_xml, "application/xml"),
    "text part": (_as_text_part, "multipart/form-data; boundary=x"),
    "multipart": (_as_parts, "multipart/form-data; boundary=x"),
}


def app() -> Any:
    """Make the application of the measured process; its folder stands in the environment."""
    from vipex_sdk.gateway.database import open_database
    from vipex_sdk.gateway.recordings import Shelf
    from vipex_sdk.webhooks import BasicAuth, CallEnd, HmacSignature, Message, Receiver
    from vipex_sdk.wire.profile import default_profile

    folder = Path(os.environ["BENCH_FOLDER"])

    async def no_fetch(_code: str, _path: Path) -> None:
        raise NotImplementedError

    shelf = Shelf(folder, open_database(folder / "x.db"), no_fetch)
    shelf.open()

    async def keep(call: CallEnd, message: Message) -> None:
        assert call.recording is not None
        assert call.recording.stored
        assert len(message.body) < MIB

    profile = default_profile()
    call_end = evolve(profile.webhooks.call_end, max_bytes=128 * MIB)  # escapes and line ends come on top
    profile = evolve(
        profile, webhooks=evolve(profile.webhooks, encodings=("json", "form", "xml", "multipart"), call_end=call_end)
    )
    checks = [HmacSignature("k3y")] if os.environ.get("BENCH_SIGNED") else [BasicAuth("vipex", "pw")]
    return Receiver(checks=checks, on_call_end=keep, audio=shelf, profile=profile)


def _memory(pid: int, name: str) -> int:
    text = Path(f"/proc/{pid}/status").read_text()
    return int(text.split(f"{name}:")[1].split()[0]) * 1024


def growth(kind: str, *, audio_bytes: int = AUDIO_BYTES, signed: bool = False) -> int:
    """Give the bytes by which a receiver grows at most while *audio_bytes* of audio arrive."""
    with tempfile.TemporaryDirectory() as folder, socket.create_server(("127.0.0.1", 0)) as listener:
        os.set_inheritable(listener.fileno(), True)  # noqa: FBT003 - the standard library's
        environment = {**os.environ, "BENCH_FOLDER": folder, "BENCH_SIGNED": "1" if signed else ""}
        command = [
            sys.executable,
            "-m",
            "uvicorn",
            "--factory",
            "benchmarks.webhooks_audio:app",
            "--log-level",
            "error",
        ]
        process = subprocess.Popen(
            [*command, "--fd", str(listener.fileno())],
            env=environment,
            pass_fds=[listener.fileno()],
            cwd=Path(__file__).parent.parent,
        )
        try:
            address = listener.getsockname()
            _post(address, kind, 3 * _CHUNK, signed=signed)  # everything is imported and warm
            Path(f"/proc/{process.pid}/clear_refs").write_text("5")
            before = _memory(process.pid, "VmRSS")
            _post(address, kind, audio_bytes, signed=signed)
            return max(0, _memory(process.pid, "VmHWM") - before)
        finally:
            process.terminate()
            process.wait(10)


def _post(address: tuple[str, int], kind: str, size: int, *, signed: bool) -> None:
    write, content_type = KINDS[kind]
    headers = {"Content-Type": content_type}
    if signed:
        headers |= _signature(kind, size)
    else:
        headers["Authorization"] = "Basic " + base64.b64encode(b"vipex:pw").decode()
    connection = http.client.HTTPConnection(*address, timeout=60)
    connection.request("POST", "/call-end", body=_SAME[kind, size] if signed else write(size), headers=headers)
    answer = connection.getresponse()
    text = answer.read()
    connection.close()
    if answer.status >= 300:  # noqa: PLR2004 - success
        raise RuntimeError(f"the receiver answered {answer.status}: {text!r}")


_SAME: dict[tuple[str, int], bytes] = {}


def _signature(kind: str, size: int) -> dict[str, str]:
    from vipex_sdk.webhooks import sign_body

    body = _SAME[kind, size] = b"".join(KINDS[kind][0](size))
    return sign_body("k3y", body)


def figures(*, audio_bytes: int = AUDIO_BYTES) -> list[dict[str, object]]:
    """Measure: extra memory over the size of the audio, and over 32 MiB."""
    rows: list[dict[str, object]] = []
    for kind in KINDS:
        grown = growth(kind, audio_bytes=audio_bytes)
        for what, least, goal in (("audio size", audio_bytes, GOAL_RATIO), ("32 MiB", GOAL_GROWTH, 1.0)):
            ratio = grown / least
            name = f"extra memory for inline audio in {kind} / {what}"
            rows.append({"name": name, "ratio": round(ratio, 3), "goal": goal, "met": ratio <= goal})
    return rows


def main() -> None:
    """Print the figures as a table, or with ``--json`` as a list."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--json", action="store_true")
    asked = parser.parse_args()
    began = time.monotonic()
    rows = figures()
    if asked.json:
        print(json.dumps(rows))
        return
    for row in rows:
        print(f"{row['name']:<62} {row['ratio']:>8} goal {row['goal']} {'met' if row['met'] else 'NOT MET'}")
    print(f"{AUDIO_BYTES / MIB:.0f} MiB of audio, {time.monotonic() - began:.0f} s")


if __name__ == "__main__":
    main()
