"""The card pages in a real browser, and the program as a user starts it."""

from __future__ import annotations

import json
import subprocess
import sys

import httpx
import pytest
from playwright.async_api import Page, expect
from vipex_minicrm.simulator import VOIP_KEY

from tests.minicrm.running import RunningSimulator


@pytest.mark.browser
async def test_a_card_shows_its_calls_and_says_that_it_is_simulated(page: Page, simulator: RunningSimulator) -> None:
    await page.goto(f"{simulator.url}/12345/#Project-21/1010")
    await expect(page.locator("h1")).to_have_text("Kiss Anna - raktári polc")
    await expect(page.locator(".notice")).to_contain_text("Szimulált MiniCRM")
    await expect(page.locator(".notice")).to_contain_text("Simulated MiniCRM")
    call = {"Date": "2025-03-02 16:00:12", "Number": "+36300000001", "CallType": 1, "Duration": 132, "ReferenceId": "x"}
    simulator.api("POST", "/CallLog", json={"ApiKey": VOIP_KEY, "UserExtension": "101", "Data": [call]})
    await expect(page.locator("li .tag.incoming")).to_have_text("Bejövő hívás · Incoming call")
    await page.get_by_role("button", name="Lejátszás").click()
    await expect(page.locator("li .small", has_text="no recording template")).to_be_visible()


@pytest.mark.browser
async def test_texts_of_strangers_stay_texts(page: Page, simulator: RunningSimulator) -> None:
    evil = "<img src=x onerror=\"document.title='hit'\">"
    simulator.api("PUT", "/R3/Project/1010", json={"Name": evil})
    simulator.api("PUT", "/R3/ToDo", json={"ProjectId": 1010, "Comment": evil})
    await page.goto(f"{simulator.url}/12345/#Project-21/1010")
    await expect(page.locator("h1")).to_have_text(evil)
    await expect(page.locator("li .text")).to_have_text(evil)
    assert await page.title() == "Szimulált MiniCRM · Simulated MiniCRM"
    await page.goto(f"{simulator.url}/")
    await expect(page.locator("h1")).to_have_text("Adatlapok · Cards")


def test_another_system_is_not_here(simulator: RunningSimulator) -> None:
    assert httpx.get(f"{simulator.url}/54321/").status_code == 404


def test_the_program_says_where_it_is() -> None:
    command = [sys.executable, "-m", "vipex_minicrm.simulator", "--port", "0", "--json"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as program:
        assert program.stdout is not None
        ready = json.loads(program.stdout.readline())
        assert (ready["ready"], ready["simulated"], ready["system_id"]) == (True, True, "12345")
        assert httpx.get(ready["cards"], trust_env=False).status_code == 200
        taken = ready["url"].rsplit(":", 1)[1]
        second = subprocess.run([*command[:3], "--port", taken], capture_output=True, text=True, check=False)
        assert (second.returncode, "cannot listen" in second.stderr) == (1, True)
        program.terminate()
        program.wait(timeout=10)
        assert program.stderr is not None
        assert program.stderr.read() == ""
