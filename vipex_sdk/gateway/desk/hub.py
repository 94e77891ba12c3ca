"""Events for open pages: one bounded buffer a page, so that a stalled browser delays nobody but itself.

Raw ASGI rather than a streaming response: a third of the memory and half the time a message (``facts/perf.md`` 6).
"""

from __future__ import annotations

import asyncio
import json
import secrets
from collections import defaultdict, deque
from collections.abc import Iterator, Mapping
from typing import Any

from starlette.types import Message, Receive, Scope, Send

__all__ = ["EventStream", "Hub"]

HEARTBEAT_SECONDS = 15.0
MAX_PAGES = 2000
MAX_PAGES_OF_ONE = 20
BUFFERED = 64
REMEMBERED = 20
MAX_TOPICS = 2000

_HEADERS = [
    (b"content-type", b"text/event-stream; charset=utf-8"),
    (b"cache-control", b"no-store"),
    (b"x-accel-buffering", b"no"),
    (b"x-content-type-options", b"nosniff"),
]
_REFUSED = [(b"content-type", b"text/plain; charset=utf-8"), (b"retry-after", b"30"), (b"cache-control", b"no-store")]


class _Page:
    """One open page: what it has not been sent yet, oldest first; when full the oldest is dropped."""

    def __init__(self) -> None:
        self._waiting: deque[bytes] = deque(maxlen=BUFFERED)
        self._news = asyncio.Event()
        self.closed = False

    def put(self, text: bytes) -> None:
        self._waiting.append(text)
        self._news.set()

    def close(self) -> None:
        self.closed = True
        self._news.set()

    async def take(self) -> bytes:
        """Give all that waits, or a heartbeat when nothing came for a while."""
        try:
            async with asyncio.timeout(HEARTBEAT_SECONDS):
                await self._news.wait()
        except TimeoutError:
            return b": still here\n\n"
        self._news.clear()
        text = b"".join(self._waiting)
        self._waiting.clear()
        return text


class Hub:
    """Publishes events to the pages that are open on a topic, and remembers the last few for those that come back."""

    def __init__(self) -> None:
        # Numbers start anew with the process: a page that comes back from before gets all that is remembered.
        self._epoch = secrets.token_hex(4)
        self._count = 0
        self._pages: defaultdict[str, set[_Page]] = defaultdict(set)
        self._recent: dict[str, deque[tuple[int, bytes]]] = {}
        self._closed = False

    @property
    def last_id(self) -> str:
        """Id of the newest event; a page rendered now asks for what comes after it."""
        return f"{self._epoch}-{self._count}"

    @property
    def open_pages(self) -> int:
        """How many pages listen."""
        return sum(len(pages) for pages in self._pages.values())

    def listening(self, topic: str) -> int:
        """How many pages listen on *topic*."""
        return len(self._pages.get(topic, ()))

    def publish(self, topic: str, event: str, data: Mapping[str, Any]) -> int:
        """Send *data* to every page of *topic*; returns to how many. Never waits."""
        self._count += 1
        # JSON keeps to one line, and escaping "/" keeps "</script>" inert wherever the text may be shown.
        body = json.dumps(data, ensure_ascii=False).replace("</", "<\\/")
        text = f"id: {self.last_id}\nevent: {event}\ndata: {body}\n\n".encode()
        self._remember(topic, text)
        pages = self._pages.get(topic, ())
        for page in pages:
            page.put(text)
        return len(pages)

    def close(self) -> None:
        """End all pages' streams; without this a server that shuts down would wait for browsers to leave."""
        self._closed = True
        for pages in self._pages.values():
            for page in pages:
                page.close()

    def stream(self, topic: str, *, after: str = "") -> EventStream:
        """Give the ASGI response that sends the events of *topic*, beginning behind the one with id *after*."""
        return EventStream(self, topic, after)

    def has_room(self, topic: str) -> bool:
        """Whether one more page may listen on *topic*."""
        return not self._closed and self.open_pages < MAX_PAGES and self.listening(topic) < MAX_PAGES_OF_ONE

    def join(self, topic: str, after: str) -> _Page:
        """Add a page, with what it missed already in its buffer."""
        page = _Page()
        page.put(b"retry: 2000\n: connected\n\n")
        for text in self._missed(topic, after):
            page.put(text)
        self._pages[topic].add(page)
        return page

    def leave(self, topic: str, page: _Page) -> None:
        """Forget a page."""
        self._pages[topic].discard(page)
        if not self._pages[topic]:
            del self._pages[topic]

    def _remember(self, topic: str, text: bytes) -> None:
        recent = self._recent.pop(topic, None) or deque(maxlen=REMEMBERED)
        recent.append((self._count, text))
        self._recent[topic] = recent
        if len(self._recent) > MAX_TOPICS:
            del self._recent[next(iter(self._recent))]

    def _missed(self, topic: str, after: str) -> Iterator[bytes]:
        epoch, _, number = after.partition("-")
        if not after:
            return
        seen = int(number) if epoch == self._epoch and number.isascii() and number.isdigit() else 0
        for count, text in self._recent.get(topic, ()):
            if count > seen:
                yield text


class EventStream:
    """The ASGI response of one page."""

    def __init__(self, hub: Hub, topic: str, after: str) -> None:
        self._hub = hub
        self._topic = topic
        self._after = after

    async def __call__(self, _scope: Scope, receive: Receive, send: Send) -> None:
        """Send events until the browser leaves or the hub closes."""
        if not self._hub.has_room(self._topic):
            await send({"type": "http.response.start", "status": 503, "headers": _REFUSED})
            await send({"type": "http.response.body", "body": b"too many open pages\n"})
            return
        page = self._hub.join(self._topic, self._after)
        left = asyncio.create_task(_until_left(receive, page), name="page-left")
        try:
            await send({"type": "http.response.start", "status": 200, "headers": _HEADERS})
            while not page.closed:
                await send(_body(await page.take()))
            await send(_body(b"", more=False))
        except OSError:
            pass  # the browser has gone; there is nobody to tell
        finally:
            left.cancel()
            self._hub.leave(self._topic, page)


def _body(text: bytes, *, more: bool = True) -> Message:
    return {"type": "http.response.body", "body": text, "more_body": more}


async def _until_left(receive: Receive, page: _Page) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass
    page.close()
