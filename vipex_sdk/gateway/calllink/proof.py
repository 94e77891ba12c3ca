"""Did the agent click, or does a hostile page want telephones to ring?

A call link is a plain GET from another site, which every page of the web can cause. So nothing is dialled by a GET
unless the browser itself says that a person clicked: ``Sec-Fetch-*`` headers cannot be set or forged by a page.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from urllib.parse import urlsplit

__all__ = ["clicked"]


def clicked(headers: Mapping[str, str], *, trusted: Collection[str]) -> bool:
    """Whether the browser says that a person's click on a page of ours or of a *trusted* site opened this window.

    Prefetching, frames, images, scripts, redirects without a click, and clicks on any other site are no proof, and
    neither is an address typed, restored or reloaded: a call must not be placed again by opening the browser.
    """
    if headers.get("sec-fetch-user") != "?1" or headers.get("sec-fetch-mode") != "navigate":
        return False
    if headers.get("sec-fetch-dest") != "document" or "sec-purpose" in headers or "purpose" in headers:
        return False
    site = headers.get("sec-fetch-site")
    if site == "same-origin":
        return True
    # A browser sends at least the origin of the page that was clicked on, unless that page forbids it.
    return site in ("same-site", "cross-site") and _origin(headers.get("referer", "")) in trusted


def _origin(address: str) -> str:
    try:
        parts = urlsplit(address)
    except ValueError:
        return ""
    return f"{parts.scheme}://{parts.netloc}".lower() if parts.netloc else ""
