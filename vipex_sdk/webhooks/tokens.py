"""Tokens that stand in what is kept: they are taken out, because a kept message holds no secret."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Any
from urllib.parse import unquote_to_bytes

from vipex_sdk.webhooks.checks import AnyOf, BodyToken, Check, QueryToken
from vipex_sdk.wire.paths import value_at

__all__ = ["body_tokens", "single_checks", "without_body_tokens", "without_query_tokens"]


def single_checks(checks: Iterable[Check]) -> Iterator[Check]:
    """Give all checks, those inside alternatives too."""
    for check in checks:
        if isinstance(check, AnyOf):
            yield from single_checks(check.checks)
        else:
            yield check


def body_tokens(checks: Sequence[Check]) -> set[str]:
    """Give the paths at which tokens stand in a body."""
    return {check.path for check in single_checks(checks) if isinstance(check, BodyToken)}


def without_body_tokens(fields: dict[str, Any], checks: Sequence[Check]) -> None:
    """Take tokens out of *fields*, in place."""
    for path in body_tokens(checks):
        fields.pop(path, None)
        outer, _, last = path.rpartition(".")
        holder = value_at(fields, outer) if outer else fields
        if isinstance(holder, dict):
            holder.pop(last, None)


def without_query_tokens(query: bytes, checks: Sequence[Check]) -> bytes:
    """Take tokens out of a query string."""
    names = {check.name.encode() for check in single_checks(checks) if isinstance(check, QueryToken)}
    return b"&".join(
        part for part in query.split(b"&") if unquote_to_bytes(part.partition(b"=")[0].replace(b"+", b" ")) not in names
    )
