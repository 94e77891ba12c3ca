"""Requests in files, as they came: request line, headers, an empty line, the body."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

import attrs

from vipex_sdk.errors import ConfigError, DecodeError
from vipex_sdk.webhooks.kind import kind_of
from vipex_sdk.webhooks.message import Hook
from vipex_sdk.wire.media import body_kind, kind_of_body, nest, parse_body, parse_form, parse_json
from vipex_sdk.wire.multipart import split_parts
from vipex_sdk.wire.profile import WireProfile

__all__ = ["Capture", "address_of", "captures_in", "encoding_of", "fields_of", "hook_of"]

_ALL = ("json", "form", "xml")
_SUFFIX = ".http"
_BARE = {".json": "application/json", ".xml": "application/xml", ".form": "application/x-www-form-urlencoded"}
_REQUEST_LINE = re.compile(r"([A-Z]+) (\S+) HTTP/[\d.]+")


@attrs.frozen(kw_only=True)
class Capture:
    """One recorded request.

    Attributes:
        name: for people; of its file.
        target: path and query as they came, below the recorder's secret segment.
        headers: names in lower case.
    """

    name: str
    method: str = "POST"
    target: str = attrs.field(default="/", repr=False)
    headers: tuple[tuple[str, str], ...] = attrs.field(default=(), repr=False)
    body: bytes = attrs.field(default=b"", repr=False)

    @property
    def path(self) -> str:
        """Give the path without its query."""
        return self.target.partition("?")[0]

    @property
    def content_type(self) -> str:
        """Give the type that the sender declared."""
        return dict(self.headers).get("content-type", "")

    def write(self, folder: Path) -> Path:
        """Write it into *folder* under its name."""
        lines = [f"{self.method} {self.target} HTTP/1.1", *(f"{name}: {value}" for name, value in self.headers)]
        path = folder / f"{self.name}{_SUFFIX}"
        path.write_bytes("\r\n".join(lines).encode("utf-8", "surrogateescape") + b"\r\n\r\n" + self.body)
        return path


def captures_in(paths: Iterable[Path]) -> list[Capture]:
    """Read recorded requests from files, and from all files of folders; a bare JSON, XML or form body counts too.

    Raises:
        ConfigError: a file is missing or is no capture; or there is none at all.
    """
    files = [file for path in paths for file in (sorted(path.iterdir()) if path.is_dir() else [path])]
    captures = [_read(file) for file in files if file.suffix in {_SUFFIX, *_BARE}]
    if not captures:
        raise ConfigError(f"expected recorded requests (*{_SUFFIX}), JSON, XML or form bodies", key="captures")
    return captures


def _read(file: Path) -> Capture:
    try:
        raw = file.read_bytes()
    except OSError as exc:
        raise ConfigError(f"cannot be read: {exc.strerror}", file=file) from exc
    if file.suffix in _BARE:
        return Capture(name=file.stem, headers=(("content-type", _BARE[file.suffix]),), body=raw)
    head, found, body = raw.partition(b"\r\n\r\n")
    if not found:
        head, _, body = raw.partition(b"\n\n")
    first, *rest = head.decode("utf-8", "surrogateescape").splitlines() or [""]
    line = _REQUEST_LINE.fullmatch(first)
    if line is None:
        raise ConfigError('expected a request line such as "POST /call-end HTTP/1.1"', file=file, line=1)
    headers = tuple((name.strip().lower(), value.strip()) for name, _, value in (one.partition(":") for one in rest))
    return Capture(name=file.stem, method=line[1], target=line[2], headers=headers, body=body)


def fields_of(capture: Capture, profile: WireProfile) -> dict[str, Any]:
    """Give the fields of a request, whatever its encoding; files beside them are left out.

    Raises:
        DecodeError: it is not well formed.
        UnsupportedMedia: nobody knows its type.
    """
    if capture.method == "GET":
        return parse_form(capture.target.partition("?")[2].encode("utf-8", "surrogateescape"))
    if body_kind(capture.content_type) != "multipart":
        return parse_body(capture.content_type or None, capture.body, accepted=_ALL)
    parts = split_parts(capture.content_type, capture.body)
    data = next((part for part in parts if part.name == profile.webhooks.multipart_data and not part.filename), None)
    if data is None:
        return nest([(part.name, part.content.decode(errors="replace")) for part in parts if not part.filename])
    fields = parse_json(data.content)
    if not isinstance(fields, Mapping):
        raise DecodeError((f"$.{data.name}: expected an object",), what="the body")
    return dict(fields)


def encoding_of(capture: Capture) -> str:
    """Tell how the fields are written: ``json``, ``form``, ``multipart``, ``xml``, ``query``, or an unknown type."""
    return "query" if capture.method == "GET" else kind_of_body(capture.content_type, capture.body)


def hook_of(capture: Capture, fields: Mapping[str, Any], profile: WireProfile) -> Hook:
    """Tell which event it is, by the profile and the address.

    Raises:
        BadPayload: nothing tells.
    """
    return kind_of(fields, profile, address=address_of(capture, profile))


def address_of(capture: Capture, profile: WireProfile) -> Hook:
    """Give the address it came to; the one for all events when it is none of the profile's."""
    named = profile.webhooks.by_name.items()
    return next((Hook(name) for name, hook in named if capture.path.endswith(hook.path)), Hook.EVENTS)
