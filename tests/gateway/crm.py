"""A CRM that keeps its entries in memory and fails on demand."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from types import TracebackType
from typing import Self

from attrs import evolve

from tests.gateway.calls import CUSTOMER
from vipex_sdk.crm.model import (
    AudioPath,
    CallRecord,
    CustomerCard,
    Idempotency,
    Manifest,
    MatchRule,
    NotRecorded,
    Recorded,
    RecordResult,
    Ref,
)
from vipex_sdk.numbers import PhoneNumber


def a_card(identifier: str = "1", number: str = CUSTOMER, name: str = "Próba Piroska") -> CustomerCard:
    return CustomerCard(contact=Ref("contact", identifier), card=Ref("card", identifier), name=name, numbers=(number,))


def _nothing(record: CallRecord) -> None:
    """Let it pass."""


class PlainCrm:
    """Takes records and finds customers; nothing else.

    ``before`` runs before a record is kept, ``after`` once it is kept but before the answer: either may raise.
    """

    def __init__(self, **facts: object) -> None:
        manifest = Manifest(
            name="notebook",
            title="Notebook (simulated)",
            match=MatchRule.NORMALISED,
            idempotency=Idempotency.NONE,
            audio=AudioPath.NONE,
            can_update=True,
            needs_card=True,
        )
        self.manifest = evolve(manifest, **facts)  # type: ignore[arg-type]
        self.cards: list[CustomerCard] = [a_card()]
        self.entries: dict[str, CallRecord] = {}
        self.requests: list[str] = []
        self.before: Callable[[CallRecord], object] = _nothing
        self.after: Callable[[CallRecord], object] = _nothing
        self.refuses: NotRecorded | None = None

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None: ...

    async def check(self) -> None: ...

    async def find(self, number: PhoneNumber) -> Sequence[CustomerCard]:
        self.requests.append("find")
        return [card for card in self.cards if number.e164 in card.numbers]

    async def record(self, record: CallRecord, previous: Ref | None) -> RecordResult:
        self.requests.append("record" if previous is None else "update")
        self.before(record)
        if self.refuses is not None:
            return self.refuses
        identifier = self._same(record) if previous is None else previous.id
        identifier = identifier or str(len(self.entries) + 1)
        self.entries[identifier] = record
        self.after(record)
        return Recorded(Ref("entry", identifier))

    def _same(self, record: CallRecord) -> str | None:
        """Compare keys as a CRM with an idempotency key of its own does."""
        if self.manifest.idempotency is not Idempotency.NATIVE:
            return None
        return next((identifier for identifier, kept in self.entries.items() if kept.key == record.key), None)

    @property
    def titles(self) -> list[str]:
        return [record.title for record in self.entries.values()]


class FindableCrm(PlainCrm):
    """Can look for an entry by its marker."""

    def __init__(self, **facts: object) -> None:
        super().__init__(**{"idempotency": Idempotency.FINDABLE, **facts})

    async def find_record(self, record: CallRecord) -> Recorded | None:
        self.requests.append("find_record")
        marker = f"[vipex:{record.key}]"
        found = next((identifier for identifier, kept in self.entries.items() if marker in kept.text), None)
        return Recorded(Ref("entry", found), was_there=True) if found else None


class OpenCrm(FindableCrm):
    """Lets us create customers."""

    def __init__(self, **facts: object) -> None:
        super().__init__(**facts)
        self.created_keys: list[str] = []

    async def create_card(self, number: PhoneNumber, name: str, key: str) -> CustomerCard:
        self.requests.append("create")
        self.created_keys.append(key)
        assert number.e164
        card = a_card(str(len(self.cards) + 1), number.e164, name)
        self.cards.append(card)
        return card
