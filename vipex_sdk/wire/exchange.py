"""The control API as HTTP messages, both ways: what a client sends and reads, what a server reads and sends.

Pure: no I/O, no HTTP library. The server's half is for simulated servers.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from attrs import field, frozen

from vipex_sdk.wire.profile import WireProfile

__all__ = [
    "Page",
    "WireRequest",
    "WireResponse",
    "answer_for",
    "error_answer",
    "match_request",
    "read_answer",
    "read_arguments",
    "request_for",
]


@frozen(kw_only=True)
class WireRequest:
    """An HTTP request. ``path`` is below the base URL, begins with the profile's prefix, and is percent-quoted."""

    method: str
    path: str = field(repr=False)
    query: tuple[tuple[str, str], ...] = field(default=(), repr=False)
    headers: tuple[tuple[str, str], ...] = ()
    content_type: str | None = None
    body: bytes = field(default=b"", repr=False)


@frozen(kw_only=True)
class WireResponse:
    """An HTTP response. Header names are in lower case."""

    status: int
    headers: Mapping[str, str] = field(factory=dict)
    body: bytes = field(default=b"", repr=False)


def request_for(profile: WireProfile, name: str, arguments: Mapping[str, Any]) -> WireRequest:
    """Write operation *name* (for example ``calls.originate``) with *arguments* by our names as a request.

    ``None`` arguments are left out. Numbers that came as text are understood by the profile's rules.

    Raises:
        NotSubscribed: the profile says that the subscription lacks this operation.
        Invalid: a path argument is empty, or a number is none.
    """
    raise NotImplementedError


def read_answer(profile: WireProfile, name: str, returns: Any, response: WireResponse) -> Any:
    """Read the answer to operation *name* as *returns*: a model, ``tuple[model, ...]``, ``Page[model]`` or ``None``.

    Raises:
        StatusError: the class that fits the answer's status and code.
        DecodeError: the answer is a success but cannot be understood.
    """
    raise NotImplementedError


def match_request(profile: WireProfile, method: str, path: str) -> tuple[str, dict[str, str]] | None:
    """Find whose request this is: (operation name, path arguments), or ``None``. *path* includes the prefix.

    Path arguments are unquoted and by the names of the template, for example ``entry.id``.
    """
    raise NotImplementedError


def read_arguments(
    profile: WireProfile,
    name: str,
    *,
    path: Mapping[str, str],
    query: Mapping[str, str],
    body: Mapping[str, Any],
    types: Mapping[str, Any],
) -> dict[str, Any]:
    """Read the arguments of operation *name* on a server, by our names.

    Args:
        profile: the wire format.
        name: operation.
        path: path arguments as :func:`match_request` gives them.
        query: query parameters.
        body: fields of the body (:func:`vipex_sdk.wire.media.parse_body`), empty without one.
        types: our argument name to its type; ``vipex_sdk.control.argument_types(name)`` gives them.

    Raises:
        DecodeError: an argument is missing or cannot be understood.
    """
    raise NotImplementedError


def answer_for(profile: WireProfile, name: str, value: object) -> WireResponse:
    """Write the successful answer to operation *name*: a model, a tuple of them, a :class:`Page`, or ``None``."""
    raise NotImplementedError


def error_answer(
    profile: WireProfile, status: int, code: str, message: str, *, request_id: str | None = None
) -> WireResponse:
    """Write an error by our code, for example ``extension_not_found``, as this profile's server would."""
    raise NotImplementedError
