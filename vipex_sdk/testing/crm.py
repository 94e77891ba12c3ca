"""What a partner supplies to the adapter contract: a CRM with known customers that can be made to fail."""

from __future__ import annotations

from collections.abc import Sequence
from enum import Enum
from typing import Protocol

from vipex_sdk.crm import CallRecord, CrmAdapter
from vipex_sdk.numbers import PhoneNumber

__all__ = ["CrmUnderTest", "Fault"]


class Fault(Enum):
    """Something that goes wrong at the CRM, for every request until it is healed."""

    DOWN = "down"
    """Refuses connections, or answers 503 to everything and does nothing."""
    ERROR = "error"
    """Answers 500."""
    SILENT = "silent"
    """Carries the request out, but answers later than the adapter waits."""
    RATE_LIMITED = "rate_limited"
    """Answers 429 with ``Retry-After: 7``."""
    BAD_CREDENTIAL = "bad_credential"
    """Says, in the CRM's own way, that the key or password is wrong."""
    FORBIDDEN = "forbidden"
    """Answers 403."""
    NONSENSE = "nonsense"
    """Answers 200 with a web page."""


class CrmUnderTest(Protocol):
    """A CRM, or a simulation of one, and adapters that talk to it.

    The numbers are as the core hands them over; how the CRM stores them is the point of :attr:`spelled`.
    """

    @property
    def one(self) -> PhoneNumber:
        """A number that exactly one customer has; the customer has a card."""
        ...

    @property
    def many(self) -> PhoneNumber | None:
        """A number that two different customers have; ``None`` when the CRM forbids that."""
        ...

    @property
    def spelled(self) -> Sequence[PhoneNumber]:
        """Numbers that the CRM stores in other spellings: ``06-30/...``, ``0036...``, with words beside them."""
        ...

    @property
    def nobody(self) -> PhoneNumber:
        """A number that no customer has."""
        ...

    @property
    def secrets(self) -> Sequence[str]:
        """Keys and passwords that may stand in no error and no log."""
        ...

    @property
    def faults(self) -> frozenset[Fault]:
        """Faults that :meth:`fail` can bring about; tests of others are skipped."""
        ...

    def adapter(self) -> CrmAdapter:
        """Make an adapter with right settings and short time limits (well under a second); the test enters it."""
        ...

    async def entries(self, record: CallRecord) -> int:
        """Count what the CRM holds of *record*, asking the CRM itself and not the adapter."""
        ...

    async def fail(self, fault: Fault | None) -> None:
        """Bring *fault* about; ``None`` heals everything."""
        ...
