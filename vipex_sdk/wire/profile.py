"""The wire profile: everything about VIPeX's wire format that may differ, as data.

VIPeX publishes no wire format. ``default.toml`` beside this module is *our* profile, version 1; a deployment's own
TOML overrides single keys of it. Nothing outside ``vipex_sdk.wire`` knows a wire name.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from pathlib import Path

from attrs import evolve, field, frozen

from vipex_sdk.errors import ProfileError
from vipex_sdk.wire.formats import (
    ControlFormat,
    DurationFormat,
    NumberFormat,
    RecordingFormat,
    TimeFormat,
    WebhookFormat,
)
from vipex_sdk.wire.toml import TomlDocument, read_toml

__all__ = ["WireProfile", "default_profile", "load_profile"]


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
        documents: where it was read from, for error texts.
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
    documents: tuple[TomlDocument, ...] = field(default=(), repr=False)

    def error(self, expected: str, *key: str | int) -> ProfileError:
        """Build the error that points at *key* in the file that sets it."""


def default_profile() -> WireProfile:
    """Give our default profile, loaded once."""
    raise NotImplementedError


def load_profile(path: Path | str | None) -> WireProfile:
    """Load the default profile with the keys of the TOML file *path* laid over it; ``None`` gives the default.

    Raises:
        ProfileError: the file cannot be read, or a key is unknown or has a wrong value; names file, line and key.
    """
