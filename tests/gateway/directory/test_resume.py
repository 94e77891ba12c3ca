"""A full scan that is interrupted goes on where it was, and what left the CRM leaves the directory."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from datetime import datetime

import pytest

from tests.gateway.clock import HandClock
from tests.gateway.crm import PlainCrm, a_card
from vipex_sdk.crm.model import CustomerCard, Ref, ScanPage
from vipex_sdk.errors import RateLimited, Unavailable
from vipex_sdk.gateway.budget import Budget
from vipex_sdk.gateway.database import Database, select
from vipex_sdk.gateway.directory import Directory, Scanner, holding
from vipex_sdk.numbers import PhoneNumber

PAGES = 6


class PagedCrm(PlainCrm):
    """Ten customers a page; fails before the page in ``fails_at``."""

    def __init__(self) -> None:
        super().__init__()
        self.pages = [
            [a_card(str(number), f"+3630{number:07}") for number in range(page * 10, page * 10 + 10)]
            for page in range(PAGES)
        ]
        self.fails_at: int | None = None
        self.error: Exception = Unavailable("the CRM is down")
        self.asked: list[int] = []
        self.notes: list[Sequence[str]] = []
        self.changed: list[ScanPage] = []

    async def scan_pages(self, since: datetime | None, *, cursor: str, notes: Sequence[str]) -> AsyncIterator[ScanPage]:
        if since is not None:
            for page in self.changed:
                yield page
            return
        self.notes.append(tuple(notes))
        for number in range(int(cursor or 0), len(self.pages)):
            if number == self.fails_at:
                raise self.error
            self.asked.append(number)
            yield ScanPage(
                cards=tuple(self.pages[number]),
                cursor=str(number + 1),
                note=f"page {number}",
                share=(number + 1) / len(self.pages),
            )


@pytest.fixture
def crm() -> PagedCrm:
    return PagedCrm()


async def knows(directory: Directory, number: int) -> bool:
    return bool((await directory.lookup(PhoneNumber.parse(f"+3630{number:07}"))).cards)


async def test_a_new_process_goes_on_with_what_the_old_one_began(
    database: Database, crm: PagedCrm, clock: HandClock
) -> None:
    crm.fails_at = 4
    with pytest.raises(Unavailable):
        await Scanner(database, crm, clock=clock).scan()
    crm.fails_at = None
    clock.advance(600)
    report = await Scanner(database, crm, clock=clock).scan()
    assert crm.asked == [0, 1, 2, 3, 4, 5]
    assert crm.notes == [(), ("page 0", "page 1", "page 2", "page 3")]
    assert (report.full, report.resumed, report.seen, report.stored, report.removed) == (True, True, 60, 60, 0)
    assert await Directory(database, crm, clock=clock).size() == await _size(database, crm, clock)
    assert await database.read(select("SELECT name FROM settings WHERE name LIKE 'directory.unfinished%'")) == []


async def _size(database: Database, crm: PagedCrm, clock: HandClock) -> object:
    size = await Directory(database, crm, clock=clock).size()
    assert (size.cards, size.numbers) == (60, 60)
    assert size.times.full == size.times.scanned == pytest.approx(clock.now() - 600)
    return size


async def test_a_resumed_scan_drops_only_what_no_part_of_it_saw(
    database: Database, crm: PagedCrm, clock: HandClock
) -> None:
    await Scanner(database, crm, clock=clock).scan()
    clock.advance(25 * 3600)
    crm.fails_at = 3
    gone = crm.pages[5].pop()
    with pytest.raises(Unavailable):
        await Scanner(database, crm, clock=clock).scan()
    crm.fails_at = None
    clock.advance(60)
    report = await Scanner(database, crm, clock=clock).scan()
    assert (report.resumed, report.removed) == (True, 1)
    directory = Directory(database, crm, clock=clock)
    assert await knows(directory, 0)
    assert not await knows(directory, int(gone.contact.id))


async def test_what_was_interrupted_too_long_ago_begins_again(
    database: Database, crm: PagedCrm, clock: HandClock
) -> None:
    crm.fails_at = 4
    with pytest.raises(Unavailable):
        await Scanner(database, crm, clock=clock).scan()
    crm.fails_at = None
    clock.advance(7 * 3600)
    report = await Scanner(database, crm, clock=clock).scan()
    assert (report.resumed, report.seen) == (False, 60)
    assert crm.notes == [(), ()]


async def test_how_much_is_done_is_told(database: Database, crm: PagedCrm, clock: HandClock) -> None:
    told: list[float | None] = []
    await Scanner(database, crm, clock=clock).scan(progress=lambda report: told.append(report.share))
    assert told == [pytest.approx(number / PAGES) for number in range(1, PAGES + 1)]


async def test_a_deleted_contact_takes_all_its_cards_along(database: Database, crm: PagedCrm, clock: HandClock) -> None:
    both = [a_card("7", "+36300000700"), CustomerCard(contact=Ref("contact", "7"), card=Ref("card", "8"), name="P.",
            numbers=("+36300000700",))]  # fmt: skip
    crm.pages.append(both)
    scanner, directory = Scanner(database, crm, clock=clock), Directory(database, crm, clock=clock)
    await scanner.scan()
    clock.advance(60)
    gone = CustomerCard(contact=Ref("contact", "7"), name="P.", deleted=True)
    crm.changed = [ScanPage(cards=(gone,), cursor="")]
    await scanner.scan()
    assert not await knows(directory, 700)


async def test_a_card_that_moved_to_a_merged_contact_leaves_the_old_one(
    database: Database, crm: PagedCrm, clock: HandClock
) -> None:
    scanner, directory = Scanner(database, crm, clock=clock), Directory(database, crm, clock=clock)
    await scanner.scan()
    clock.advance(60)
    kept = CustomerCard(contact=Ref("contact", "1"), card=Ref("card", "99"), name="P.", numbers=("+36300000001",))
    crm.changed = [ScanPage(cards=(kept,), cursor="")]
    report = await scanner.scan()
    assert (report.full, report.removed) == (False, 1)
    (found,) = (await directory.lookup(PhoneNumber.parse("+36300000001"))).cards
    assert found.card == Ref("card", "99")


@pytest.mark.parametrize(("said", "seconds"), [(7.0, 7), (None, 60)])
async def test_too_many_requests_of_a_scan_or_a_lookup_hold_everybody(
    database: Database, crm: PagedCrm, clock: HandClock, said: float | None, seconds: int
) -> None:
    crm.fails_at, crm.error = 0, RateLimited("too many", retry_after=said)
    budget = Budget(database, "crm", requests_per_minute=60, clock=clock)
    with pytest.raises(RateLimited):
        await Scanner(database, crm, clock=clock, hold=holding(budget)).scan()
    (row,) = await database.read(select("SELECT tat FROM budgets"))
    assert row["tat"] - clock.now() >= seconds

    async def too_many(number: PhoneNumber) -> list[CustomerCard]:
        raise RateLimited("too many", retry_after=said)

    crm.find = too_many  # type: ignore[method-assign]
    clock.advance(3600)
    directory = Directory(database, crm, clock=clock, hold=holding(budget))
    await directory.lookup(PhoneNumber.parse("+36300000999"))
    (row,) = await database.read(select("SELECT tat FROM budgets"))
    assert row["tat"] - clock.now() >= seconds
