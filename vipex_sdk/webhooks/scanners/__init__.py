"""Where texts begin and end in the raw bytes of a body, one scanner for each encoding."""

from vipex_sdk.webhooks.scanners.choose import scanner_of
from vipex_sdk.webhooks.scanners.markup import XmlScanner
from vipex_sdk.webhooks.scanners.plain import PartScanner, PlainScanner
from vipex_sdk.webhooks.scanners.protocol import Scanner, Stretch, StretchKind
from vipex_sdk.webhooks.scanners.texts import FormScanner, JsonScanner

__all__ = [
    "FormScanner",
    "JsonScanner",
    "PartScanner",
    "PlainScanner",
    "Scanner",
    "Stretch",
    "StretchKind",
    "XmlScanner",
    "scanner_of",
]
