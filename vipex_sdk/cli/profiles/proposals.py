"""Lines that a profile lacks, guessed from what came: round by round, for a found list opens what is in it."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from datetime import datetime
from typing import Any

import attrs

from vipex_sdk.cli.profiles.capture import Capture
from vipex_sdk.cli.profiles.hints import TIME_PATTERNS
from vipex_sdk.cli.profiles.likeness import folded, is_nested, name_likeness, shape_likeness, word_meaning
from vipex_sdk.cli.profiles.understanding import Understanding, understand
from vipex_sdk.errors import ProfileError
from vipex_sdk.values import OpenEnum
from vipex_sdk.wire import plan
from vipex_sdk.wire.explain import Explained, Leaf
from vipex_sdk.wire.profile import WireProfile, lay_on
from vipex_sdk.wire.toml import Key, dotted

__all__ = ["Proposal", "propose", "written"]

_ROUNDS = 5
_NAME = 0.72
_SURE = 0.9
_EVENT_NAMES = frozenset({"event", "ev", "esemeny", "event_name", "event_type", "kind", "cmd", "command", "tipus"})
_ENOUGH = 0.75
_ENCODINGS = ("json", "form", "multipart", "xml", "query")


@attrs.frozen(kw_only=True)
class Proposal:
    """One line.

    Attributes:
        key: where it goes.
        value: JSON-able; ``None`` when only a person can say.
        reason: why, for the comment behind it.
    """

    key: Key
    value: Any
    reason: str


def propose(profile: WireProfile, captures: Sequence[Capture]) -> list[Proposal]:
    """Find what could be added to *profile* so that it understands more of *captures*."""
    kept: dict[Key, Proposal] = {}
    for _ in range(_ROUNDS):
        understood = [understand(profile, capture) for capture in captures]
        new = [one for one in _round(profile, understood) if one.key not in kept]
        if not new:
            break
        for one in new:
            with suppress(ProfileError):  # two guesses that exclude each other: the first one stays
                if one.value is not None:
                    profile = lay_on(profile, written([one]))
                kept[one.key] = one
    return list(kept.values())


def _round(profile: WireProfile, understood: Sequence[Understanding]) -> Iterator[Proposal]:
    yield from _requests(profile, understood)
    yield from _selector(profile, understood)
    yield from _fields(profile, understood)
    yield from _formats(profile, understood)
    yield from _words(profile, understood)


def _requests(profile: WireProfile, understood: Sequence[Understanding]) -> Iterator[Proposal]:
    """Take requests as they came: by their method, in their encoding."""
    refused = [each for each in understood if each.event and each.refused]
    known = profile.webhooks.encodings
    came = dict.fromkeys(each.encoding for each in refused)
    if missing := [one for one in came if one in _ENCODINGS and one not in known]:
        yield Proposal(key=("webhooks", "encodings"), value=[*missing, *known], reason="how messages came")
    for each in refused:
        if each.method != "POST":  # which is always taken
            key: Key = ("webhooks", str(each.event), "method")
            yield Proposal(key=key, value=each.method, reason="how it came")


def _selector(profile: WireProfile, understood: Sequence[Understanding]) -> Iterator[Proposal]:
    """Find the field that names the event: always the same word at one address."""
    words: dict[str, dict[str, set[str]]] = {}
    for each in understood:
        for leaf in each.unread:
            named = folded(leaf.path.rpartition(".")[2]) in _EVENT_NAMES
            if each.event and named and leaf.path == leaf.place and isinstance(leaf.raw, str):
                words.setdefault(leaf.path, {}).setdefault(each.event, set()).add(leaf.raw)
    for path, by_event in words.items():
        if any(len(said) != 1 for said in by_event.values()):
            continue
        reason = "names the event"
        yield Proposal(key=("webhooks", "selector"), value=[path, *profile.webhooks.selector], reason=reason)
        for event, said in by_event.items():
            known = getattr(profile.webhooks, event).words
            yield Proposal(key=("webhooks", event, "words"), value=[*said, *known], reason=f"what it says for {event}")
        return


def _fields(profile: WireProfile, understood: Sequence[Understanding]) -> Iterator[Proposal]:
    """Pair fields found nowhere with values nobody reads, the likeliest pair first."""
    seen = {(one.model, one.name) for each in understood for one in each.fields if one.verdict != "absent"}
    lacking: dict[tuple[str, str], Explained] = {}
    for each in understood:
        for one in each.fields:
            if (one.model, one.name) not in seen and not one.name.endswith("_raw"):
                lacking[one.model, one.name] = one
    leaves: dict[tuple[str, str], Leaf] = {}
    for each in understood:
        for leaf in each.unread:
            for opened in _opened(leaf):
                for model in leaf.models:
                    leaves.setdefault((model, opened.path), opened)
    pairs = sorted(
        (
            (_likeness(profile, field, leaf), field.model, field.name, path)
            for (model, path), leaf in leaves.items()
            for field in lacking.values()
            if field.model == model and not _belongs_inside(field, path, lacking.values())
            # What names a call is in every message about one.
            if field.name != "call_id" or all(path in {one.path for one in each.unread} for each in understood)
        ),
        reverse=True,
    )
    used: set[tuple[str, str]] = set()
    for likeness, model, name, path in pairs:
        if likeness < _ENOUGH or (model, name) in used or any(_overlap(model, path, other) for other in used):
            continue
        used |= {(model, name), (model, path)}
        yield Proposal(key=("fields", model, name), value=[path], reason=f"is like {name}, {likeness:.0%}")


def _belongs_inside(field: Explained, path: str, lacking: Iterable[Explained]) -> bool:
    """Say whether a value lies in what is surely a nested model of its own: the length in a recording is no call's."""
    step, _, inside = path.partition(".")
    return bool(inside) and any(
        is_nested(one.type)
        and one.model == field.model
        and one.name != field.name
        and name_likeness(one.name, step) > _SURE
        for one in lacking
    )


