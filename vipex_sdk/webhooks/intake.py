"""From a request with a body to a message that can be kept, and the fields in it."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator, Collection, Sequence
from datetime import datetime
from functools import partial
from importlib.util import find_spec
from typing import Any

from attrs import Factory, define, evolve, frozen

from vipex_sdk.errors import BadPayload, PayloadTooLarge, RecordingRejected, VipexError
from vipex_sdk.webhooks.body import Receive, body_chunks, check_body_head, encoding_of
from vipex_sdk.webhooks.checks import Check
from vipex_sdk.webhooks.cuts import Cuts
from vipex_sdk.webhooks.cutter import LONG_TEXT_BYTES, Cutter
from vipex_sdk.webhooks.head import RequestHead
from vipex_sdk.webhooks.held import Held
from vipex_sdk.webhooks.message import Hook, Message
from vipex_sdk.webhooks.parse import read_fields
from vipex_sdk.webhooks.recordings import AudioStore, take_out
from vipex_sdk.webhooks.scanners import scanner_of
from vipex_sdk.webhooks.tokens import body_tokens, without_body_tokens, without_query_tokens
from vipex_sdk.webhooks.uploads import data_of, kept_parts, note_files, take_recordings
from vipex_sdk.webhooks.verify import BodyVerifier
from vipex_sdk.wire.media import render_body
from vipex_sdk.wire.profile import WireProfile

__all__ = ["MAX_FIELD_BYTES", "Intake", "Taken"]

_log = logging.getLogger(__name__)
_FORM = "application/x-www-form-urlencoded"
_JSON = "application/json"
_LONG_BODY = 1024 * 1024
_SAMPLE_BYTES = 1024 * 1024

MAX_FIELD_BYTES = 8 * 1024 * 1024
"""The longest body without its audio."""


@define
class Taken:
    """A message, and what is in it: fields, or the reason why there are none.

    Attributes:
        cuts: long base64 that was taken out of the body.
        texts: parts of a multipart body that are no files.
        files: that came beside the fields; the store has not been told their ends.
    """

    message: Message
    cuts: Cuts
    fields: dict[str, Any] | None = None
    error: VipexError | None = None
    texts: list[tuple[str, bytes]] = Factory(list)
    files: list[tuple[str, Held]] = Factory(list)

    async def abandon(self) -> None:
        """Let the store forget all audio that was not kept."""
        await self.cuts.abandon()
        for _, file in self.files:
            await file.abandon()


@frozen(kw_only=True)
class Intake:
    """Reads bodies by one profile. Audio goes to the store as it arrives, and stays only once the sender is proved.

    Attributes:
        profile: the wire format.
        checks: those that need the raw body are asked here.
        audio: where inline audio goes.
    """

    profile: WireProfile
    checks: Sequence[Check]
    audio: AudioStore | None

    @property
    def encodings(self) -> Collection[str]:
        """Kinds of bodies that are taken: the profile's, multipart only when its parser is installed."""
        wanted = set(self.profile.webhooks.encodings) - {"query"}
        return wanted if find_spec("python_multipart") else wanted - {"multipart"}

    async def take(self, head: RequestHead, receive: Receive, *, hook: Hook, max_bytes: int, at: datetime) -> Taken:
        """Read the body of an admitted request. Whoever takes it ends with ``abandon()``.

        Raises:
            WebhookError: the body is refused for its type, its length, or its signature.
            StoreUnavailable: audio could not be stored.
        """
        content_type = head.text("content-type") or ""
        taken = Taken(Message(hook=hook, content_type=content_type, body=b"", received_at=at), self._no_cuts())
        verifier = BodyVerifier(self.checks, head)
        try:
            if head.method == "GET":
                query = without_query_tokens(head.query, self.checks)
                taken.message = evolve(taken.message, content_type=_FORM, body=query)
            else:
                check_body_head(head, max_bytes=max_bytes, encodings=self.encodings)
                chunks = _seen_by(verifier, body_chunks(receive, max_bytes=max_bytes))
                await self._read_body(taken, chunks, encoding=encoding_of(head))
            if taken.error is None:
                await self._understand(taken)
            verifier.finish(taken.fields)
        except BaseException:
            await taken.abandon()
            raise
        if taken.fields is not None and body_tokens(self.checks):
            without_body_tokens(taken.fields, self.checks)
            self._rewrite(taken)
        return taken

    def _no_cuts(self) -> Cuts:
        return Cuts(partial(self._keep, self.profile.recordings.takes_inline), self.profile.recordings.max_bytes)

    async def _read_body(self, taken: Taken, chunks: AsyncIterator[bytes], *, encoding: str | None) -> None:
        if encoding == "multipart":
            await self._read_parts(taken, chunks)
            return
        body = bytearray()
        cutter: Cutter | None = None
        async for chunk in chunks:
            if cutter is not None:
                await taken.cuts.feed(cutter, chunk)
            else:
                body += chunk
                if len(body) >= LONG_TEXT_BYTES:
                    cutter = taken.cuts.begin(scanner_of(taken.message.content_type, bytes(body)))
                    await taken.cuts.feed(cutter, bytes(body))
                    body.clear()
            if len(body) + taken.cuts.size > MAX_FIELD_BYTES:
                raise PayloadTooLarge(f"the body without its audio is longer than {MAX_FIELD_BYTES} bytes")
        taken.message = evolve(taken.message, body=taken.cuts.finish(cutter) if cutter is not None else bytes(body))

    async def _understand(self, taken: Taken) -> None:
        message = taken.message
        try:
            if len(message.body) > _LONG_BODY:
                taken.fields = await asyncio.to_thread(read_fields, message.content_type, message.body)
            else:
                taken.fields = read_fields(message.content_type, message.body)
        except VipexError as exc:
            taken.error = exc

    async def take_audio_out(self, taken: Taken, kind: Hook) -> None:
        """Move audio in a message of *kind* to the store; the kept message holds keys of all stored audio instead.

        Raises:
            StoreUnavailable: from the store.
        """
        if taken.fields is None:
            return
        inline = await take_out(taken.fields, self.profile, self.audio, kind=kind, cuts=taken.cuts)
        await note_files(taken.fields, taken.files, self.profile, kind=kind)
        if inline or taken.files:
            self._rewrite(taken)

    def _rewrite(self, taken: Taken) -> None:
        content_type, body = render_body("json", taken.fields or {})
        taken.message = evolve(taken.message, content_type=content_type or _JSON, body=body)

    async def keep_as_it_came(self, taken: Taken) -> Message:
        """Give the message for quarantine: all of it, with marks where audio was, which is stored.

        Raises:
            StoreUnavailable: from the store.
        """
        if taken.files or (taken.cuts and taken.texts):
            content_type, body = await kept_parts(taken.texts, taken.files)
            taken.message = evolve(taken.message, content_type=content_type, body=body)
            taken.files = []
        if taken.cuts:
            taken.message = evolve(taken.message, body=await taken.cuts.settle_raw(taken.message.body))
        return taken.message

    async def _read_parts(self, taken: Taken, chunks: AsyncIterator[bytes]) -> None:
        from vipex_sdk.webhooks.parts import Parts, read_parts

        sample = bytearray()
        parts = Parts(taken.cuts, taken.texts, taken.files)
        try:
            await read_parts(
                _sampled(chunks, sample),
                taken.message.content_type,
                partial(self._keep, self.profile.recordings.takes_files),
                parts=parts,
                max_text=MAX_FIELD_BYTES,
            )
        except BadPayload as exc:
            # The rest is read all the same: a signature covers it, and the sender is still sending it.
            rest = sum([len(chunk) async for chunk in _sampled(chunks, sample)])
            await parts.abandon()
            taken.files, taken.texts, taken.cuts = [], [], self._no_cuts()
            cut = f"; {_SAMPLE_BYTES} bytes of it are kept" if rest and len(sample) >= _SAMPLE_BYTES else ""
            taken.error = BadPayload(f"{exc}{cut}")
            taken.message = evolve(taken.message, body=bytes(sample))
        else:
            await take_recordings(taken.texts, taken.files, taken.cuts, self.profile)
            taken.message = self._data_of(taken)

    async def _keep(self, wanted: bool, chunks: AsyncIterator[bytes], content_type: str) -> str | None:  # noqa: FBT001
        if self.audio is None or not wanted:
            why = "no store" if self.audio is None else "the profile does not take it like this"
            _log.warning("inline audio dropped: %s", why)
            async for _ in chunks:
                pass
            return None
        try:
            return await self.audio.keep(chunks, content_type)
        except RecordingRejected as exc:
            _log.warning("inline audio dropped: %s", exc)
            return None

    def _data_of(self, taken: Taken) -> Message:
        """Give the data part, or the text parts as a form when every field is a part of its own."""
        content_type, body = data_of(taken.texts, self.profile)
        return evolve(taken.message, content_type=content_type, body=body)


async def _seen_by(verifier: BodyVerifier, chunks: AsyncIterator[bytes]) -> AsyncIterator[bytes]:
    async for chunk in chunks:
        verifier.update(chunk)
        yield chunk


async def _sampled(chunks: AsyncIterator[bytes], sample: bytearray) -> AsyncIterator[bytes]:
    """Pass chunks on and keep the first of them, for quarantine: files are gone by the time something is wrong."""
    async for chunk in chunks:
        sample += chunk[: max(0, _SAMPLE_BYTES - len(sample))]
        yield chunk
