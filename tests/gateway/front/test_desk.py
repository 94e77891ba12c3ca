from __future__ import annotations

import html
import json
import re
from typing import Any

import httpx
import pytest

from tests.gateway.clock import HandClock
from tests.gateway.front.rig import CUSTOMER, Running, ScanningCrm, a_customer
from vipex_sdk.errors import Conflict, Forbidden, NotSent, OutcomeUnknown, ServerError, VipexError
from vipex_sdk.gateway.access import Gate, Site
from vipex_sdk.gateway.desk.dial import Dialled, Dialler
from vipex_sdk.gateway.keys import open_install_key
from vipex_sdk.gateway.pages.texts import LANGUAGES, texts

OURS = {"Sec-Fetch-Site": "same-origin"}


def state_of(page: httpx.Response) -> dict[str, Any]:
    (text,) = re.findall(r'<script type="application/json" id="state">(.*?)</script>', page.text, re.DOTALL)
    state: dict[str, Any] = json.loads(html.unescape(text))
    return state


async def test_a_link_becomes_a_cookie_and_the_key_leaves_the_address(house: Running) -> None:
    link = house.gateway.page_links()["desk"]["101"]
    first = await house.http.get(link + "&tel=tel:%2B36300000001")
    assert first.status_code == 303
    assert first.headers["location"] == "/desk/101?tel=tel%3A%2B36300000001"
    cookie = first.headers["set-cookie"]
    assert "HttpOnly" in cookie
    assert "SameSite=lax" in cookie
    assert "Path=/desk/101" in cookie
    page = await house.http.get(first.headers["location"])
    assert page.status_code == 200
    assert 'value="+36300000001"' in page.text
    assert "Nagy Béla" in page.text


async def test_only_the_right_key_opens_a_desk(house: Running) -> None:
    for address in ("/desk/101", "/desk/101?key=", "/desk/101?key=0123", "/desk/101?key=%C5%91", "/desk/101/events"):
        answer = await house.http.get(address)
        assert answer.status_code == 403, address
        assert "nem nyitható meg" in answer.text
    await house.enter("101")
    assert (await house.http.get("/desk/102")).status_code == 403
    key = house.gateway.page_links()["desk"]["101"].partition("key=")[2]
    assert (await house.http.get(f"/desk/102?key={key}")).status_code == 403
    assert (await house.http.get(f"/dashboard?key={key}")).status_code == 403
    metrics = (await house.http.get("/metrics")).text
    assert 'vipex_refused_total{place="desk"} 7.0' in metrics


async def test_a_page_lets_no_foreign_script_run(house: Running) -> None:
    page = await house.enter("101")
    policy = page.headers["content-security-policy"]
    assert "script-src 'self'" in policy
    assert "unsafe" not in policy
    assert "frame-ancestors 'none'" in policy
    assert page.headers["referrer-policy"] == "no-referrer"
    assert page.headers["cache-control"] == "no-store"
    assert not re.findall(r"<[^>]+ (?:on\w+|style)=", page.text)
    for path in re.findall(r'(?:src|href)="(/[^"]*)"', page.text):
        assert (await house.http.get(path)).status_code == 200, path


XSS = [
    "<script>alert(1)</script>",
    '"><img src=x onerror=alert(1)>',
    "</script><script>alert(1)//",
    "{{7*7}}",
    "=cmd|' /C calc'!A0",
]


@pytest.mark.parametrize("name", XSS)
async def test_names_stay_text(house: Running, crm: ScanningCrm, name: str) -> None:
    crm.cards = [a_customer(name=name, company=name)]
    await house.gateway.scanner.scan(full=True)
    await house.hook("incoming-call", call_id="c-1", phase="ringing", caller=CUSTOMER, extensions=["101"])
    page = await house.enter("101")
    assert "<script>alert" not in page.text
    assert "<img" not in page.text.replace('<img class="bar-mark"', "")
    assert "49" not in state_of(page)["current"][0]["card"]["name"]
    assert state_of(page)["current"][0]["card"]["name"] == name
    overview = await house.enter("dashboard")
    assert "<script>alert" not in overview.text
    assert "onerror=alert" not in overview.text or "&lt;img" in overview.text


async def test_a_desk_that_opens_late_shows_the_call(house: Running) -> None:
    await house.hook("incoming-call", call_id="c-1", phase="ringing", caller=CUSTOMER, extensions=["101"])
    state = state_of(await house.enter("101"))
    assert state["current"][0]["card"]["url"] == "http://crm.test/card/1"
    assert state["last_id"].endswith("-1")
    assert state["time_zone"] == "Europe/Budapest"
    assert state_of(await house.enter("102"))["current"] == []


