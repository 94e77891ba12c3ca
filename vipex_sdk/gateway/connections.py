"""What uvicorn leaves open: how long a request may take to arrive, and how much of it may be no body."""

from __future__ import annotations

import asyncio
from http import HTTPStatus
from typing import Any

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

__all__ = ["BoundedProtocol"]

HEAD_SECONDS = 10.0
"""From the connection, or from the first byte of its next request, to the end of the head."""
BODY_SECONDS = 75.0
"""From the end of the head to the end of the body; the receiver's own, shorter deadline comes with an answer."""
HEAD_BYTES = 64 * 1024
MOST_HEADERS = 128


class BoundedProtocol(HttpToolsProtocol):
    """uvicorn's connection with an end: uvicorn itself waits for a head for ever and keeps any number of headers.

    What is too late gets 408, what is too large 431; a connection on which nothing was asked is closed without a word,
    and so is one whose request was answered long before its body ends.
    """

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._is_body = False
        self._framing_bytes = 0
        self._is_too_large = False
        self._deadline: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override] # as uvicorn has it
        """Wait for the first head."""
        super().connection_made(transport)
        self._watch()

    def connection_lost(self, exc: Exception | None) -> None:
        """Forget the deadline."""
        self._unwatch()
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        """Read on, unless too much has come that is no body: a head, trailers, what stands beside a chunk's length."""
        self._framing_bytes += len(data)
        super().data_received(data)
        if self.transport.is_closing():
            return
        if self._framing_bytes > HEAD_BYTES:
            self._refuse(HTTPStatus.REQUEST_HEADER_FIELDS_TOO_LARGE)
        elif self._deadline is None and (self._is_body or not self._is_answering()):
            self._watch()

    def on_headers_complete(self) -> None:
        """Take the head, and refuse one that came in one piece and is too large."""
        size = len(self.url) + sum(len(name) + len(value) for name, value in self.headers)
        if size > HEAD_BYTES or len(self.headers) > MOST_HEADERS:
            self._is_too_large = True
            raise ValueError("the head is too large")  # for the parser: it ends in send_400_response
        super().on_headers_complete()
        self._is_body = True
        self._unwatch()

    def on_body(self, body: bytes) -> None:
        """Take a part of the body."""
        self._framing_bytes = 0
        super().on_body(body)

    def on_message_complete(self) -> None:
        """Take the end of a request."""
        self._is_body = False
        self._framing_bytes = 0
        self._unwatch()
        super().on_message_complete()

    def on_response_complete(self) -> None:
        """Go on to the next request; a body that nobody waits for any more has little time left to end."""
        if self._is_body:
            self._unwatch()
            self._watch()
        super().on_response_complete()

    def send_400_response(self, msg: str) -> None:
        """Refuse what cannot be read."""
        del msg
        large = HTTPStatus.REQUEST_HEADER_FIELDS_TOO_LARGE
        self._refuse(large if self._is_too_large else HTTPStatus.BAD_REQUEST)

    def _refuse(self, status: HTTPStatus) -> None:
        """Close the connection, with an answer when one can be told from the answer to an earlier request."""
        self._unwatch()
        if self._is_body:
            is_its_turn = not self.pipeline and not self.cycle.response_started
        else:
            is_its_turn = not self._is_answering()
        if is_its_turn:
            head = f"HTTP/1.1 {status.value} {status.phrase}\r\nConnection: close\r\nContent-Length: 0\r\n\r\n"
            self.transport.write(head.encode("ascii"))
        self.transport.close()

    def _is_answering(self) -> bool:
        return self.cycle is not None and not self.cycle.response_complete

    def _watch(self) -> None:
        is_wanted = self._is_body and self._is_answering()
        self._deadline = self.loop.call_later(BODY_SECONDS if is_wanted else HEAD_SECONDS, self._expire)

    def _unwatch(self) -> None:
        if self._deadline is not None:
            self._deadline.cancel()
            self._deadline = None

    def _expire(self) -> None:
        if self._framing_bytes or self._is_body:
            self._refuse(HTTPStatus.REQUEST_TIMEOUT)
        else:
            self.transport.close()
