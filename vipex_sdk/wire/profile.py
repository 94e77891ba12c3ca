"""The wire profile: everything about VIPeX's wire format that may differ, as data.

VIPeX publishes no wire format. ``default.toml`` beside this module is *our* profile, version 1; a deployment's own
TOML overrides single keys of it. Nothing outside ``vipex_sdk.wire`` knows a wire name.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from types import ModuleType
from typing import Any

from attrs import evolve, field, frozen

from vipex_sdk.errors import ConfigError, ProfileError
from vipex_sdk.wire.formats import ControlFormat, DurationFormat, NumberFormat, TimeFormat, XmlFormat
from vipex_sdk.wire.paths import laid_over
from vipex_sdk.wire.structuring import nearest
from vipex_sdk.wire.toml import Key, TomlDocument, parse_toml, read_toml, structure_over
from vipex_sdk.wire.webhook_formats import RecordingFormat, WebhookFormat

__all__ = [
    "WireProfile",
    "default_profile",
    "every_model",
    "lay_on",
    "load_profile",
    "spelling",
]

_DEFAULT = Path(__file__).with_name("default.toml")
_EXTENDS = "extends"
_PLACE = re.compile(r"\{[a-z_.]+\}")
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
        xml: how XML is wrapped.
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
    xml: XmlFormat
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

    The file may be laid over another one, ``extends = "other.toml"`` relative to itself, and that over a third.

    Raises:
        ProfileError: a file cannot be read, or a key is unknown or has a wrong value; names file, line, column, key,
            and the nearest right key.
    """
    default = default_profile()
    if path is None:
        return default
    documents = _chain(Path(path))
    for document in documents:
        _refuse_unknown_names(document, default.documents[-1])
    return _build((*documents, *default.documents))


def _chain(path: Path) -> tuple[TomlDocument, ...]:
    """Read *path* and what it extends, the overriding one first."""
    documents = [read_toml(path, error=ProfileError)]
    seen = {path.resolve()}
    while (extends := documents[-1].data.get(_EXTENDS)) is not None:
        child = documents[-1]
        if not isinstance(extends, str) or not extends:
            raise child.error("expected the name of a file", key=(_EXTENDS,))
        path = path.parent / extends
        if path.resolve() in seen:
            raise child.error("extends itself, by way of other files", key=(_EXTENDS,))
        seen.add(path.resolve())
        if not path.is_file():
            raise child.error(f"there is no such file: {path}", key=(_EXTENDS,))
        documents.append(read_toml(path, error=ProfileError))
    return tuple(documents)


def spelling(word: str) -> str:
    """Fold what makes no difference between two spellings of a wire word: case, and how its parts are joined."""
    return "_".join(word.casefold().replace("_", " ").replace("-", " ").split())


def _build(documents: tuple[TomlDocument, ...]) -> WireProfile:
    tables: Mapping[str, Any] = {}
    for document in reversed(documents):
        tables = laid_over(tables, {key: value for key, value in document.data.items() if key != _EXTENDS})
    profile = evolve(structure_over(WireProfile, tables, documents), documents=documents)
    _check_subscription(profile)
    _check_vocabularies(profile)
    _check_same_addresses(profile)
    _check_xml(profile)
    return profile


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


def _check_same_addresses(profile: WireProfile) -> None:
    """Refuse two operations that a server could not tell apart."""
    seen: dict[object, str] = {}
    for name, shape in profile.control.operations.items():
        place = (shape.method, _PLACE.sub("{}", shape.path), tuple(sorted(shape.constants.items())))
        first = seen.setdefault(place, name)
        if first != name:
            key: Key = ("control", "operations", name)
            raise profile.error(f"has method, path and constants of {first}; give each a constant", key=key)


def _check_xml(profile: WireProfile) -> None:
    """Say at the start that XML needs a package, not when the first call ends."""
    if "xml" in profile.webhooks.encodings and find_spec("defusedxml") is None:
        raise profile.error("xml needs a package: pip install 'vipex-sdk[xml]'", key=("webhooks", "encodings"))
    if profile.control.answer == "xml" and find_spec("defusedxml") is None:
        raise profile.error("xml needs a package: pip install 'vipex-sdk[xml]'", key=("control", "answer"))


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


def lay_on(profile: WireProfile, text: str) -> WireProfile:
    """Lay the TOML *text* over *profile*, to see what a change would do.

    Raises:
        ProfileError: as :func:`load_profile`.
    """
    document = parse_toml(text, error=ProfileError)
    _refuse_unknown_names(document, default_profile().documents[-1])
    return _build((document, *profile.documents))


def every_model(profile: WireProfile, *modules: ModuleType) -> list[type]:
    """Give the classes of *modules* whose fields the profile lists, for checks that need them all."""
    found = [getattr(module, name) for module in modules for name in module.__all__]
    tables = {re.sub(r"_", "", table): table for table in profile.fields}
    return [one for one in found if isinstance(one, type) and one.__name__.lower() in tables]
