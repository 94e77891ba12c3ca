"""The page of phones in a real browser."""

from __future__ import annotations

import pytest
from playwright.async_api import Page, expect

from tests.sandbox.running import Receiver, serving
from vipex_sdk.sandbox import build

pytestmark = pytest.mark.browser


async def test_a_call_is_placed_answered_handed_over_and_ended_by_hand(page: Page) -> None:
    complaints: list[str] = []
    page.on("console", lambda message: complaints.append(message.text))
    page.on("pageerror", lambda error: complaints.append(str(error)))
    receiver = Receiver()
    app = build()
    async with serving(receiver.app()) as receiver_url, serving(app) as url:
        app.state.pbx.configure({"webhook_url": receiver_url})
        await page.goto(url)
        await expect(page.get_by_role("heading", name="Simulated VIPeX")).to_be_visible()
        await expect(page.get_by_text("Ez nem a VIPeX")).to_be_visible()
        await page.get_by_role("button", name="Call · Hívás").click()
        first, third = page.locator("[data-extension='101']"), page.locator("[data-extension='103']")
        await expect(first).to_have_class("phone is-ringing")
        await first.get_by_role("button", name="Answer").click()
        await first.get_by_role("textbox").fill("103")
        await first.get_by_role("button", name="Ask first").click()
        await third.get_by_role("button", name="Answer").click()
        await first.get_by_role("button", name="Hand over").click()
        await expect(first).to_have_class("phone is-idle")
        await third.get_by_role("button", name="Hang up").click()
        row = page.locator("tbody tr").first
        await expect(row).to_contain_text("101 → 103")
        await expect(row).to_contain_text("end of call · hívásvég: 204")
        await page.close()
    assert [path for path, _, _ in receiver.received] == ["/data-query", "/incoming-call", "/call-end"]
    assert complaints == []


async def test_a_ringing_call_is_picked_up_and_a_wrong_step_is_told(page: Page) -> None:
    app = build()
    async with serving(app) as url:
        await page.goto(url)
        await page.get_by_label("Customer's number").fill("")
        await page.get_by_label("Rings at").select_option("103")
        await page.get_by_role("button", name="Call · Hívás").click()
        last = page.locator("[data-extension='105']")
        await last.get_by_role("button", name="Pick up 103").click()
        await expect(last).to_contain_text("hidden · rejtett")
        await last.get_by_role("textbox").fill("199")
        await last.get_by_role("button", name="Transfer").click()
        await expect(page.get_by_role("alert")).to_contain_text("no such extension")
        await page.close()
