"""Tell the customer's systems about calls: query, notice, end of call."""

from __future__ import annotations

import secrets
import time
from collections.abc import Callable, Mapping

from attrs import frozen

from vipex_sdk.sandbox.behaviours import assumed, documented
from vipex_sdk.sandbox.line import Line
from vipex_sdk.sandbox.messages import Writer
from vipex_sdk.sandbox.recordings import Recording, Recordings
from vipex_sdk.sandbox.sender import Sender
from vipex_sdk.sandbox.settings import Settings
from vipex_sdk.sandbox.summary import call_end, incoming_call, recorded_parts, without_recordings
from vipex_sdk.webhooks.events import CallLogic, DataQuery, Decision, Direction, IncomingCall, Phase, UserRef

__all__ = ["Reporter"]

_LOGIC = CallLogic(id="1", name="Főszám", element="crm_lookup")


@frozen(kw_only=True)
class Reporter:
    """Composes events from calls and has them sent.

    Attributes:
        users: gives who sits at which extension.
        changed: called when something about a call was learnt.
    """

    settings: Callable[[], Settings]
    users: Callable[[], Mapping[str, UserRef]]
    recordings: Recordings
    writer: Writer
    sender: Sender
    changed: Callable[[], None]

    @documented("A data query goes out for a call from an external number, and its answer decides where the call goes.")
    async def query(self, line: Line) -> Decision | None:
        """Ask where *line* should go; ``None`` when nobody is asked or nothing usable is answered."""
        if not self.sender.wanted("data_query"):
            return None
        call = line.call
        event = DataQuery(
            call_id=call.call_id,
            event_id=_event_id(),
            sent_at=line.clock.now(),
            caller=call.caller,
            called=call.called,
            started_at=call.started_at,
            logic=_LOGIC,
        )
        answer = await self.sender.ask(self.writer.data_query(event), line)
        return self.writer.decision(answer) if answer is not None else None

    @documented("The administrator chooses when the notice is sent: when it begins to ring, or only on answer.")
    @assumed("It is sent once for each new set of ringing telephones, and not again after a transfer.")
    def notice(self, line: Line, phase: Phase) -> None:
        """Send the incoming-call notice beside the call, if the administrator wants it at this *phase*."""
        wanted = self.settings().notify
        if line.call.direction is not Direction.INBOUND or wanted not in (str(phase), "both"):
            return
        if self.sender.wanted("incoming_call"):
            event = incoming_call(
                line.call, phase=phase, event_id=_event_id(), sent_at=line.clock.now(), users=self.users()
            )
            line.start(self._tell(line, event))

    @documented("The end of every external call, incoming or outgoing, is reported; internal calls are not.")
    def finish(self, line: Line) -> None:
        """Keep the recordings of a finished call and report it beside whatever follows."""
        if line.call.direction is Direction.INTERNAL:
            line.reported.set()
            return
        line.start(self._finish(line))

    async def _tell(self, line: Line, event: IncomingCall) -> None:
        await self.sender.tell(self.writer.incoming_call(event), line)
        self.changed()

    async def _finish(self, line: Line) -> None:
        try:
            settings = self.settings()
            kept = self._record(line, settings)
            if not self.sender.wanted("call_end"):
                return
            apart = settings.recording_mode == "separate"
            sent = kept if settings.recording_mode != "none" else {}
            event = call_end(
                line.call,
                event_id=_event_id(),
                users=self.users(),
                recordings={part: recording.reference() for part, recording in sent.items()},
            )
            audio = {recording.code: recording.audio for recording in sent.values()}
            started = time.monotonic()
            messages = self.writer.call_end(
                without_recordings(event) if apart else event,
                mode=settings.recording_mode,
                audio=audio,
                elapsed=lambda: time.monotonic() - started,
            )
            if apart and self.sender.wanted("recording_upload"):
                messages += self.writer.uploads(event, audio=audio)
            for message in messages:
                await self.sender.deliver(message, line)
        finally:
            line.reported.set()
            self.changed()

    def _record(self, line: Line, settings: Settings) -> dict[int | None, Recording]:
        kept = {
            part: self.recordings.keep(
                seconds,
                ready_after=settings.recording_ready_seconds,
                lifetime=settings.recording_lifetime_seconds,
            )
            for part, seconds in recorded_parts(line.call)
        }
        line.codes.extend(recording.code for recording in kept.values())
        return kept


@assumed("Every message has an id of its own that all its repetitions share.", source="3.2")
def _event_id() -> str:
    return f"ev-{secrets.token_hex(6)}"
