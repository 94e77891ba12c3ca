"""A whole gateway for tests: real store, real pages, and a CRM in memory that can scan."""

from __future__ import annotations

import base64
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from datetime import datetime
from pathlib import Path
from typing import Any

import httpx
from attrs import evolve, frozen

from tests.gateway.crm import PlainCrm
from vipex_sdk.crm.adapter import AdapterPlugin, CrmAdapter, Pace
from vipex_sdk.crm.model import CrmUser, CustomerCard, Ref
from vipex_sdk.gateway.app import Gateway
from vipex_sdk.gateway.config import Configuration, CrmSettings, load

CUSTOMER = "+36300000001"
HOOK_AUTH = ("vipex", "jelszó-hook")
RECORDING_AUTH = ("minicrm", "jelszó-recordings")

TOML = """
language = "hu"
[gateway]
port = 0
settle_seconds = 0
public_url = "http://gateway.test"
[vipex]
base_url = "http://127.0.0.1:9"
user = "crm"
password = "canary-control"
[webhooks]
user = "vipex"
password = "jelszó-hook"
[extensions.101]
crm_user = "2001"
name = "Nagy Béla"
[extensions.102]
crm_user = "Kovács Dóra"
name = "Kovács Dóra"
[calls]
own_numbers = ["+3610000100"]
[crm]
adapter = "minicrm"
[crm.minicrm]
system_id = "12345"
api_key = "canary-crm"
[recordings]
user = "minicrm"
password = "jelszó-recordings"
"""


class ScanningCrm(PlainCrm):
    """A CRM in memory that lists its cards and users."""

    def __init__(self, **facts: object) -> None:
        super().__init__(**facts)
        self.scanned_since: list[datetime | None] = []
        self.fails: Exception | None = None

    async def find(self, number: Any) -> Sequence[CustomerCard]:
        if self.fails is not None:
            raise self.fails
        return await super().find(number)

    async def scan(self, since: datetime | None) -> AsyncIterator[CustomerCard]:
        self.scanned_since.append(since)
        for card in self.cards:
            if self.fails is not None:
                raise self.fails
            yield card

    async def users(self) -> Sequence[CrmUser]:
        return [
            CrmUser(ref=Ref("user", "2001"), name="Nagy Béla"),
            CrmUser(ref=Ref("user", "2002"), name="Kovács Dóra"),
        ]


def a_customer(identifier: str = "1", number: str = CUSTOMER, **changes: Any) -> CustomerCard:
    """Give a card whose owner is the CRM user 2001."""
    card = CustomerCard(
        contact=Ref("contact", identifier),
        card=Ref("card", identifier),
        name="Próba Piroska",
        company="Minta Kft.",
        numbers=(number,),
        owner=Ref("user", "2001"),
        url=f"http://crm.test/card/{identifier}",
    )
    return evolve(card, **changes)


@frozen
class NoSettings:
    """An adapter in memory needs none."""


def configured(folder: Path, crm: CrmAdapter | None = None, *, toml: str = TOML) -> Configuration:
    """Load *toml* from *folder*; with *crm* in the place of the configured adapter."""
    file = folder / "vipex.toml"
    file.write_text(toml, encoding="utf-8")
    configuration = load(file)
    if crm is None:
        return configuration

    def opened(_settings: NoSettings, _pace: Pace) -> CrmAdapter:
        return crm

    plugin = AdapterPlugin(name="notebook", title="Notebook (simulated)", settings=NoSettings, open=opened)
    return evolve(configuration, crm=CrmSettings(adapter="notebook", plugin=plugin, settings=NoSettings()))


@frozen
class Running:
    """A gateway that runs, and a browser without a screen."""

    gateway: Gateway
    http: httpx.AsyncClient

    async def hook(self, name: str, **body: Any) -> httpx.Response:
        """Post as VIPeX does."""
        token = base64.b64encode(":".join(HOOK_AUTH).encode()).decode()
        return await self.http.post(f"/vipex/{name}", json=body, headers={"Authorization": f"Basic {token}"})

    async def enter(self, page: str) -> httpx.Response:
        """Open the link of a desk (by its extension) or of the dashboard, as a person does."""
        links = self.gateway.page_links()
        return await self.http.get(links["desk"].get(page, links["dashboard"]), follow_redirects=True)


@asynccontextmanager
async def running(configuration: Configuration) -> AsyncIterator[Running]:
    """Run a gateway in this process."""
    gateway = Gateway(configuration)
    transport = httpx.ASGITransport(gateway.app(), raise_app_exceptions=False)
    async with (
        gateway.running(),
        httpx.AsyncClient(transport=transport, base_url="http://gateway.test") as http,
    ):
        yield Running(gateway, http)
