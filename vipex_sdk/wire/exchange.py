"""The control API as HTTP messages, both ways: what a client sends and reads, what a server reads and sends.

Pure: no I/O, no HTTP library. The server's half is for simulated servers.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import lru_cache
from typing import Any
from urllib.parse import quote, unquote

import attrs

from vipex_sdk.errors import DecodeError, Invalid, NotSubscribed
from vipex_sdk.numbers import NumberKind, PhoneNumber
from vipex_sdk.wire import plan
from vipex_sdk.wire.answers import answer_for, error_answer, read_answer
from vipex_sdk.wire.convert import converter_for
from vipex_sdk.wire.formats import OperationFormat
from vipex_sdk.wire.media import flat_fields, render_body
from vipex_sdk.wire.messages import WireRequest, WireResponse
from vipex_sdk.wire.paging import Page, page_arguments, page_query
from vipex_sdk.wire.paths import put_at, value_at
from vipex_sdk.wire.profile import WireProfile
from vipex_sdk.wire.visits import address_request, is_address

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

_PLACE = re.compile(r"\{([a-z_.]+)\}")
_CONTROL = re.compile(r"[\x00-\x1f\x7f]")
_HEADER_SAFE = " !#$&'()*+,/:;=?@[]~"
_PAGING = ("page", "per_page", "cursor")
_DIALLED = PhoneNumber | str
"""The type of an argument that must be a number somebody can be reached at."""


def request_for(
    profile: WireProfile, name: str, arguments: Mapping[str, Any], *, types: Mapping[str, Any] | None = None
) -> WireRequest:
    """Write operation *name* (for example ``calls.originate``) with *arguments* by our names as a request.

    ``None`` arguments are left out.

    Args:
        profile: the wire format.
        name: operation.
        arguments: our argument name to its value.
        types: our argument name to its type, for values that do not say what they are: text that is a telephone
            number, integers that are durations; ``vipex_sdk.control.argument_types(name)`` gives them.

    Raises:
        NotSubscribed: the profile says that the subscription lacks this operation.
        Invalid: a path argument is empty, a number is none, or a recording's address is not to be visited.
    """
    if name in profile.control.not_subscribed:
        raise NotSubscribed(f"{name}: the subscription does not include it", code="not_subscribed", operation=name)
    if name == "recordings.fetch" and is_address(str(arguments["code"])):
        return address_request(str(arguments["code"]), hosts=profile.recordings.url_hosts_allowed)
    shape = profile.control.operations[name]
    given = {key: value for key, value in arguments.items() if value is not None}
    kinds = types or {}
    _check_numbers(profile, name, given, kinds)
    in_path = _PLACE.findall(shape.path)
    path = _PLACE.sub(lambda place: _segment(profile, name, place[1], given, kinds), shape.path)
    fields = _fields(profile, shape, {key: value for key, value in given.items() if key not in in_path}, kinds)
    for path_of, constant in shape.constants.items():
        put_at(fields, path_of, constant)
    query = page_query(profile.control.paging, given) | (fields if shape.body == "none" else {})
    content_type, body = render_body(shape.body, fields, root=profile.xml.request)
    return WireRequest(
        method=shape.method,
        path=profile.control.path_prefix + path,
        query=tuple(flat_fields("", query)),
        headers=_headers(profile, given),
        content_type=content_type,
        body=body,
    )


def _headers(profile: WireProfile, given: Mapping[str, Any]) -> tuple[tuple[str, str], ...]:
    """Send the caller's reference as the key by which a server may know a repeated request."""
    reference = given.get("client_ref")
    return (
        ((profile.control.idempotency_header, quote(str(reference), safe=" !#$&'()*+,/:;=?@[]~")),) if reference else ()
    )


def _check_numbers(profile: WireProfile, name: str, given: Mapping[str, Any], types: Mapping[str, Any]) -> None:
    for key, value in given.items():
        if plan.required(types.get(key)) != _DIALLED:
            continue
        number = value if isinstance(value, PhoneNumber) else PhoneNumber.parse(value, profile.numbers.rules)
        if number.kind in {NumberKind.ANONYMOUS, NumberKind.UNPARSED}:
            raise Invalid(f"{name}: {key} is not a telephone number", code="invalid_number", operation=name)


def _segment(profile: WireProfile, name: str, place: str, given: Mapping[str, Any], types: Mapping[str, Any]) -> str:
    """Write one argument as a path segment; the only place where paths are quoted."""
    root, _, inner = place.partition(".")
    value = given.get(root)
    if inner and value is not None:
        value = getattr(value, inner)
    text = (
        "" if value is None else str(converter_for(profile).encode(value, as_type=None if inner else types.get(root)))
    )
    if text in {"", ".", ".."} or _CONTROL.search(text):
        raise Invalid(f"{name}: {place} cannot be part of a path", code="validation_error", operation=name)
    return quote(text, safe="")


