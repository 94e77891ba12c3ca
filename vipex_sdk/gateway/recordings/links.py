"""A recording's name at our proxy, and links to it that expire."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from urllib.parse import urlencode

from attrs import field, frozen

from vipex_sdk.crm.journal import Recordings
from vipex_sdk.crm.model import RecordingLink
from vipex_sdk.gateway.access import Site
from vipex_sdk.gateway.clock import SYSTEM_CLOCK, Clock
from vipex_sdk.gateway.database import Database, Statement, Transaction
from vipex_sdk.gateway.keys import InstallKey
from vipex_sdk.gateway.recordings.mp3 import can_encode
from vipex_sdk.webhooks.events import CallEnd, RecordingRef

__all__ = ["LINK_LIFE", "MP3_ENDING", "Links"]

MP3_ENDING = ".mp3"
"""Behind a recording's name: give it as MP3."""

LINK_LIFE = timedelta(days=30)
"""How long a person's link works, from when it is given out; the CRM's own fetching does not expire."""


@frozen(kw_only=True)
class Links:
    """Names recordings.

    A name is 128 bits that only this installation can derive from VIPeX's code: the same recording has the same name
    for ever, and the code itself reaches nobody.

    Attributes:
        public: whether people can reach the gateway; else they get no link.
        mp3: whether recordings can be made MP3.
    """

    key: InstallKey = field(repr=False)
    database: Database = field(repr=False)
    site: Site
    public: bool
    mp3: bool = field(factory=can_encode)
    clock: Clock = SYSTEM_CLOCK

    async def prepare(self, call: CallEnd) -> Recordings:
        """Make *call*'s recordings known to the proxy; returns what gives the link of each.

        A link lives from now, not from the call, so that what an outage has held back is not dead on arrival. Records
        are compared by the recording's name, so that a new address alone makes no new revision.

        Raises:
            StoreUnavailable: the proxy would not know them.
        """
        refs = {name: ref for ref in _recordings(call) if (name := self._name(ref)) is not None}
        if refs:
            await self.database.write(_remember(refs, call))
        until = _whole_day(datetime.fromtimestamp(self.clock.now(), UTC) + LINK_LIFE)

        def link(ref: RecordingRef) -> RecordingLink | None:
            name = self._name(ref)
            if name is None:
                return None
            return RecordingLink(
                key=name,
                url=self.url(name, until) if self.public else None,
                mp3_url=self.url(name, until, ending=MP3_ENDING) if self.public and self.mp3 else None,
                duration_seconds=ref.duration_seconds,
            )

        return link

    def url(self, name: str, until: datetime, *, ending: str = "") -> str:
        """Sign an address that works until *until*; the *ending* chooses the form of the same recording."""
        expires = str(int(until.timestamp()))
        query = urlencode({"expires": expires, "signature": self._signature(name, expires)})
        return f"{self.site.url}/recordings/{name}{ending}?{query}"

    def is_signed(self, name: str, expires: str, signature: str, *, now: float) -> bool:
        """Whether the two parameters are ours for *name* and still valid."""
        right = self.key.proves(f"recording-link:{name}:{expires}", signature)
        return right and expires.isascii() and expires.isdigit() and int(expires) >= now

    def _signature(self, name: str, expires: str) -> str:
        return self.key.derive(f"recording-link:{name}:{expires}")

    def _name(self, ref: RecordingRef) -> str | None:
        if ref.stored:
            return self.key.derive(f"recording:stored:{ref.stored}")
        return self.key.derive(f"recording:code:{ref.code}") if ref.code else None


def _recordings(call: CallEnd) -> Iterator[RecordingRef]:
    for ref in (call.recording, *(leg.recording for leg in call.legs)):
        if ref is not None:
            yield ref


def _whole_day(moment: datetime) -> datetime:
    """Round up (UTC): all links of a day are the same, however often a delivery is tried."""
    return (moment + timedelta(days=1)).replace(hour=0, minute=0, second=0, microsecond=0)


def _remember(refs: dict[str, RecordingRef], call: CallEnd) -> Transaction[None]:
    for name, ref in refs.items():
        yield Statement(
            "INSERT INTO recordings (key, code, path, content_type, call_id, created_at) "
            "VALUES (:key, :code, :path, :content_type, :call_id, :created_at) ON CONFLICT (key) DO NOTHING",
            {
                "key": name,
                "code": ref.code,
                "path": ref.stored,
                "content_type": ref.content_type,
                "call_id": call.call_id,
                "created_at": call.started_at.timestamp(),
            },
        )
