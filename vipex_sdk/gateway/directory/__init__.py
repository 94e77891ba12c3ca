"""The customer directory: who a number belongs to, known here before anybody calls."""

from vipex_sdk.gateway.directory.lookup import Directory, Found, Source
from vipex_sdk.gateway.directory.scan import Scanner, ScanReport
from vipex_sdk.gateway.directory.throttle import holding

__all__ = ["Directory", "Found", "ScanReport", "Scanner", "Source", "holding"]
