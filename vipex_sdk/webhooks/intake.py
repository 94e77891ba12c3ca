"""From a request with a body to a message that can be kept, and the fields in it."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator, Collection, Sequence
from datetime import datetime
from importlib.util import find_spec
from typing import Any
from urllib.parse import quote_plus, unquote_to_bytes

from attrs import Factory, define, evolve, frozen

from vipex_sdk.errors import BadPayload, RecordingRejected, VipexError
from vipex_sdk.webhooks.body import Receive, body_chunks, check_body_head, encoding_of, read_all
from vipex_sdk.webhooks.checks import AnyOf, Check, QueryToken
from vipex_sdk.webhooks.head import RequestHead
from vipex_sdk.webhooks.message import Hook, Message
from vipex_sdk.webhooks.parse import read_fields
from vipex_sdk.webhooks.recordings import AudioStore, put_stored, take_out
from vipex_sdk.webhooks.verify import needs_body, verify_body
from vipex_sdk.wire.media import render_body
from vipex_sdk.wire.profile import WireProfile

__all__ = ["Intake", "Taken"]

_log = logging.getLogger(__name__)
_FORM = "application/x-www-form-urlencoded"
_JSON = "application/json"
_LONG_BODY = 1024 * 1024
_SAMPLE_BYTES = 64 * 1024


@define
class Taken:
    """A message, and what is in it: fields, or the reason why there are none.

    Attributes:
        files: that came beside the fields: name, content type and key in the store, ``None`` when it was dropped.
    """

    message: Message
    fields: dict[str, Any] | None = None
    error: VipexError | None = None
    files: list[tuple[str, str, str | None]] = Factory(list)


@frozen(kw_only=True)
class Intake:
    """Reads bodies by one profile.

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
        """Read the body of an admitted request.

        Raises:
            WebhookError: the body is refused for its type, its length, or its signature.
            StoreUnavailable: audio could not be stored.
        """
        if head.method == "GET":
            body = _without_tokens(head.query, self.checks)
            self._verify(head, b"")
            return await self._read(Message(hook=hook, content_type=_FORM, body=body, received_at=at))
        check_body_head(head, max_bytes=max_bytes, encodings=self.encodings)
        chunks = body_chunks(receive, max_bytes=max_bytes)
        content_type = head.text("content-type") or ""
        if encoding_of(head) == "multipart":
            return await self._take_parts(
                head, chunks, Message(hook=hook, content_type=content_type, body=b"", received_at=at)
            )
        body = await read_all(chunks)
        self._verify(head, body)
        return await self._read(Message(hook=hook, content_type=content_type, body=body, received_at=at))

    def _verify(self, head: RequestHead, body: bytes) -> None:
        if needs_body(self.checks):
            verify_body(self.checks, head, body)

    async def _read(self, message: Message) -> Taken:
        taken = Taken(message)
        try:
            if len(message.body) > _LONG_BODY:
                taken.fields = await asyncio.to_thread(read_fields, message.content_type, message.body)
            else:
                taken.fields = read_fields(message.content_type, message.body)
        except VipexError as exc:
            taken.error = exc
        return taken

    async def take_audio_out(self, taken: Taken) -> None:
        """Move inline audio of an end of call to the store; the kept message holds keys of all stored audio instead.

        Raises:
            StoreUnavailable: from the store.
        """
        if taken.fields is None:
            return
        inline = await take_out(taken.fields, self.profile, self.audio)
        self._note_files(taken.fields, taken.files)
        if inline or taken.files:
            content_type, body = render_body("json", taken.fields)
            taken.message = evolve(taken.message, content_type=content_type or _JSON, body=body)

    async def _take_parts(self, head: RequestHead, chunks: AsyncIterator[bytes], empty: Message) -> Taken:
        from vipex_sdk.webhooks.parts import read_parts

        if needs_body(self.checks):
            # The signature covers what the files are in, so nothing may be stored before all of it is here.
            body = await read_all(chunks)
            self._verify(head, body)
            chunks = _once(body)
        sample = bytearray()
        try:
            parts = await read_parts(_sampled(chunks, sample), empty.content_type, self._keep_file)
        except BadPayload as exc:
            return Taken(evolve(empty, body=bytes(sample)), error=exc)
        taken = await self._read(self._data_of(empty, parts.texts))
        taken.files = parts.files
        return taken

    async def _keep_file(self, chunks: AsyncIterator[bytes], content_type: str) -> str | None:
        if self.audio is None or not self.profile.recordings.takes_files:
            _log.warning("audio part dropped: %s", "no store" if self.audio is None else "the profile takes codes only")
            async for _ in chunks:
                pass
            return None
        try:
            return await self.audio.keep(chunks, content_type)
        except RecordingRejected as exc:
            _log.warning("audio part dropped: %s", exc)
            return None

    def _data_of(self, empty: Message, texts: list[tuple[str, bytes]]) -> Message:
        """Give the data part, or the text parts as a form when every field is a part of its own."""
        for name, body in texts:
            if name == self.profile.webhooks.multipart_data:
                return evolve(empty, content_type=_JSON, body=body)
        pairs = (quote_plus(name) + "=" + quote_plus(value) for name, value in texts)
        return evolve(empty, content_type=_FORM, body="&".join(pairs).encode("ascii"))

    def _note_files(self, fields: dict[str, Any], files: list[tuple[str, str, str | None]]) -> None:
        base = self.profile.webhooks.multipart_recording
        position = 0
        for name, content_type, key in files:
            place = name.removeprefix(base + "_") if name.startswith(base + "_") else ""
            if name == base + "[]":
                place, position = f"[{position}]", position + 1
            if key is not None:
                put_stored(fields, self.profile, place=place, key=key, content_type=content_type)


def _without_tokens(query: bytes, checks: Sequence[Check]) -> bytes:
    """Take secrets out of a query that is kept."""
    names = {name.encode() for name in _token_names(checks)}
    return b"&".join(
        part for part in query.split(b"&") if unquote_to_bytes(part.partition(b"=")[0].replace(b"+", b" ")) not in names
    )


def _token_names(checks: Sequence[Check]) -> set[str]:
    names: set[str] = set()
    for check in checks:
        if isinstance(check, QueryToken):
            names.add(check.name)
        elif isinstance(check, AnyOf):
            names |= _token_names(check.checks)
    return names


async def _once(body: bytes) -> AsyncIterator[bytes]:
    yield body


async def _sampled(chunks: AsyncIterator[bytes], sample: bytearray) -> AsyncIterator[bytes]:
    """Pass chunks on and keep the first of them, for quarantine: files are gone by the time something is wrong."""
    async for chunk in chunks:
        sample += chunk[: max(0, _SAMPLE_BYTES - len(sample))]
        yield chunk
