"""The CRM tells of a change: durable before it is acknowledged, read again, never written back."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator, Sequence
from pathlib import Path

import pytest
from attrs import evolve

from tests.gateway.clock import eventually
from tests.gateway.front.rig import CUSTOMER, Running, ScanningCrm, a_customer, configured, running
from vipex_sdk.crm import CustomerCard, News, ReadsNews, Ref
from vipex_sdk.errors import DecodeError, StoreUnavailable, Unavailable
from vipex_sdk.gateway.database import select
from vipex_sdk.numbers import PhoneNumber

NEW_NUMBER = "+36300000077"


class TellingCrm(ScanningCrm):
    """Tells of changes."""

    def __init__(self) -> None:
        super().__init__()
        self.read: list[Ref] = []
        self.fails_to_read = 0

    def read_news(self, content_type: str | None, body: bytes) -> News:
        del content_type
        if not body.startswith(b"{"):
            raise DecodeError(("$: expected an object",), what="news")
        return News(about=(Ref("contact", str(json.loads(body)["id"])),))

    async def refreshed(self, about: Ref) -> Sequence[CustomerCard]:
        self.read.append(about)
        if self.fails_to_read:
            self.fails_to_read -= 1
            raise Unavailable("down")
        there = [card for card in self.cards if card.contact == about]
        return there or [CustomerCard(contact=about, name="", deleted=True)]


@pytest.fixture
def telling() -> TellingCrm:
    crm = TellingCrm()
    crm.cards = [a_customer()]
    assert isinstance(crm, ReadsNews)
    return crm


@pytest.fixture
async def office(tmp_path: Path, telling: TellingCrm) -> AsyncIterator[Running]:
    async with running(configured(tmp_path, telling)) as office:
        await eventually(lambda: telling.scanned_since and office.gateway.scanner.running is None)
        yield office


async def tell(office: Running, body: object) -> int:
    address = office.gateway.page_links()["news"].removeprefix("http://gateway.test")
    return (await office.http.post(address, content=json.dumps(body))).status_code


async def names(office: Running, number: str) -> list[str]:
    cards = (await office.gateway.directory.lookup(PhoneNumber.parse(number), within=0.0)).cards
    return [card.name for card in cards]


async def waiting(office: Running) -> int:
    rows = await office.gateway.database.read(select("SELECT id FROM news"))
    return len(rows)


async def test_a_changed_customer_is_read_again(office: Running, telling: TellingCrm) -> None:
    telling.cards = [a_customer(name="Új Név", numbers=(NEW_NUMBER,))]
    requests = list(telling.requests)
    assert await tell(office, {"id": "1"}) == 200

    async def known() -> bool:
        return await names(office, NEW_NUMBER) == ["Új Név"] and not await waiting(office)

    await eventually(known)
    assert await names(office, CUSTOMER) == []
    assert telling.read == [Ref("contact", "1")]
    assert telling.requests == requests, "news cause no writing"


async def test_a_deleted_customer_leaves(office: Running, telling: TellingCrm) -> None:
    telling.cards = []
    assert await tell(office, {"id": "1"}) == 200

    async def gone() -> bool:
        return await names(office, CUSTOMER) == []

    await eventually(gone)


async def test_news_survive_a_restart(tmp_path: Path, telling: TellingCrm) -> None:
    telling.fails_to_read = 1
    async with running(configured(tmp_path, telling)) as office:
        assert await tell(office, {"id": "1"}) == 200
        await eventually(lambda: telling.read)

        async def put_off() -> bool:
            rows = await office.gateway.database.read(select("SELECT attempts FROM news"))
            return [row["attempts"] for row in rows] == [1]

        await eventually(put_off)
    async with running(configured(tmp_path, telling)) as office:
        assert await waiting(office) == 1


async def test_the_same_news_twice_are_one_piece_of_work(office: Running, telling: TellingCrm) -> None:
    telling.fails_to_read = 1
    assert await tell(office, {"id": "1"}) == 200
    await eventually(lambda: telling.read)
    assert await tell(office, {"id": "1"}) == 200

    async def done() -> bool:
        return await waiting(office) == 0

    await eventually(done)
    assert len(telling.read) == 2


async def test_what_cannot_be_kept_is_asked_for_again(
    office: Running, telling: TellingCrm, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def full(_transaction: object) -> None:
        raise StoreUnavailable("the disk is full")

    monkeypatch.setattr(office.gateway.database, "write", full)
    assert await tell(office, {"id": "1"}) == 503
    assert telling.read == []


async def test_strangers_and_nonsense(office: Running, telling: TellingCrm) -> None:
    assert (await office.http.post("/crm-news/0123", content=b'{"id": "1"}')).status_code == 404
    assert await tell(office, "nonsense") == 200
    assert await tell(office, {"id": "x" * 70_000}) == 413
    assert telling.read == []


async def test_a_crm_that_tells_nothing_has_no_address(house: Running) -> None:
    assert house.gateway.page_links()["news"] is None
    assert (await house.http.post("/crm-news/0123", content=b"{}")).status_code in (404, 405)


async def test_a_failure_is_no_end(office: Running, telling: TellingCrm) -> None:
    telling.cards = [evolve(a_customer(), name="Később")]
    telling.fails_to_read = 1
    assert await tell(office, {"id": "1"}) == 200
    await eventually(lambda: telling.read)
    assert await tell(office, {"id": "1"}) == 200

    async def known() -> bool:
        return await names(office, CUSTOMER) == ["Később"]

    await eventually(known)
