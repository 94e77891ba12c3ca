"""The customer directory: who a number belongs to, known here before anybody calls."""

from vipex_sdk.gateway.directory.lookup import Directory, Found, Source
from vipex_sdk.gateway.directory.scan import Scanner, ScanReport

__all__ = ["Directory", "Found", "ScanReport", "Scanner", "Source"]
