"""The agent's page in a real browser: a call comes, the card is shown, a click opens it."""

from __future__ import annotations

import os
from collections.abc import AsyncIterator
from pathlib import Path

import httpx
import pytest
from attrs import evolve
from playwright.async_api import Page, expect

from tests.gateway.front.rig import CUSTOMER, HOOK_AUTH, ScanningCrm, configured
from tests.gateway.front.serving import Served, serving

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("browser")]


CARD = "http://crm.test/card/1"


@pytest.fixture
async def served(tmp_path: Path, crm: ScanningCrm, page: Page) -> AsyncIterator[Served]:
    """Give a gateway on a real port, and a browser that finds the customer's card."""
    await page.context.route("http://crm.test/**", lambda route: route.fulfill(body="simulated card"))
    configuration = configured(tmp_path, crm)
    configuration = evolve(configuration, gateway=evolve(configuration.gateway, public_url=""))
    with serving(configuration) as served:
        yield served


async def notify(served: Served, **changes: object) -> None:
    body = {"call_id": "c-1", "phase": "ringing", "caller": CUSTOMER, "extensions": ["101", "102"], **changes}
    async with httpx.AsyncClient(auth=HOOK_AUTH, trust_env=False) as vipex:
        assert (await vipex.post(served.url + "/vipex/incoming-call", json=body)).is_success


def keep_picture(name: str) -> str | None:
    """Say where to put a screenshot for people; only when they ask for it."""
    folder = os.environ.get("VIPEX_SCREENSHOTS")
    return str(Path(folder) / f"{name}.png") if folder else None


async def picture(page: Page, name: str) -> None:
    if (path := keep_picture(name)) is not None:
        await page.screenshot(path=path, full_page=True)


async def test_a_call_shows_the_card_and_a_click_opens_it(page: Page, served: Served) -> None:
    problems: list[str] = []
    page.on("pageerror", lambda error: problems.append(str(error)))
    page.on("console", lambda message: problems.append(message.text) if message.type == "error" else None)
    await page.goto(served.links["desk"]["101"])
    assert "key=" not in page.url
    await expect(page.locator("#link")).to_have_text("Kapcsolódva")
    await page.locator("#auto-open").uncheck()
    await notify(served)
    call = page.locator("article.call")
    await expect(call.locator("h3")).to_have_text("Próba Piroska")
    await expect(call).to_contain_text("Minta Kft.")
    await expect(call).to_contain_text("+36 30 000 0001")
    await expect(call).to_contain_text("Csörög")
    await picture(page, "desk")
    async with page.context.expect_page() as opening:
        await call.get_by_role("link", name="Adatlap megnyitása").click()
    card = await opening.value
    assert card.url == CARD
    await card.close()
    await notify(served, phase="answered", extension="102")
    await expect(call).to_contain_text("Felvette: 102")
    assert not problems


async def test_the_card_opens_by_itself_where_the_browser_lets_it(page: Page, served: Served) -> None:
    await page.goto(served.links["desk"]["101"])
    await expect(page.locator("#link")).to_have_text("Kapcsolódva")
    async with page.context.expect_page() as opening:
        await notify(served, call_id="c-2")
    card = await opening.value
    await card.wait_for_url(CARD)
    await notify(served, call_id="c-2", phase="answered", extension="101")
    await expect(page.locator("article.call")).to_contain_text("Beszélgetésben")
    assert len(page.context.pages) == 2


async def test_a_browser_that_forbids_new_tabs_leaves_a_button(page: Page, served: Served) -> None:
    await page.add_init_script("window.open = () => null")
    await page.goto(served.links["desk"]["101"])
    await expect(page.locator("#link")).to_have_text("Kapcsolódva")
    await notify(served)
    await expect(page.locator("article.call")).to_contain_text("A böngésző nem nyitotta meg")
    await expect(page.get_by_role("link", name="Adatlap megnyitása")).to_be_visible()


async def test_a_failed_call_is_explained(page: Page, served: Served) -> None:
    await page.goto(served.links["desk"]["101"])
    await page.get_by_label("Telefonszám vagy mellék").fill("+36 30 000 0002")
    await page.get_by_role("button", name="Hívás", exact=True).click()
    await expect(page.locator("#said")).to_contain_text("nem érhető el")
    await page.get_by_label("Telefonszám vagy mellék").fill("abc")
    await page.keyboard.press("Enter")
    await expect(page.locator("#said")).to_contain_text("nem hívható telefonszám")


@pytest.mark.parametrize("width", [360, 1280])
async def test_nothing_is_wider_than_the_screen(page: Page, served: Served, width: int) -> None:
    await page.set_viewport_size({"width": width, "height": 800})
    await page.goto(served.links["desk"]["101"])
    await expect(page.locator("#link")).to_have_text("Kapcsolódva")
    await notify(served)
    await expect(page.locator("article.call")).to_be_visible()
    assert await page.evaluate("document.documentElement.scrollWidth") <= width
    await page.goto(served.links["dashboard"])
    assert await page.evaluate("document.documentElement.scrollWidth") <= width
    await expect(page.get_by_role("heading", name="Kézbesítések")).to_be_visible()
    await picture(page, f"dashboard-{width}")