def _fields(
    profile: WireProfile, shape: OperationFormat, given: Mapping[str, Any], types: Mapping[str, Any]
) -> dict[str, Any]:
    converter = converter_for(profile)
    fields: dict[str, Any] = {}
    for key, value in given.items():
        if key == shape.flatten:
            fields |= _entry(profile, shape, value)
        elif key not in _PAGING:
            put_at(fields, shape.arguments.get(key, key), converter.encode(value, as_type=types.get(key)))
    return fields


def _entry(profile: WireProfile, shape: OperationFormat, entry: Any) -> dict[str, Any]:
    """Write the fields of a whole entry, without those in the path.

    PUT replaces the entry, so what is empty must be said; elsewhere what is empty is left out.
    """
    wire: dict[str, Any] = converter_for(profile).encode(entry)
    for place in _PLACE.findall(shape.path):
        root, _, inner = place.partition(".")
        if root == shape.flatten and inner:
            wire.pop(plan.candidates(profile, type(entry))[inner][0], None)
    # Unconfirmed: a field that PUT leaves out keeps its old value.
    return wire if shape.method == "PUT" else {key: value for key, value in wire.items() if value is not None}


@lru_cache(maxsize=32)
def _routes(profile: WireProfile) -> tuple[tuple[re.Pattern[str], str, tuple[str, ...], OperationFormat], ...]:
    """Compile (path, operation, arguments); the most literal paths come first, of those the most constants."""
    shapes = sorted(
        profile.control.operations.items(),
        key=lambda item: (len(_PLACE.findall(item[1].path)), -len(item[1].constants)),
    )
    routes = []
    for name, shape in shapes:
        literals = [re.escape(part) for part in _PLACE.split(profile.control.path_prefix + shape.path)[::2]]
        routes.append((re.compile("([^/]+)".join(literals)), name, tuple(_PLACE.findall(shape.path)), shape))
    return tuple(routes)


def match_request(
    profile: WireProfile,
    method: str,
    path: str,
    *,
    query: Mapping[str, Any] | None = None,
    body: Mapping[str, Any] | None = None,
) -> tuple[str, dict[str, str]] | None:
    """Find whose request this is: (operation name, path arguments), or ``None``.

    Args:
        profile: the wire format.
        method: HTTP method.
        path: with the prefix, still percent-quoted (ASGI's ``raw_path``).
        query: query parameters, for operations that share an address and differ in a constant.
        body: fields of the body, for the same.
    """
    for pattern, name, places, shape in _routes(profile):
        if shape.method != method or not (found := pattern.fullmatch(path)):
            continue
        fields = query if shape.body == "none" else body
        if all(value_at(fields, where) == constant for where, constant in shape.constants.items()):
            return name, dict(zip(places, map(unquote, found.groups()), strict=True))
    return None


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
    shape = profile.control.operations[name]
    source = query if shape.body == "none" else body
    arguments: dict[str, Any] = {}
    problems: list[str] = []
    if _PAGING[0] in types:
        arguments |= page_arguments(profile.control.paging, query)
    for key, cls in types.items():
        if key in _PAGING:
            continue
        label = shape.arguments.get(key, key)
        raw = _flattened(profile, key, cls, path, body) if key == shape.flatten else path.get(key)
        try:
            arguments[key] = _argument(profile, cls, value_at(source, label) if raw is None else raw)
        except DecodeError as exc:
            problems += [problem.replace("$", f"$.{label}", 1) for problem in exc.problems]
    if problems:
        raise DecodeError(tuple(problems), what=f"the request {name}")
    return arguments


def _argument(profile: WireProfile, cls: Any, raw: Any) -> Any:
    if raw is None or raw == "":
        if plan.is_optional(cls):
            return None
        raise DecodeError(("$: is missing",))
    return converter_for(profile).decode(cls, raw)


def _flattened(
    profile: WireProfile, key: str, model: Any, path: Mapping[str, str], body: Mapping[str, Any]
) -> dict[str, Any]:
    """Put the fields that stood in the path back into the entry that is the body."""
    wire = dict(body)
    for field in attrs.fields(model):
        if (text := path.get(f"{key}.{field.name}")) is not None:
            put_at(wire, plan.candidates(profile, model)[field.name][0], text)
    return wire
