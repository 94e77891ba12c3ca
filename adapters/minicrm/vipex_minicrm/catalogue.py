"""The tenant's modules, statuses and users: read once, and again when an id turns up that nobody knew.

List rows of cards name neither their module nor whether their status still counts as open. Status ids are unique
across modules, so the schemas give status to module; whether a status is open is asked once per status.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Mapping

from attrs import field, frozen

from vipex_minicrm.client import MiniCrmClient
from vipex_minicrm.model import Schema
from vipex_minicrm.settings import MiniCrmSettings
from vipex_sdk.errors import Misconfigured

__all__ = ["Catalogue", "Modules"]

_REFRESH_AFTER = 60.0
_OPEN_GROUPS = ("Open", "Lead")


@frozen(kw_only=True)
class Modules:
    """What the schemas of the used modules say.

    Attributes:
        names: module id to name, best module first.
        schemas: module id to its schema.
        category_of: status id to module id.
        users: user id to name.
    """

    names: Mapping[str, str]
    schemas: Mapping[str, Schema]
    category_of: Mapping[str, str]
    users: Mapping[str, str] = field(repr=False)

    def rank(self, category_id: str) -> int:
        """Give the place of a module in the configured order."""
        return list(self.names).index(category_id)

    def user_id(self, wanted: str) -> str | None:
        """Find an active user by id or exact name; ``None`` when MiniCRM would silently pick somebody else."""
        if wanted in self.users:
            return wanted
        return next((user_id for user_id, name in self.users.items() if name == wanted), None)


class Catalogue:
    """Gives :class:`Modules`, and whether a status is open.

    Args:
        client: asks MiniCRM.
        settings: which modules are used, in which order.
        clock: monotonic seconds.
    """

    def __init__(
        self, client: MiniCrmClient, settings: MiniCrmSettings, *, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._client = client
        self._wanted = settings.categories
        self._clock = clock
        self._modules: Modules | None = None
        self._loaded_at = 0.0
        self._open: dict[str, bool] = {}
        self._lock = asyncio.Lock()

    async def modules(self, *, knowing_status: str | None = None) -> Modules:
        """Give the modules; read them again when *knowing_status* is new and the last reading is a minute old.

        Raises:
            Misconfigured: a configured module does not exist.
        """
        async with self._lock:
            known = self._modules
            if known is None or self._worth_refreshing(known, knowing_status):
                known = await self._load()
                self._modules, self._loaded_at = known, self._clock()
            return known

    async def is_open(self, status_id: str) -> bool:
        """Tell whether cards in this status are still being worked on; asks MiniCRM at most twice per status."""
        async with self._lock:
            if status_id not in self._open:
                self._open[status_id] = await self._ask_open(status_id)
            return self._open[status_id]

    def known_open(self, status_id: str) -> bool | None:
        """Tell the same from memory only."""
        return self._open.get(status_id)

    def _worth_refreshing(self, known: Modules, status_id: str | None) -> bool:
        stale = self._clock() - self._loaded_at >= _REFRESH_AFTER
        return stale and status_id is not None and status_id not in known.category_of

    async def _ask_open(self, status_id: str) -> bool:
        for group in _OPEN_GROUPS:
            page = await self._client.projects({"StatusId": status_id, "StatusGroup": group})
            if page.count:
                return True
        return False

    async def _load(self) -> Modules:
        existing = {category.id: category.name for category in await self._client.categories()}
        missing = [category_id for category_id in self._wanted if category_id not in existing]
        if missing:
            raise Misconfigured(f"crm.minicrm.categories: MiniCRM has no module {', '.join(missing)}")
        names = {category_id: existing[category_id] for category_id in self._wanted or sorted(existing, key=_natural)}
        schemas = {category_id: await self._client.schema(category_id) for category_id in names}
        return Modules(
            names=names,
            schemas=schemas,
            category_of={status: category for category, schema in schemas.items() for status in schema.statuses},
            users={user: name for schema in schemas.values() for user, name in schema.users.items()},
        )


def _natural(category_id: str) -> tuple[int, str]:
    """Sort ids as numbers where they are numbers."""
    return (int(category_id) if category_id.isdigit() else 0, category_id)
