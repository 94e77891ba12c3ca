"""A full scan goes on where it was, misses nobody while rows leave, and holds little."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from vipex_minicrm import MiniCrmAdapter
from vipex_minicrm.card_index import CardIndex
from vipex_minicrm.model import ProjectRow
from vipex_minicrm.scan import Place
from vipex_minicrm.simulator.records import Card, Contact

from tests.minicrm.running import RunningSimulator, settings_for
from vipex_sdk.crm import CustomerCard, ScanPage

BEGIN = datetime(2026, 1, 1, tzinfo=UTC)


@pytest.fixture
def crowd(simulator: RunningSimulator) -> RunningSimulator:
    """Add 450 persons with a card each, so that every part of a scan has pages."""
    tenant = simulator.simulation.tenant
    simulator.switches.rate_limit = 10_000
    for number in range(5000, 5450):
        tenant.contacts[number] = Contact(
            id=number, last_name="Teszt", phone=f"06 30 {number:07}", created_at=BEGIN, updated_at=BEGIN
        )
        tenant.cards[number] = Card(
            id=number,
            category_id=21,
            contact_id=number,
            status_id=2602,
            user_id=2001,
            name="",
            created_at=BEGIN,
            updated_at=BEGIN,
            status_updated_at=BEGIN,
        )
    return simulator


async def pages(adapter: MiniCrmAdapter, cursor: str = "", notes: tuple[str, ...] = ()) -> list[ScanPage]:
    return [page async for page in adapter.scan_pages(None, cursor=cursor, notes=notes)]


def cards(scanned: list[ScanPage]) -> dict[tuple[str, str | None], CustomerCard]:
    return {(one.contact.id, one.card.id if one.card else None): one for page in scanned for one in page.cards}


async def test_it_goes_on_after_any_page(crowd: RunningSimulator, adapter: MiniCrmAdapter) -> None:
    whole = await pages(adapter)
    assert [page.share for page in whole] == sorted(page.share for page in whole)
    assert whole[-1].share == 1
    for stop in range(1, len(whole)):
        async with MiniCrmAdapter(settings_for(crowd.url)) as restarted:
            rest = await pages(
                restarted, whole[stop - 1].cursor, tuple(page.note for page in whole[:stop] if page.note)
            )
        assert cards(whole[:stop]) | cards(rest) == cards(whole)
        assert len(rest) == len(whole) - stop


@pytest.mark.parametrize("cursor", ["nonsense", "{}", '[["21"], 0, 1, 2, 0]'])
async def test_a_cursor_that_does_not_fit_begins_again(
    crowd: RunningSimulator, adapter: MiniCrmAdapter, cursor: str
) -> None:
    assert cards(await pages(adapter, cursor)) == cards(await pages(adapter))


async def test_rows_that_leave_meanwhile_hide_nobody(crowd: RunningSimulator, adapter: MiniCrmAdapter) -> None:
    tenant = crowd.simulation.tenant
    seen: dict[str, None] = {}
    purged: list[int] = []
    async for page in adapter.scan_pages(None, cursor="", notes=()):
        seen |= dict.fromkeys(card.contact.id for card in page.cards)
        if len(page.cards) == 100 and len(purged) < 90:
            for number in [int(key) for key in seen if int(key) >= 5000 and int(key) not in purged][:30]:
                del tenant.contacts[number]
                purged.append(number)
    assert {str(number) for number in tenant.contacts} <= seen.keys()


def test_going_back_for_missed_rows_has_an_end() -> None:
    place = Place(plan=("persons",))
    for count in [1000, 900] * 200:
        place = place.after(count, last=place.page >= 9)
        if place.ended:
            break
    assert place.ended


async def test_after_an_import_of_many_everything_is_read_instead(
    crowd: RunningSimulator, adapter: MiniCrmAdapter, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("vipex_minicrm.changes._MOST", 300)
    before = len(crowd.requests())
    found = [card async for card in adapter.scan(BEGIN - timedelta(days=1))]
    assert len({card.contact for card in found}) >= 450
    assert len(crowd.requests()) - before < 40


async def test_people_of_one_company_ask_for_its_cards_once(
    simulator: RunningSimulator, adapter: MiniCrmAdapter
) -> None:
    tenant = simulator.simulation.tenant
    for number in (100, 101, 108):
        tenant.contacts[number].updated_at = tenant.now()
    await adapter.users()
    before = len(simulator.requests())
    found = [card async for card in adapter.scan(tenant.now() - timedelta(minutes=5))]
    assert {card.contact.id for card in found} == {"100", "101", "108"}
    asked = simulator.requests()[before:]
    # Contacts changed and deleted, the company's people; cards changed and deleted, the company's; which are open.
    assert asked.count("GET Contact") == 3
    assert asked.count("GET Project") <= 2 + 1 + 6


def row(number: int, contact: int, *, business: int | None = None, deleted: bool = False) -> ProjectRow:
    return ProjectRow(
        id=str(number),
        name="",
        contact_id=str(contact),
        status_id="2601",
        user_id="2001",
        business_id=str(business) if business else None,
        deleted=deleted,
    )


def test_the_card_index_gives_what_it_took() -> None:
    rows = [row(3, 30), row(1, 10, business=90), row(2, 20, business=90), row(4, 40, deleted=True), row(3, 30)]
    index = CardIndex()
    note = index.add(rows)
    copy = CardIndex()
    copy.read(note)
    for one in (index, copy):
        assert sorted(card.id for card in one.of("90")) == ["1", "2"]
        assert one.of("30") == [row(3, 30)]
        assert one.of("40") == one.of("5") == []
