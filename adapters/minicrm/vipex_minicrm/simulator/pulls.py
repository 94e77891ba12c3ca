"""Files that MiniCRM fetches itself: attachments when they are given, recordings when somebody presses play.

Nothing is ever uploaded. [D] Credentials may stand in the address [D]; whether they are sent at once, when asked for,
or not at all is assumed [I: pull_credentials]. The bytes are recognised by their beginning, whatever the sender says.
"""

from __future__ import annotations

from http import HTTPStatus
from urllib.parse import urlsplit

import httpx
from attrs import field, frozen

__all__ = ["Pull", "fetch", "sniff"]

_LONGEST = 24 * 1024 * 1024
_SECONDS = 10.0


@frozen(kw_only=True)
class Pull:
    """What came.

    Attributes:
        status: HTTP status, 0 when nothing answered.
        reason: why it failed; empty when it did not.
        sniffed: ``audio/mpeg``, ``audio/wav`` or ``unknown``, by the bytes.
    """

    status: int
    content_type: str = ""
    body: bytes = field(default=b"", repr=False)
    reason: str = ""
    sniffed: str = "unknown"

    @property
    def ok(self) -> bool:
        """Whether something was fetched."""
        return not self.reason


def sniff(body: bytes) -> str:
    """Recognise audio by its beginning."""
    if body.startswith(b"RIFF") and body[8:12] == b"WAVE":
        return "audio/wav"
    frame_sync = len(body) > 1 and body[0] == 0xFF and body[1] & 0xE0 == 0xE0  # noqa: PLR2004 - MPEG frame header
    return "audio/mpeg" if body.startswith(b"ID3") or frame_sync else "unknown"


async def fetch(url: str, *, credentials: str = "at_once") -> Pull:
    """Fetch *url*; credentials in it are sent as HTTP Basic. Never raises for what the other side does.

    Args:
        url: what to fetch.
        credentials: send them ``at_once``, ``when_asked`` (after a 401) or ``never``.
    """
    if credentials != "at_once" and "@" in urlsplit(url).netloc:
        pull = await fetch(_bare(url))
        return await fetch(url) if credentials == "when_asked" and pull.status == HTTPStatus.UNAUTHORIZED else pull
    if urlsplit(url).scheme not in {"http", "https"}:
        return Pull(status=0, reason="not a web address")
    try:
        async with (
            httpx.AsyncClient(timeout=_SECONDS, trust_env=False) as client,
            client.stream("GET", url) as response,
        ):
            body = bytearray()
            async for chunk in response.aiter_bytes():
                body += chunk
                if len(body) > _LONGEST:
                    return Pull(status=response.status_code, reason="longer than 24 MB")
    except (httpx.HTTPError, httpx.InvalidURL) as error:
        return Pull(status=0, reason=type(error).__name__)
    content_type = response.headers.get("content-type", "")
    if not response.is_success:
        return Pull(status=response.status_code, content_type=content_type, reason=f"answered {response.status_code}")
    return Pull(status=response.status_code, content_type=content_type, body=bytes(body), sniffed=sniff(bytes(body)))


def _bare(url: str) -> str:
    """Take the credentials out of an address."""
    parts = urlsplit(url)
    return parts._replace(netloc=parts.netloc.rpartition("@")[2]).geturl()
