"""Small forms of our own pages."""

from __future__ import annotations

from collections.abc import Mapping
from urllib.parse import parse_qs

from starlette.requests import Request

__all__ = ["read_body", "read_form"]

MAX_BYTES = 64 * 1024


async def read_body(request: Request) -> bytes | None:
    """Read a small body; ``None`` when it is too large."""
    body = b""
    async for chunk in request.stream():
        body += chunk
        if len(body) > MAX_BYTES:
            return None
    return body


async def read_form(request: Request) -> Mapping[str, str]:
    """Read a URL-encoded form, the first value of each name; empty when it is too large."""
    body = await read_body(request) or b""
    return {name: values[0] for name, values in parse_qs(body.decode("utf-8", "replace"), max_num_fields=20).items()}
