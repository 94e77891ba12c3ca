"""The wire profile: everything about VIPeX's wire format that may differ, as data.

VIPeX publishes no wire format. ``default.toml`` beside this module is *our* profile, version 1; a deployment's own
TOML overrides single keys of it. Nothing outside ``vipex_sdk.wire`` knows a wire name.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

from attrs import evolve, field, frozen

from vipex_sdk.errors import ConfigError, ProfileError
from vipex_sdk.wire.formats import (
    ControlFormat,
    DurationFormat,
    NumberFormat,
    RecordingFormat,
    TimeFormat,
    WebhookFormat,
)
from vipex_sdk.wire.structuring import nearest
from vipex_sdk.wire.toml import Key, TomlDocument, read_toml, structure_over

__all__ = ["WireProfile", "default_profile", "load_profile", "spelling"]

_DEFAULT = Path(__file__).with_name("default.toml")
_OPEN_TABLES: tuple[Key, ...] = (("control", "operations"), ("fields",), ("values",))
"""Tables whose keys are names; the default lists every one there is."""


@frozen(kw_only=True, eq=False)
class WireProfile:
    """One wire format. Profiles are compared by identity; load one once and keep it.

    Attributes:
        name: short, for logs.
        title: for people.
        version: of this profile's content.
        control: the control API.
        webhooks: what VIPeX sends.
        recordings: how audio comes.
        numbers: how telephone numbers are written.
        time: how times are written.
        durations: how durations are written.
        fields: model, our field, candidate source paths; the first is what we write.
        values: vocabulary, our word, wire words in any case; the first is what we write.
        documents: where it was read from, the overriding one first; for error texts.
    """

    name: str
    title: str
    version: int
    control: ControlFormat
    webhooks: WebhookFormat
    recordings: RecordingFormat
    numbers: NumberFormat
    time: TimeFormat
    durations: DurationFormat
    fields: Mapping[str, Mapping[str, tuple[str, ...]]]
    values: Mapping[str, Mapping[str, tuple[str, ...]]]
    documents: tuple[TomlDocument, ...] = field(default=(), repr=False, metadata={"configured": False})

    def error(self, expected: str, *, key: Key) -> ConfigError:
        """Build the error that points at *key* in the file that sets it; a :class:`ProfileError`."""
        for document in self.documents:
            if document.sets(key):
                return document.error(expected, key=key)
        return self.documents[0].error(expected, key=key) if self.documents else ProfileError(expected)


@cache
def default_profile() -> WireProfile:
    """Give our default profile, loaded once."""
    return _build((read_toml(_DEFAULT, error=ProfileError),))


def load_profile(path: Path | str | None) -> WireProfile:
    """Load the default profile with the keys of the TOML file *path* laid over it; ``None`` gives the default.

    Raises:
        ProfileError: the file cannot be read, or a key is unknown or has a wrong value; names file, line and key.
    """
    default = default_profile()
    if path is None:
        return default
    document = read_toml(path, error=ProfileError)
    _refuse_unknown_names(document, default.documents[-1])
    return _build((document, *default.documents))


def spelling(word: str) -> str:
    """Fold what makes no difference between two spellings of a wire word: case, and how its parts are joined."""
    return "_".join(word.casefold().replace("_", " ").replace("-", " ").split())


def _build(documents: tuple[TomlDocument, ...]) -> WireProfile:
    tables: Mapping[str, Any] = {}
    for document in reversed(documents):
        tables = _laid_over(tables, document.data)
    profile = evolve(structure_over(WireProfile, tables, documents), documents=documents)
    _check_subscription(profile)
    _check_vocabularies(profile)
    return profile


def _laid_over(below: Mapping[str, Any], above: Mapping[str, Any]) -> dict[str, Any]:
    """Merge tables; a list or a single value replaces what was there."""
    merged = dict(below)
    for key, value in above.items():
        old = merged.get(key)
        both_tables = isinstance(old, Mapping) and isinstance(value, Mapping)
        merged[key] = _laid_over(old, value) if both_tables and old is not None else value
    return merged


def _refuse_unknown_names(document: TomlDocument, default: TomlDocument) -> None:
    vocabularies = [("values", name) for name in default.table(("values",))]
    for key in (*_OPEN_TABLES, *vocabularies):
        given, known = document.table(key), default.table(key)
        if not isinstance(given, Mapping):
            continue  # structuring tells that it is no table
        for name in given:
            if name not in known:
                raise document.error(f"unknown name{nearest(name, known)}", key=(*key, name))


def _check_subscription(profile: WireProfile) -> None:
    for index, name in enumerate(profile.control.not_subscribed):
        if name not in profile.control.operations:
            hint = nearest(name, profile.control.operations)
            raise profile.error(f"expected the name of an operation{hint}", key=("control", "not_subscribed", index))


def _check_vocabularies(profile: WireProfile) -> None:
    """Refuse a wire word with two meanings; the deployment's own file is blamed, not the default."""
    for vocabulary, words in profile.values.items():
        seen: dict[str, Key] = {}
        for ours, spellings in words.items():
            for index, word in enumerate(spellings):
                key: Key = ("values", vocabulary, ours, index)
                first = seen.setdefault(spelling(word), key)
                if first[2] != ours:
                    mine, other = (key, first) if profile.documents[0].sets(key) else (first, key)
                    mine_as_written = words[str(mine[2])][int(mine[3])]
                    raise profile.error(
                        f'"{mine_as_written}" already means {other[2]}; give that a list without it', key=mine
                    )
