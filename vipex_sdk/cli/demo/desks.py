"""The agents' open desks: what pops up on them, read from the same stream of events a browser reads."""

from __future__ import annotations

import json
import socket
import threading
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager, suppress
from types import TracebackType
from typing import Any, Self

import httpx
from attrs import frozen

__all__ = ["Desks", "Pop"]

_PATIENCE = httpx.Timeout(10, read=None)
_OPEN_SECONDS = 10


@frozen(kw_only=True)
class Pop:
    """A customer's card that opened on a desk.

    Attributes:
        customer: name on the card; ``None`` when nobody knows the caller.
        url: address of the card in the CRM.
    """

    extension: str
    call_id: str
    customer: str | None
    url: str | None


class Desks:
    """Every agent's desk, open at once. A context manager: leaving closes the pages."""

    def __init__(self, links: Mapping[str, str]) -> None:
        self._links = links
        self._pops: list[Pop] = []
        self._changed = threading.Condition()
        self._pages = ExitStack()

    def __enter__(self) -> Self:
        for extension, link in self._links.items():
            self._pages.enter_context(self._opened(extension, link))
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._pages.close()

    def pops(self, call_id: str, wanted: tuple[str, ...], *, within: float) -> list[Pop]:
        """Give the pops of a call, one a desk, waiting until all of *wanted* have one or the time is over."""
        with self._changed:
            self._changed.wait_for(lambda: set(wanted) <= {pop.extension for pop in self._of(call_id)}, timeout=within)
            return self._of(call_id)

    def _of(self, call_id: str) -> list[Pop]:
        return list({pop.extension: pop for pop in self._pops if pop.call_id == call_id}.values())

    @contextmanager
    def _opened(self, extension: str, link: str) -> Iterator[None]:
        """Open a desk as an agent does: follow the link, keep the cookie, listen."""
        with httpx.Client(follow_redirects=True, timeout=_PATIENCE) as browser:
            page = browser.get(link).raise_for_status()
            with browser.stream("GET", f"{page.url.copy_with(query=None)}/events") as stream:
                stream.raise_for_status()
                reader = threading.Thread(target=self._read, args=(extension, stream), daemon=True)
                reader.start()
                try:
                    yield
                finally:
                    _hang_up(stream)
                    reader.join(_OPEN_SECONDS)

    def _read(self, extension: str, stream: httpx.Response) -> None:
        event = ""
        try:
            for line in stream.iter_lines():
                name, _, value = line.partition(": ")
                if name == "event":
                    event = value
                elif name == "data" and event == "pop":
                    self._note(extension, json.loads(value))
        except (httpx.HTTPError, httpx.StreamError):
            return  # the page or the gateway was closed

    def _note(self, extension: str, data: Mapping[str, Any]) -> None:
        if data["over"] or data["state"] not in {"ringing", "answered"}:
            return
        card = data["card"] or {}
        pop = Pop(extension=extension, call_id=data["call_id"], customer=card.get("name"), url=card.get("url"))
        with self._changed:
            self._pops.append(pop)
            self._changed.notify_all()


def _hang_up(stream: httpx.Response) -> None:
    """End the stream for the thread that waits for its next line: closing a socket would leave it waiting."""
    connection = stream.extensions["network_stream"].get_extra_info("socket")
    with suppress(OSError):
        connection.shutdown(socket.SHUT_RDWR)
