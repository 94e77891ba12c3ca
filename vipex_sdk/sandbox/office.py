"""The customer that the simulated VIPeX serves: invented people, extensions, groups, forwardings and a phonebook."""

from __future__ import annotations

import secrets
from collections.abc import Mapping

from attrs import define, evolve, field

from vipex_sdk.control.forwarding import Forwarding
from vipex_sdk.control.phonebook import PhonebookEntry, PhonebookNumber
from vipex_sdk.control.users import User
from vipex_sdk.numbers import PhoneNumber
from vipex_sdk.sandbox.behaviours import documented
from vipex_sdk.webhooks.events import UserRef

__all__ = ["DEFAULT_USER", "GROUPS", "CustomerOffice"]

DEFAULT_USER = "crm"
"""Name of the one technical user there is at first."""

_PEOPLE = (
    ("17", "Nagy Béla", "nagy.bela", "101", ("sales",)),
    ("18", "Kovács Dóra", "kovacs.dora", "102", ("sales", "support")),
    ("19", "Szabó Éva", "szabo.eva", "103", ("support",)),
    ("21", "Tóth Gábor", "toth.gabor", "105", ("support",)),
)
GROUPS: Mapping[str, tuple[str, ...]] = {
    group: tuple(extension for *_, extension, groups in _PEOPLE if group in groups) for group in ("sales", "support")
}
_PHONEBOOK = (
    ("Kiss Anna", "Minta Kft.", "+36300000001"),
    ("Horváth Péter", "Próba Bt.", "+36300000002"),
    ("Varga Júlia", None, "+36300000003"),
)


@define
class CustomerOffice:
    """Everything the customer has set up, in memory.

    Attributes:
        passwords: technical users by name.
        users: people by their id.
        offline: extensions without a registered telephone.
        forwardings: by extension and kind.
        phonebook: entries by id.
    """

    passwords: dict[str, str] = field(factory=dict, repr=False)
    users: dict[str, User] = field(factory=dict)
    offline: set[str] = field(factory=set)
    forwardings: dict[tuple[str, str], Forwarding] = field(factory=dict)
    phonebook: dict[str, PhonebookEntry] = field(factory=dict)
    _next_entry: int = 1

    def furnish(self) -> None:
        """Set everything but the technical users to how it is on a new morning."""
        self.offline.clear()
        self.forwardings.clear()
        self.phonebook.clear()
        self._next_entry = 1
        self.users = {
            id_: User(
                id=id_,
                name=name,
                email=f"{mailbox}@pelda.example",
                extension=extension,
                extensions=(extension,),
                groups=groups,
                enabled=True,
            )
            for id_, name, mailbox, extension, groups in _PEOPLE
        }
        for name, company, number in _PHONEBOOK:
            numbers = (PhonebookNumber(type="mobile", number=PhoneNumber.parse(number)),)
            self.add_entry(PhonebookEntry(name=name, company=company, numbers=numbers))

    @documented("A technical user's password is generated.")
    def add_technical_user(self, name: str, password: str | None = None) -> str:
        """Create or replace a technical user; gives the password."""
        self.passwords[name] = password or secrets.token_urlsafe(12)
        return self.passwords[name]

    def extensions(self) -> dict[str, User]:
        """Give who sits at each extension, in order."""
        return {user.extension: user for user in self.users.values() if user.extension}

    def people(self) -> dict[str, UserRef]:
        """Give who sits at each extension, as webhooks name them."""
        return {
            extension: UserRef(id=user.id, name=user.name, email=user.email)
            for extension, user in self.extensions().items()
        }

    def has_extension(self, extension: str) -> bool:
        """Tell whether there is such an extension."""
        return extension in self.extensions()

    def is_offline(self, extension: str) -> bool:
        """Tell whether no telephone is registered there."""
        return extension in self.offline

    def members(self, group: str) -> tuple[str, ...]:
        """List a group's extensions; none when there is no such group."""
        return GROUPS.get(group, ())

    def diversion(self, extension: str, kind: str) -> Forwarding | None:
        """Give the forwarding of this kind, if one is set and enabled."""
        forwarding = self.forwardings.get((extension, kind))
        return forwarding if forwarding is not None and forwarding.enabled else None

    def add_entry(self, entry: PhonebookEntry) -> PhonebookEntry:
        """Put *entry* into the phonebook under a new id."""
        added = evolve(entry, id=str(self._next_entry))
        self._next_entry += 1
        self.phonebook[str(added.id)] = added
        return added
