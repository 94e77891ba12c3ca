"""The simulated tenant: everything MiniCRM remembers, and the few questions all its parts ask."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterable
from datetime import datetime
from zoneinfo import ZoneInfo

from attrs import Factory, define

from vipex_minicrm.simulator.last_search import LastSearch
from vipex_minicrm.simulator.records import Call, Card, Contact, Email, Module, Todo, User
from vipex_minicrm.simulator.switches import Switches

__all__ = ["BUDAPEST", "Tenant"]

BUDAPEST = ZoneInfo("Europe/Budapest")


@define(kw_only=True)
class Tenant:
    """One customer's MiniCRM.

    Attributes:
        now: gives the aware present.
        connections: from one card to another, with its words.
        last_search: what the search before found.
        rng: seeded; decides whom an unknown owner becomes and in which order rows come.
    """

    system_id: int
    rest_key: str
    voip_key: str
    now: Callable[[], datetime]
    switches: Switches
    users: dict[int, User] = Factory(dict)
    modules: dict[int, Module] = Factory(dict)
    contacts: dict[int, Contact] = Factory(dict)
    cards: dict[int, Card] = Factory(dict)
    todos: dict[int, Todo] = Factory(dict)
    calls: dict[int, Call] = Factory(dict)
    emails: tuple[Email, ...] = ()
    connections: dict[tuple[int, int], str] = Factory(dict)
    last_search: LastSearch = Factory(LastSearch)
    rng: random.Random = Factory(lambda: random.Random(12345))

    def next_id(self, things: Iterable[int], *, start: int) -> int:
        """Give the next free id of a kind of things."""
        return max(things, default=start) + 1

    @property
    def api_user(self) -> User:
        """The user in whose name the API works: the first; only ``CreatedBy`` shows it [I, no switch]."""
        return next(iter(self.users.values()))

    def owner(self, wanted: object) -> int:
        """Give the user for a written ``UserId``; an unknown or inactive one becomes somebody, without a word [D]."""
        active = [user for user in self.users.values() if user.active]
        chosen = next((user for user in active if str(wanted).strip() in {str(user.id), user.name}), None)
        return (chosen or self.rng.choice(active)).id

    def module_of(self, card: Card) -> Module:
        """Give a card's module."""
        return self.modules[card.category_id]

    def cards_of(self, contact: Contact) -> list[Card]:
        """Give a contact's cards: their own, else their company's; a company's are all of its people's too.

        Whether the CallLog takes the company's is assumed [I: calllog_company_cards].
        """
        alive = [card for card in self.cards.values() if not card.deleted]
        own = [card for card in alive if card.contact_id == contact.id]
        if self.switches.calllog_company_cards and (contact.company or not own):
            main = contact.business_id or contact.id
            return [card for card in alive if main in (card.business_id, card.contact_id)]
        return own