def _overlap(model: str, path: str, other: tuple[str, str]) -> bool:
    """Say whether a path is, lies in, or lies around one that was given away in this round."""
    return other[0] == model and (f"{path}.".startswith(f"{other[1]}.") or f"{other[1]}.".startswith(f"{path}."))


def _opened(leaf: Leaf) -> Iterator[Leaf]:
    """Give a value and the tables and lists around it, for a whole nested model may be unknown."""
    if "[" not in leaf.path:
        yield leaf
    steps = leaf.path.replace("[", ".[").split(".")
    for length in range(len(steps) - 1, 0, -1):
        if not any(step.startswith("[") for step in steps[:length]):
            inside: Any = [{}] if steps[length].startswith("[") else {"": leaf.raw}
            yield attrs.evolve(leaf, path=".".join(steps[:length]), raw=inside)


def _likeness(profile: WireProfile, field: Explained, leaf: Leaf) -> float:
    shape = shape_likeness(profile, field.type, leaf.raw)
    name = name_likeness(field.name, leaf.path)
    if shape == 0 or name < _NAME:
        return 0.0
    return min(1.0, name * 0.9 + shape * 0.1)


def _formats(profile: WireProfile, understood: Sequence[Understanding]) -> Iterator[Proposal]:
    wrong = [one for each in understood for one in each.fields if one.verdict == "wrong"]
    for pattern in TIME_PATTERNS:
        texts = [one.raw for one in wrong if one.type is datetime and isinstance(one.raw, str)]
        if texts and all(_fits(text, pattern) for text in texts):
            patterns = [*profile.time.patterns, pattern]
            yield Proposal(
                key=("time", "patterns"), value=patterns, reason="every time that was not understood fits it"
            )
            break
    ratios = [ratio for each in understood if (ratio := each.duration_ratio) is not None]
    if (
        ratios
        and profile.durations.unit != "ms"
        and all(_MILLISECONDS[0] < ratio < _MILLISECONDS[1] for ratio in ratios)
    ):
        yield Proposal(key=("durations", "unit"), value="ms", reason="the call's duration is a thousand times too long")


_MILLISECONDS = (800, 1200)


def _fits(text: str, pattern: str) -> bool:
    try:
        datetime.strptime(text.strip(), pattern)  # noqa: DTZ007 - only its form matters
    except ValueError:
        return False
    return True


def _words(profile: WireProfile, understood: Sequence[Understanding]) -> Iterator[Proposal]:
    """Guess what words of a vocabulary mean that are not in it; those nobody can guess are left to a person."""
    found: dict[Key, tuple[list[str], str]] = {}
    for each in understood:
        for one in each.fields:
            if one.verdict != "unknown word" or not issubclass(one.type, OpenEnum):
                continue
            table, word = plan.snake(one.type.__name__), str(one.raw)
            meaning = word_meaning(one.type, word)
            key: Key = ("values", table, meaning or f'"{word}"')
            words, _ = found.setdefault(key, ([], one.problem))
            if word not in words:
                words.append(word)
    for key, (words, problem) in found.items():
        known = profile.values.get(str(key[1]), {}).get(str(key[2]))
        if known is None:
            yield Proposal(key=key, value=None, reason=f"{words[0]}: {problem}")
        else:
            yield Proposal(key=key, value=[*known, *words], reason="a guess by the word")


def written(proposals: Sequence[Proposal], *, comments: bool = False, standing: Mapping[Key, int] | None = None) -> str:
    """Write proposals as TOML.

    Args:
        proposals: lines.
        comments: add the reasons.
        standing: tables that the profile has already, and their lines: TOML lets none come twice.
    """
    lines: list[str] = []
    for table in dict.fromkeys(one.key[:-1] for one in proposals):
        line = (standing or {}).get(table)
        lines.append(
            f"[{dotted(table)}]" if line is None else f"# into [{dotted(table)}], which stands at line {line}:"
        )
        for one in proposals:
            if one.key[:-1] == table:
                reason = f"    # {one.reason}" if comments else ""
                said = f"{dotted((one.key[-1],))} = {json.dumps(one.value, ensure_ascii=False)}{reason}"
                lines.append(f"# {one.reason}" if one.value is None else said)
        lines.append("")
    return "\n".join(lines)
