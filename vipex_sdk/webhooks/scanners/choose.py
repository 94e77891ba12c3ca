"""Which scanner reads a body."""

from __future__ import annotations

from vipex_sdk.webhooks.scanners.markup import XmlScanner
from vipex_sdk.webhooks.scanners.plain import PlainScanner
from vipex_sdk.webhooks.scanners.protocol import Scanner
from vipex_sdk.webhooks.scanners.texts import FormScanner, JsonScanner
from vipex_sdk.wire.media import kind_of_body

__all__ = ["scanner_of"]


def scanner_of(content_type: str, body: bytes) -> Scanner:
    """Give the scanner for a body that begins with *body*."""
    kind = kind_of_body(content_type, body)
    if kind == "xml":
        in_bytes = b"\0" not in body[:4]  # in UTF-16 and UTF-32 no text looks like base64, and no bracket like one
        return XmlScanner() if in_bytes else PlainScanner()
    return JsonScanner() if kind == "json" else FormScanner()
