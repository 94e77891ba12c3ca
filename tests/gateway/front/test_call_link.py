"""The call link: a hostile page must not make telephones ring, and a click must not do so twice."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.gateway.clock import HandClock
from tests.gateway.front.rig import TOML, Running, ScanningCrm, configured, running
from tests.gateway.front.test_desk import Line
from vipex_sdk.errors import OutcomeUnknown
from vipex_sdk.gateway.calllink.link import number_in
from vipex_sdk.gateway.calllink.proof import clicked
from vipex_sdk.gateway.config import DiallingSettings
from vipex_sdk.gateway.desk.dial import Dialled, Dialler

CRM = "https://r3.minicrm.test"
CLICK = {
    "Sec-Fetch-User": "?1",
    "Sec-Fetch-Mode": "navigate",
    "Sec-Fetch-Dest": "document",
    "Sec-Fetch-Site": "cross-site",
    "Referer": CRM + "/",
}
OURS = {"Sec-Fetch-Site": "same-origin"}


@pytest.fixture
async def office(tmp_path: Path, crm: ScanningCrm) -> AsyncIterator[Running]:
    """Give a gateway that believes the clicks of one site."""
    toml = TOML.replace("[crm]\n", f'[dialling]\nlink_from = ["{CRM}"]\n[crm]\n')
    async with running(configured(tmp_path, crm, toml=toml)) as office:
        yield office


@pytest.fixture
def line(office: Running) -> Line:
    """Give where calls are placed, in the place of VIPeX."""
    line = Line()
    office.gateway.dialler._calls = line
    return line


def link(house: Running, number: str = "+36300000002") -> str:
    address: str = house.gateway.page_links()["call"]["101"]
    return address.removeprefix("http://gateway.test") + number.replace("+", "%2B")


async def test_a_link_asks_before_it_dials(office: Running, line: Line) -> None:
    page = await office.http.get(link(office), headers=CLICK)
    assert page.status_code == 200
    assert "+36 30 000 0002" in page.text
    assert "frame-ancestors 'none'" in page.headers["content-security-policy"]
    assert line.placed == []
    told = await office.http.post(link(office), data={"number": "+36300000002"}, headers=OURS)
    assert told.status_code == 303
    assert line.placed == [("101", "+36300000002")]
    again = await office.http.get(told.headers["location"], headers=CLICK)
    assert "elindult" in again.text
    assert len(line.placed) == 1


async def test_with_the_desk_open_a_click_in_the_crm_dials_once(office: Running, line: Line) -> None:
    await office.enter("101")
    for _ in range(2):
        told = await office.http.get(link(office), headers=CLICK)
        assert (told.status_code, told.headers["location"].rpartition("said=")[2]) == (303, "started")
    assert line.placed == [("101", "+36300000002")]


HOSTILE = [
    {"Referer": "https://evil.test/"},
    {"Referer": ""},
    {"Referer": CRM + ".evil.test/"},
    {"Sec-Fetch-User": ""},
    {"Sec-Fetch-Mode": "no-cors", "Sec-Fetch-Dest": "image"},
    {"Sec-Fetch-Dest": "iframe"},
    {"Sec-Fetch-Site": "none"},
    {"Sec-Purpose": "prefetch"},
]


@pytest.mark.parametrize("headers", HOSTILE, ids="-".join)
async def test_what_is_no_click_in_the_crm_dials_nothing(office: Running, line: Line, headers: dict[str, str]) -> None:
    await office.enter("101")
    answer = await office.http.get(link(office), headers={**CLICK, **headers})
    assert (answer.status_code, line.placed) == (200, [])
    await office.http.head(link(office), headers=CLICK)
    assert line.placed == []


@pytest.mark.parametrize("headers", [{}, {"Sec-Fetch-Site": "cross-site"}, {"Origin": "https://evil.test"}])
async def test_a_foreign_form_dials_nothing(office: Running, line: Line, headers: dict[str, str]) -> None:
    told = await office.http.post(link(office), data={"number": "+36300000002"}, headers=headers)
    assert told.headers["location"].endswith("said=origin")
    assert line.placed == []


async def test_a_wrong_or_foreign_key_opens_nothing(office: Running, line: Line) -> None:
    own = link(office)
    for address in (own.replace("/101/", "/102/"), "/desk/101/call/0123?number=103", "/desk/101/call/%C5%91?number=1"):
        assert (await office.http.get(address, headers=CLICK)).status_code == 403
        assert (await office.http.post(address, data={"number": "103"}, headers=OURS)).status_code == 403
    assert line.placed == []
    key = own.partition("/call/")[2].partition("?")[0]
    assert (await office.http.get(f"/desk/101?key={key}")).status_code == 403


async def test_a_link_without_a_number_says_so(office: Running) -> None:
    assert "nincs telefonszám" in (await office.http.get(link(office, ""))).text


async def test_an_unknown_outcome_comes_with_advice(office: Running, line: Line) -> None:
    line.error = OutcomeUnknown("no answer")
    told = await office.http.post(link(office), data={"number": "103"}, headers=OURS)
    assert "mielőtt újra próbálja" in (await office.http.get(told.headers["location"])).text


@pytest.mark.parametrize(
    ("path", "query", "number"),
    [
        ("", {"number": " 36300000002"}, "+36300000002"),
        ("+36300000002", {}, "+36300000002"),
        ("tel:+36300000002", {}, "+36300000002"),
        ("", {"tel": "06 30 000 0002"}, "06 30 000 0002"),
        ("", {"number": "", "szam": "103"}, "103"),
        ("", {}, ""),
        ("", {"number": "9" * 100}, "9" * 40),
    ],
)
def test_a_number_is_read_wherever_the_crm_puts_it(path: str, query: dict[str, str], number: str) -> None:
    assert number_in(path, query) == number


def test_only_trusted_sites_are_believed() -> None:
    lower = {name.lower(): value for name, value in CLICK.items()}
    assert clicked(lower, trusted={CRM})
    assert not clicked(lower, trusted=())
    assert clicked({**lower, "sec-fetch-site": "same-origin", "referer": ""}, trusted=())
    assert not clicked({**lower, "referer": "https://[broken"}, trusted={CRM})


RULES = [
    ({}, "+36300000002", Dialled.STARTED),
    ({}, "+4930000002", Dialled.STARTED),
    ({}, "+36 90 123 456", Dialled.PREMIUM),
    ({}, "+881 600 000000", Dialled.PREMIUM),
    ({}, "+882 13 000000", Dialled.PREMIUM),
    ({"blocked_types": ()}, "+36 90 123 456", Dialled.STARTED),
    ({"allowed_prefixes": ("+36",)}, "+36300000002", Dialled.STARTED),
    ({"allowed_prefixes": ("+36",)}, "+4930000002", Dialled.NOT_ALLOWED),
    ({"allowed_prefixes": ("+36",)}, "103", Dialled.STARTED),
]


@pytest.mark.parametrize(("settings", "number", "outcome"), RULES, ids=str)
async def test_what_may_be_called(settings: dict[str, tuple[str, ...]], number: str, outcome: Dialled) -> None:
    line = Line()
    dialler = Dialler(line, settings=DiallingSettings(**settings))  # type: ignore[arg-type]
    assert await dialler.dial("101", number) is outcome
    assert bool(line.placed) is (outcome is Dialled.STARTED)


async def test_the_limit_of_calls_is_a_setting(clock: HandClock) -> None:
    dialler = Dialler(Line(), settings=DiallingSettings(calls_a_minute=1), clock=clock)
    assert [await dialler.dial("101", "103") for _ in range(2)] == [Dialled.STARTED, Dialled.TOO_MANY]
