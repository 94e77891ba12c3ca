"""Whose telephone is it: from a customer's owner in the CRM to an extension, and back."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from types import MappingProxyType

from vipex_sdk.crm.model import CrmUser, CustomerCard, Ref
from vipex_sdk.gateway.config import ExtensionSettings

__all__ = ["Extensions"]


class Extensions:
    """The map between CRM users and extensions: what the configuration says, completed by what the CRM says.

    The configuration wins. ``crm_user`` is a CRM user's id or exact name; an extension that the configuration leaves
    open is taken from the CRM user's own profile.
    """

    def __init__(self, configured: Mapping[str, ExtensionSettings]) -> None:
        self._configured = dict(configured)
        self._existing: frozenset[str] | None = None
        self._users: dict[str, Ref] = {}
        self._by_owner: dict[str, str] = {}
        self.learn_users(())

    @property
    def users(self) -> Mapping[str, Ref]:
        """Extension to CRM user, for the journal."""
        return MappingProxyType(self._users)

    @property
    def names(self) -> Mapping[str, str]:
        """Every extension we know with what to call it; pages only."""
        return {number: settings.name for number, settings in sorted(self._configured.items())}

    def learn_users(self, users: Iterable[CrmUser]) -> None:
        """Take in the CRM's users: names become ids, and their own extensions fill the gaps."""
        self._users, self._by_owner = {}, {}
        known = list(users)
        for number, settings in self._configured.items():
            if settings.crm_user:
                same = next((user for user in known if settings.crm_user in (user.ref.id, user.name)), None)
                self._users[number] = same.ref if same else Ref("user", settings.crm_user)
                self._by_owner[settings.crm_user] = number
                if same is not None:
                    self._by_owner[same.ref.id] = number
        for user in known:
            if user.extension and user.extension not in self._users:
                self._users[user.extension] = user.ref
                self._by_owner.setdefault(user.ref.id, user.extension)

    def learn_existing(self, extensions: Collection[str]) -> None:
        """Take in which extensions VIPeX has; nothing said means that nobody knows."""
        self._existing = frozenset(extensions) or None

    def of_owner(self, card: CustomerCard) -> str | None:
        """Give the extension of *card*'s owner; ``None`` when nobody mapped it."""
        number = self._by_owner.get(card.owner.id) if card.owner else None
        if number is None and card.owner_name:
            number = self._by_owner.get(card.owner_name)
        return number

    def has(self, extension: str) -> bool:
        """Whether *extension* is certainly one of ours."""
        return extension in self._users or extension in self._configured or extension in (self._existing or ())

    def exists(self, extension: str) -> bool:
        """Whether VIPeX has *extension*, as far as it told us."""
        return self._existing is None or extension in self._existing
