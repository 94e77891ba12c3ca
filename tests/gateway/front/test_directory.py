from __future__ import annotations

import asyncio

import pytest
from attrs import evolve

from tests.gateway.clock import HandClock
from tests.gateway.front.rig import CUSTOMER, ScanningCrm, a_customer
from vipex_sdk.crm.model import CustomerCard
from vipex_sdk.errors import Unavailable
from vipex_sdk.gateway.database import Database
from vipex_sdk.gateway.directory import Directory, Found, Scanner, ScanReport, Source
from vipex_sdk.numbers import PhoneNumber

NUMBER = PhoneNumber.parse(CUSTOMER)
STRANGER = PhoneNumber.parse("+36300000099")


@pytest.fixture
def directory(sqlite: Database, crm: ScanningCrm, clock: HandClock) -> Directory:
    return Directory(sqlite, crm, clock=clock)


@pytest.fixture
def scanner(sqlite: Database, crm: ScanningCrm, clock: HandClock) -> Scanner:
    return Scanner(sqlite, crm, clock=clock)


def names(found: Found) -> list[str]:
    return [card.name for card in found.cards]


async def test_before_a_scan_the_crm_is_asked_once_and_believed(directory: Directory, crm: ScanningCrm) -> None:
    first = await directory.lookup(NUMBER)
    second = await directory.lookup(NUMBER)
    assert (first.source, second.source) == (Source.LIVE, Source.INDEX)
    assert names(first) == names(second) == ["Próba Piroska"]
    assert crm.requests == ["find"]


async def test_fifty_callers_with_one_number_ask_the_crm_once(directory: Directory, crm: ScanningCrm) -> None:
    found = await asyncio.gather(*(directory.lookup(NUMBER) for _ in range(50)))
    assert {one.source for one in found} == {Source.LIVE}
    assert crm.requests == ["find"]


async def test_nobody_is_believed_for_a_minute(directory: Directory, crm: ScanningCrm, clock: HandClock) -> None:
    assert (await directory.lookup(STRANGER)).source is Source.LIVE
    assert (await directory.lookup(STRANGER)).source is Source.INDEX
    clock.advance(61)
    assert (await directory.lookup(STRANGER)).source is Source.LIVE
    assert crm.requests == ["find", "find"]


async def test_after_a_scan_a_stranger_needs_no_request(
    directory: Directory, scanner: Scanner, crm: ScanningCrm
) -> None:
    report = await scanner.scan()
    assert evolve(report, seconds=0) == ScanReport(full=True, seen=1, stored=1)
    found = await directory.lookup(STRANGER)
    assert (found.cards, found.source, found.sure) == ((), Source.INDEX, True)
    assert crm.requests == []


async def test_a_directory_that_is_too_old_asks_again(
    directory: Directory, scanner: Scanner, crm: ScanningCrm, clock: HandClock
) -> None:
    await scanner.scan()
    clock.advance(2 * 3600)
    assert (await directory.lookup(STRANGER)).source is Source.LIVE
    crm.fails = Unavailable("the CRM is down")
    stale = await directory.lookup(NUMBER)
    assert (names(stale), stale.source) == (["Próba Piroska"], Source.STALE)
    clock.advance(61)
    assert (await directory.lookup(STRANGER)).source is Source.FAILED


async def test_a_crm_that_is_too_slow_for_one_caller_serves_the_next(
    directory: Directory, crm: ScanningCrm, monkeypatch: pytest.MonkeyPatch
) -> None:
    gate = asyncio.Event()

    async def slow(number: PhoneNumber) -> list[CustomerCard]:
        await gate.wait()
        return crm.cards

    monkeypatch.setattr(crm, "find", slow)
    found = await directory.lookup(NUMBER, within=0.01)
    assert (found.cards, found.source, found.sure) == ((), Source.DEADLINE, False)
    gate.set()
    assert (await directory.lookup(NUMBER)).cards
    assert (await directory.lookup(NUMBER)).source is Source.INDEX
    await directory.close()


