"""A caller waits on the line: to whom should the call go?"""

from __future__ import annotations

import logging
from collections.abc import Awaitable, Callable, Collection
from enum import Enum

import structlog
from attrs import evolve

from vipex_sdk.crm.matching import Match, choose
from vipex_sdk.gateway.config import RoutingSettings
from vipex_sdk.gateway.directory import Directory, Found, Source
from vipex_sdk.gateway.extensions import Extensions
from vipex_sdk.numbers import NumberKind, NumberRules, PhoneNumber
from vipex_sdk.webhooks.events import DataQuery, Decision

__all__ = ["Reason", "Router"]

MARGIN_SECONDS = 0.2
"""Kept back from the receiver's deadline: our default route shall be the answer, not the receiver's silence."""

_log = structlog.get_logger(__name__)
_levels = logging.getLogger(__name__)


class Reason(Enum):
    """Why a call went where it went."""

    OWNER = "owner"
    UNKNOWN = "unknown"
    AMBIGUOUS = "ambiguous"
    ANONYMOUS = "anonymous"
    NO_OWNER = "no_owner"
    UNMAPPED = "unmapped"
    GONE = "gone"
    DEADLINE = "deadline"
    FAILED = "failed"


_ORDINARY = frozenset({Reason.OWNER, Reason.UNKNOWN, Reason.ANONYMOUS, Reason.NO_OWNER})


class Router:
    """Answers data queries: the owner's extension, else the default route, else the call logic goes on."""

    def __init__(
        self,
        directory: Directory,
        extensions: Extensions,
        settings: RoutingSettings,
        *,
        deadline: float,
        own_numbers: Collection[str] = (),
        rules: NumberRules | None = None,
        count: Callable[[str], None] = lambda _reason: None,
    ) -> None:
        """Make a router that answers within *deadline* seconds and calls *count* with each answer's reason."""
        self._directory = directory
        self._extensions = extensions
        self._settings = settings
        self._patience = max(deadline - MARGIN_SECONDS, deadline / 2)
        self._own_numbers = [PhoneNumber.parse(number, rules) for number in own_numbers]
        self._rules = rules
        self._count = count

    def answer(self, query: DataQuery) -> Decision | Awaitable[Decision]:
        """Decide, at once where nobody has to be waited for. Never raises: who cannot be found goes the default way."""
        try:
            found = self._directory.lookup_at_once(query.caller)
        except Exception as error:  # noqa: BLE001 - a caller waits on the line: whatever failed, the call goes on
            return self._failed(query, error)
        return self(query) if found is None else self._decide(query, found)

    async def __call__(self, query: DataQuery) -> Decision:
        """Decide. Never raises: who cannot be found goes the default way."""
        try:
            found = await self._directory.lookup(query.caller, within=self._patience)
        except Exception as error:  # noqa: BLE001 - as above
            return self._failed(query, error)
        return self._decide(query, found)

    def _decide(self, query: DataQuery, found: Found) -> Decision:
        try:
            decision, reason = self._choose(query, found)
        except Exception as error:  # noqa: BLE001 - as above
            return self._failed(query, error)
        return self._said(query, decision, reason)

    def _failed(self, query: DataQuery, error: Exception) -> Decision:
        _log.error("routing.failed", call_id=query.call_id, error=type(error).__name__)
        return self._said(query, self._default(), Reason.FAILED)

    def _said(self, query: DataQuery, decision: Decision, reason: Reason) -> Decision:
        self._count(reason.value)
        # Somebody waits on the line: what happens all day is counted, and logged only when asked for.
        if reason not in _ORDINARY or _levels.isEnabledFor(logging.DEBUG):
            log = _log.debug if reason in _ORDINARY else _log.info
            log("routing.decided", call_id=query.call_id, reason=reason.value, target=decision.target)
        return decision

    def _choose(self, query: DataQuery, found: Found) -> tuple[Decision, Reason]:
        if query.caller.kind is NumberKind.ANONYMOUS:
            return self._default(), Reason.ANONYMOUS
        match = choose(query.caller, found.cards, own_numbers=self._own_numbers, rules=self._rules)
        if match.card is None:
            return self._default(), _without_card(found.source)
        return self._to_owner(match)

    def _to_owner(self, match: Match) -> tuple[Decision, Reason]:
        targets = {
            self._extensions.of_owner(card) for card in (match.candidates if match.ambiguous else (match.card,)) if card
        }
        if len(targets) > 1:
            return self._default(found=True), Reason.AMBIGUOUS
        target = targets.pop()
        name = None if match.ambiguous or match.card is None else match.card.name
        if target is None:
            owned = match.card is not None and (match.card.owner or match.card.owner_name)
            return self._default(found=True, name=name), Reason.UNMAPPED if owned else Reason.NO_OWNER
        if not self._extensions.exists(target):
            return self._default(found=True, name=name), Reason.GONE
        return (
            Decision.to_extension(target, timeout_seconds=self._settings.ring_seconds, caller_name=name),
            Reason.OWNER,
        )

    def _default(self, *, found: bool = False, name: str | None = None) -> Decision:
        if not self._settings.default_extension:
            return Decision.proceed(found=found, caller_name=name)
        decision = Decision.to_extension(
            self._settings.default_extension, timeout_seconds=self._settings.ring_seconds, caller_name=name
        )
        return evolve(decision, found=found)


def _without_card(source: Source) -> Reason:
    """Say why there is no card: nobody has this number, or nobody could be asked in time."""
    if source is Source.DEADLINE:
        return Reason.DEADLINE
    return Reason.FAILED if source is Source.FAILED else Reason.UNKNOWN
