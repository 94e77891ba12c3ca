"""Bodies of answers, with a bound: what a few compressed bytes unfold to is counted while they unfold."""

from __future__ import annotations

import zlib

from vipex_sdk.errors import DecodeError

__all__ = ["MAX_ANSWER_BYTES", "Body"]

MAX_ANSWER_BYTES = 64 * 1024 * 1024
"""The longest answer taken into memory, after it is unfolded; recordings go to a file."""

_STEP = 1 << 20
_GZIP_OR_ZLIB = 47


class Body:
    """The bytes of an answer as they come from the wire.

    We ask for uncompressed answers, but a proxy may compress all the same; gzip and zlib are understood.

    Args:
        encoding: the answer's ``Content-Encoding``.
        what: whose answer it is, for error texts.
        limit: most bytes, unfolded.
    """

    def __init__(self, encoding: str | None, *, what: str, limit: int = MAX_ANSWER_BYTES) -> None:
        self._what = what
        self._left = limit
        self._chunks: list[bytes] = []
        self._unfold = None
        if encoding and encoding.strip().lower() != "identity":
            if encoding.strip().lower() not in {"gzip", "x-gzip", "deflate"}:
                raise self._error("expected an uncompressed body")
            self._unfold = zlib.decompressobj(_GZIP_OR_ZLIB)

    def _error(self, problem: str) -> DecodeError:
        return DecodeError((f"$: {problem}",), what=self._what)

    def take(self, raw: bytes) -> None:
        """Take the next bytes.

        Raises:
            DecodeError: the answer is longer than any real one, or its compression is broken.
        """
        if self._unfold is None:
            self._keep(raw)
            return
        try:
            while raw:
                self._keep(self._unfold.decompress(raw, min(_STEP, self._left + 1)))
                raw = self._unfold.unconsumed_tail
        except zlib.error:
            raise self._error("its compression is broken") from None

    def _keep(self, chunk: bytes) -> None:
        self._left -= len(chunk)
        if self._left < 0:
            raise self._error("too long")
        self._chunks.append(chunk)

    def finish(self) -> bytes:
        """Give all bytes.

        Raises:
            DecodeError: the compressed body was cut short.
        """
        if self._unfold is not None and not self._unfold.eof and self._chunks:
            raise self._error("was cut short")
        chunks = self._chunks
        return chunks[0] if len(chunks) == 1 else b"".join(chunks)
