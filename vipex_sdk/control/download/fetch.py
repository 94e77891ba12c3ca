"""One recording on its way, without I/O: what to ask next, whether an answer is its audio, and when it is whole."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Any, TypeAlias

from attrs import evolve

from vipex_sdk.control.download.sniff import HEAD_BYTES, riff_bytes, sniff
from vipex_sdk.control.recordings import fetch_recording
from vipex_sdk.control.steps import Kept, Pause, Plan, Send, Steps
from vipex_sdk.errors import OutcomeUnknown, RecordingNotReady, RecordingRejected, VipexError
from vipex_sdk.wire.media import media_type
from vipex_sdk.wire.messages import WireResponse

__all__ = ["Fetch", "Progress"]

Progress: TypeAlias = Callable[[int, int | None], object]
"""Called with the bytes so far and, when VIPeX says so, the bytes in all."""


def _no_audio() -> RecordingRejected:
    return RecordingRejected("what came is not WAV, MP3 or Ogg audio")


_TEXT = frozenset({"application/json", "application/x-www-form-urlencoded", "application/xml", "text/xml"})
_PART = re.compile(r"bytes (?:(\d+)-\d+|\*)/(\d+|\*)")
_OK, _PARTIAL, _BEYOND_THE_END = 200, 206, 416
_REAL_PROGRESS = 64 * 1024
"""So many bytes between two breaks, and the second one counts as a first."""


class Fetch:
    """Takes the answers to one recording's requests and gives out its bytes, each once and in order.

    Args:
        plan: of the client.
        code: of the recording.
        max_bytes: the longest recording taken; the profile's limit when absent.
        progress: told the bytes so far, and the bytes in all when known.
        rewind: forgets all bytes given out so far, where they can be forgotten; without it, bytes that come a second
            time are skipped.
    """

    def __init__(
        self,
        plan: Plan,
        code: str,
        *,
        max_bytes: int | None,
        progress: Progress | None,
        rewind: Callable[[], None] | None,
    ) -> None:
        self.plan = plan
        self.operation = fetch_recording(code)
        self.content_type: str | None = None
        self.total: int | None = None
        self.done = 0
        self.is_whole = False
        self._max_bytes = max_bytes or plan.profile.recordings.max_bytes
        self._progress = progress
        self._rewind = rewind
        self._head = b""
        self._said: int | None = None
        self._skip = 0
        self._version: str | None = None
        self._attempt = 1
        self._last_break = 0

    def first(self) -> Steps[Any]:
        """Ask, and ask again after the profile's delays while the recording is not ready; gives the open answer."""
        *early, last = self.plan.profile.recordings.ready_delays or (0.0,)
        for delay in early:
            if delay:
                yield Pause(delay)
            try:
                return (yield from self._asked())
            except RecordingNotReady:
                continue
        if last:
            yield Pause(last)
        return (yield from self._asked())

    def again(self, pause: float) -> Steps[Any]:
        """Ask for the rest after *pause* seconds; gives the open answer."""
        yield Pause(pause)
        return (yield from self._asked())

    def _asked(self) -> Steps[Any]:
        """Ask as often as the policy allows, until an answer is audio."""
        steps = self.plan.steps(self.operation)
        reply: WireResponse | Kept | VipexError | None = None
        while not isinstance(reply, Kept):
            try:
                step = steps.send(reply)
            except StopIteration:
                raise _no_audio() from None
            reply = yield self._aimed(step) if isinstance(step, Send) else step
        steps.close()
        return reply.answer

    def _aimed(self, step: Send) -> Send:
        """Ask for what is missing only, if the recording is still the same."""
        more: tuple[tuple[str, str], ...] = ()
        if self.done:
            more = (("Range", f"bytes={self.done}-"),)
            if self._version is not None:
                more = (*more, ("If-Range", self._version))
        request = evolve(step.request, headers=(*step.request.headers, *more))
        return evolve(step, request=request, keep=self.begin)

    def begin(self, status: int, headers: Mapping[str, str]) -> bool:
        """Look at the head of an answer; gives whether its body is audio, and not an error to be read.

        Raises:
            RecordingRejected: it is too long, compressed, or not the part that was asked for.
        """
        part = _PART.fullmatch(headers.get("content-range", ""))
        if status == _BEYOND_THE_END and self.total is None and part and part[2] == str(self.done):
            self.is_whole = True  # the connection broke just after the last byte
            return True
        media = media_type(headers.get("content-type"))
        if status not in {_OK, _PARTIAL} or media in _TEXT or media.startswith("text/"):
            return False
        if headers.get("content-encoding", "identity").strip().lower() != "identity":
            raise RecordingRejected("the recording came compressed, which was not asked for")
        if status == _PARTIAL:
            self._go_on(part)
        else:
            self._start(headers)
        self._check(self.total or 0)
        return True

    def _go_on(self, part: re.Match[str] | None) -> None:
        total = None if part is None or part[2] == "*" else int(part[2])
        if not self.done or part is None or part[1] != str(self.done) or (self.total or total) != total:
            raise RecordingRejected("another part of the recording came than was asked for")
        self.total = total

    def _start(self, headers: Mapping[str, str]) -> None:
        length = headers.get("content-length", "")
        total = int(length) if length.isdecimal() else None
        if self.done and self._rewind is None:
            if total != self.total:
                raise RecordingRejected("the recording changed while it was fetched")
            self._skip = self.done
        elif self.done and self._rewind is not None:
            self._rewind()
            self.done, self._head, self.content_type, self._last_break = 0, b"", None, 0
        self.total = total
        # A weak tag says that two recordings sound alike, not that their bytes are the same.
        tag = headers.get("etag", "")
        self._version = tag if tag.startswith('"') else None

    def take(self, chunk: bytes) -> bytes:
        """Take the next bytes and give out what can be given out: nothing before they are known to be audio.

        Raises:
            RecordingRejected: it is longer than allowed or announced, or no audio.
        """
        if self._skip:
            again, self._skip = self._skip, max(self._skip - len(chunk), 0)
            chunk = chunk[again:]
        self.done += len(chunk)
        self._check(self.done)
        if self.total is not None and self.done > self.total:
            raise RecordingRejected("the recording is longer than it was announced")
        if self.content_type is None:
            self._head += chunk
            if len(self._head) < HEAD_BYTES:
                return b""
            chunk = self._known()
        if self._progress is not None and chunk:
            self._progress(self.done, self.total)
        return chunk

    def _known(self) -> bytes:
        head, self._head = self._head, b""
        self.content_type = sniff(head)
        self._said = riff_bytes(head)
        if self.content_type is None:
            raise _no_audio()
        return head

    def _check(self, size: int) -> None:
        if size > self._max_bytes:
            raise RecordingRejected(f"the recording is longer than {self._max_bytes} bytes")

    def end(self) -> bytes:
        """Give out what was held back when an answer has ended.

        Raises:
            OutcomeUnknown: bytes are missing; ask for them.
            RecordingRejected: it is no audio, or a WAV file that says it is longer.
        """
        if self.total is not None and self.done < self.total:
            raise OutcomeUnknown(f"{self.operation.name}: bytes are missing", operation=self.operation.name)
        rest = self._known() if self.content_type is None else b""
        if self._said is not None and self.done < self._said:
            raise RecordingRejected(f"the recording was cut short after {self.done} of {self._said} bytes")
        self.is_whole = True
        if rest and self._progress is not None:
            self._progress(self.done, self.total)
        return rest

    def broke(self, error: VipexError) -> float:
        """Give the seconds to wait before the rest is asked for.

        Raises:
            RecordingRejected: it broke too often.
        """
        if self.done - self._last_break >= _REAL_PROGRESS:
            self._attempt = 1
        self._last_break = self.done
        pause = self.plan.retry.delay(self.operation, self._attempt, error)
        if pause is None:
            if not self.done:
                raise error
            whole = "an unknown number of" if self.total is None else str(self.total)
            raise RecordingRejected(f"the recording was cut short after {self.done} of {whole} bytes") from error
        self._attempt += 1
        return pause