async def test_a_call_is_placed_only_from_our_own_page(house: Running) -> None:
    await house.enter("101")
    form = {"number": "+36300000002"}
    for headers in ({}, {"Sec-Fetch-Site": "cross-site"}, {"Sec-Fetch-Site": "none"}, {"Origin": "http://evil.test"}):
        answer = await house.http.post("/desk/101/dial", data=form, headers={"Accept": "application/json", **headers})
        assert (answer.status_code, answer.json()) == (403, {"outcome": "origin"})
    for headers in (OURS, {"Origin": "http://gateway.test"}):
        answer = await house.http.post("/desk/101/dial", data=form, headers={"Accept": "application/json", **headers})
        # VIPeX is not there in this test; that it was asked is what counts.
        assert (answer.status_code, answer.json()) == (409, {"outcome": "failed"})
    answer = await house.http.post("/desk/101/dial", data=form, headers=OURS)
    assert (answer.status_code, answer.headers["location"]) == (303, "/desk/101?said=failed")
    assert "nem érhető el" in (await house.http.get("/desk/101?said=failed")).text


async def test_a_strangers_form_places_no_call(house: Running) -> None:
    answer = await house.http.post("/desk/101/dial", data={"number": "+36300000002"}, headers=OURS)
    assert answer.status_code == 403


class Line:
    """Where calls would be placed."""

    def __init__(self, error: VipexError | None = None) -> None:
        self.error = error
        self.placed: list[tuple[str, str]] = []

    async def originate(self, extension: str, number: str) -> object:
        self.placed.append((extension, number))
        if self.error is not None:
            raise self.error
        return None


OUTCOMES = [
    (None, "06 30 000 0002", Dialled.STARTED),
    (None, "tel:+36-30-000-0002", Dialled.STARTED),
    (None, "103", Dialled.STARTED),
    (None, "", Dialled.BAD_NUMBER),
    (None, "kettő", Dialled.BAD_NUMBER),
    (None, "112", Dialled.BAD_NUMBER),
    (None, "104", Dialled.BAD_NUMBER),
    (None, "105", Dialled.STARTED),
    (None, "06 90 123 456", Dialled.PREMIUM),
    (OutcomeUnknown("no answer"), "103", Dialled.UNKNOWN),
    (Conflict("busy", status=409), "103", Dialled.BUSY),
    (Forbidden("not allowed", status=403), "103", Dialled.REFUSED),
    (ServerError("broken", status=500), "103", Dialled.FAILED),
    (NotSent("no connection"), "103", Dialled.FAILED),
]


@pytest.mark.parametrize(("error", "number", "outcome"), OUTCOMES, ids=[f"{row[2].value}-{row[1]}" for row in OUTCOMES])
async def test_every_outcome_of_dialling_is_told(error: VipexError | None, number: str, outcome: Dialled) -> None:
    line = Line(error)
    assert await Dialler(line, is_extension="105".__eq__).dial("101", number) is outcome
    assert bool(line.placed) is (outcome not in (Dialled.BAD_NUMBER, Dialled.PREMIUM))


async def test_calls_cost_money_and_are_limited(clock: HandClock) -> None:
    dialler = Dialler(Line(), clock=clock)
    outcomes = [await dialler.dial("101", "103") for _ in range(11)]
    assert outcomes == [*[Dialled.STARTED] * 10, Dialled.TOO_MANY]
    assert await dialler.dial("102", "103") is Dialled.STARTED
    clock.advance(61)
    assert await dialler.dial("101", "103") is Dialled.STARTED


def test_a_site_below_a_path_and_behind_tls(tmp_path: Any) -> None:
    site = Site(url="https://firma.example/vipex")
    gate = Gate(key=open_install_key(tmp_path), site=site, purpose="desk:101", path="/desk/101")
    assert (site.base, site.origin, site.secure) == ("/vipex", "https://firma.example", True)
    assert gate.link.startswith("https://firma.example/vipex/desk/101?key=")
    assert gate.link == Gate(key=open_install_key(tmp_path), site=site, purpose="desk:101", path="/desk/101").link


def test_the_keys_are_private_files(tmp_path: Any) -> None:
    open_install_key(tmp_path)
    assert (tmp_path / "install.key").stat().st_mode & 0o777 == 0o600


def test_both_languages_say_everything() -> None:
    hungarian, english = (texts(language) for language in LANGUAGES)
    assert hungarian.keys() == english.keys()
    for name, text in hungarian.items():
        assert text, name
        assert english[name], name
        assert text.count("{}") == english[name].count("{}"), name
    for outcome in Dialled:
        assert f"dial_{outcome.value}" in english