async def test_the_journal_asks_the_crm_about_strangers_even_after_a_scan(
    directory: Directory, scanner: Scanner, crm: ScanningCrm
) -> None:
    await scanner.scan()
    crm.cards.append(a_customer("2", "+36300000099", name="Új Ügyfél"))
    assert [card.name for card in await directory.find(STRANGER)] == ["Új Ügyfél"]
    assert (await directory.lookup(STRANGER)).source is Source.INDEX


async def test_the_journal_hears_of_a_crm_that_is_down(directory: Directory, crm: ScanningCrm) -> None:
    crm.fails = Unavailable("the CRM is down")
    with pytest.raises(Unavailable):
        await directory.find(NUMBER)


async def test_look_alikes_are_given_but_not_remembered(
    directory: Directory, crm: ScanningCrm, clock: HandClock
) -> None:
    async def look_alike(number: PhoneNumber) -> list[CustomerCard]:
        crm.requests.append("find")
        return [a_customer("3", "+36300000002", verified=False)]

    crm.find = look_alike  # type: ignore[method-assign]
    await directory.lookup(NUMBER)
    await directory.lookup(NUMBER)
    assert crm.requests == ["find", "find"]


async def test_a_card_that_was_just_created_is_known_at_once(directory: Directory, crm: ScanningCrm) -> None:
    await directory.lookup(STRANGER)
    await directory.learn(a_customer("9", "+36300000099"))
    assert (await directory.lookup(STRANGER)).cards


async def test_what_left_the_crm_leaves_the_directory(
    directory: Directory, scanner: Scanner, crm: ScanningCrm, clock: HandClock
) -> None:
    crm.cards = [a_customer("1"), a_customer("2", "+36300000002"), a_customer("3", "+36300000003")]
    await scanner.scan()
    clock.advance(600)
    crm.cards = [a_customer("2", "+36300000002", deleted=True)]
    report = await scanner.scan()
    assert (report.full, report.removed) == (False, 1)
    assert crm.scanned_since[-1] is not None
    assert not (await directory.lookup(PhoneNumber.parse("+36300000002"))).cards
    assert (await directory.lookup(PhoneNumber.parse("+36300000003"))).cards
    clock.advance(25 * 3600)
    crm.cards = [a_customer("1", "06-30/000-0004")]
    report = await scanner.scan()
    assert (report.full, report.removed) == (True, 1)
    assert crm.scanned_since[-1] is None
    size = await directory.size()
    assert (size.cards, size.numbers) == (1, 1)
    assert (await directory.lookup(PhoneNumber.parse("+36300000004"))).cards


async def test_a_contact_that_gets_a_card_is_no_longer_one_without(
    directory: Directory, scanner: Scanner, crm: ScanningCrm
) -> None:
    crm.cards = [a_customer(card=None)]
    await scanner.scan()
    crm.cards = [a_customer()]
    await scanner.scan()
    assert [card.card for card in (await directory.lookup(NUMBER)).cards] == [a_customer().card]


async def test_a_failed_scan_is_repeated_from_where_it_began(
    directory: Directory, scanner: Scanner, crm: ScanningCrm, clock: HandClock
) -> None:
    crm.fails = Unavailable("the CRM is down")
    with pytest.raises(Unavailable):
        await scanner.scan()
    assert scanner.last_error == "Unavailable"
    assert scanner.running is None
    crm.fails = None
    assert (await scanner.scan()).full
    assert scanner.last_error is None


async def test_progress_is_told(scanner: Scanner, crm: ScanningCrm) -> None:
    crm.cards = [a_customer(str(number), f"+3630{number:07}") for number in range(450)]
    told: list[int] = []
    await scanner.scan(progress=lambda report: told.append(report.seen))
    assert told == [200, 400, 450]
