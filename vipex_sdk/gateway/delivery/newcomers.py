"""Make a customer of an unknown caller, once, however many of their calls are delivered at the same time."""

from __future__ import annotations

import asyncio
import hashlib
import secrets

from attrs import frozen

from vipex_sdk.crm.adapter import CreatesCard, CrmAdapter
from vipex_sdk.crm.matching import Match, choose
from vipex_sdk.gateway.clock import Clock
from vipex_sdk.gateway.database import Database, Statement, Transaction
from vipex_sdk.gateway.delivery.abilities import Learn
from vipex_sdk.gateway.delivery.breaker import Breaker
from vipex_sdk.numbers import PhoneNumber

__all__ = ["Newcomers", "SomebodyElseIsAtIt"]


class SomebodyElseIsAtIt(Exception):
    """Another call of the same number is creating the card; come back in a moment."""


@frozen(kw_only=True)
class Newcomers:
    """Creates cards under a lock per number, which all workers share and which outlives a crash by *patience*."""

    database: Database
    adapter: CrmAdapter
    breaker: Breaker
    learn: Learn
    patience: float
    clock: Clock
    name: str = "Unknown caller"

    @property
    def possible(self) -> bool:
        """Whether this CRM lets us create cards."""
        return isinstance(self.adapter, CreatesCard)

    async def welcome(self, number: PhoneNumber, *, own_numbers: tuple[str, ...] = ()) -> Match:
        """Give the card of *number*, created unless the CRM has one by now.

        Raises:
            SomebodyElseIsAtIt: another delivery holds the number.
            CrmError: and all else an adapter raises.
        """
        adapter = self.adapter
        if not isinstance(adapter, CreatesCard) or number.e164 is None:
            return Match()
        # A digest, so that the claim's row says nothing about the caller.
        key = hashlib.sha256(number.e164.encode()).hexdigest()[:16]
        holder = secrets.token_hex(8)
        if not await self.database.write(self._claim(f"newcomer:{key}", holder)):
            raise SomebodyElseIsAtIt
        try:
            async with asyncio.timeout(self.patience):
                # Asked live: the directory may be behind, or an earlier attempt died after creating.
                match = choose(number, await self.adapter.find(number), own_numbers=own_numbers)
            if match.nobody:
                async with asyncio.timeout(self.patience):
                    card = await adapter.create_card(number, self._called(number), f"caller-{key}")
                await self.learn(card)
                match = Match(card=card, candidates=(card,))
            await self.breaker.succeeded()
            return match
        finally:
            await self.database.write(self._release(f"newcomer:{key}", holder))

    def _called(self, number: PhoneNumber) -> str:
        """Name the customer: "Unknown caller +36 30 ...", so that colleagues tell them apart in a list."""
        return f"{self.name} {number.display}".strip()

    def _claim(self, name: str, holder: str) -> Transaction[bool]:
        now = self.clock.now()
        lease = 2 * self.patience + 5.0
        rows = yield Statement(
            """
            INSERT INTO claims (name, holder, until) VALUES (:name, :holder, :until)
            ON CONFLICT (name) DO UPDATE SET holder = excluded.holder, until = excluded.until
            WHERE claims.until < :now OR claims.until > excluded.until RETURNING holder
            """,
            {"name": name, "holder": holder, "until": now + lease, "now": now},
        )
        return bool(rows)

    def _release(self, name: str, holder: str) -> Transaction[None]:
        yield Statement("DELETE FROM claims WHERE name = :name AND holder = :holder", {"name": name, "holder": holder})
