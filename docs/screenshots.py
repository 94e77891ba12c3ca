"""Takes the pictures of the manual: ``python docs/screenshots.py``. Everything in them is simulated or invented.

Starts the demo's three programs, plays its calls, lets one more telephone ring, and photographs the pages with the
Chromium of this machine.
"""

from __future__ import annotations

import sys
import tempfile
import time
from collections.abc import Mapping
from pathlib import Path

import httpx
from playwright.sync_api import BrowserContext, sync_playwright

sys.path.insert(0, str(Path(__file__).parent.parent))

from tests.browser import CHROMIUM, FLAGS
from vipex_sdk.cli.demo.play import play
from vipex_sdk.cli.demo.stage import Stage, staged

__all__ = ["take"]

HERE = Path(__file__).parent
SIZE = {"width": 1120, "height": 700}
CUSTOMER = "+36300000001"


def take(language: str, folder: Path) -> None:
    """Put the pictures of one edition into *folder*."""
    folder.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory() as place, staged(Path(place), language=language) as stage:
        for _ in play(stage):
            pass
        with sync_playwright() as playwright:
            browser = playwright.chromium.launch(executable_path=CHROMIUM, args=list(FLAGS))
            context = browser.new_context(viewport=SIZE, locale=language, color_scheme="light")  # type: ignore[arg-type]
            _desk(context, stage, folder)
            for name, address in _pages(stage).items():
                page = context.new_page()
                page.goto(address)
                page.wait_for_timeout(700)
                page.screenshot(path=folder / f"{name}.png")
            browser.close()


def _desk(context: BrowserContext, stage: Stage, folder: Path) -> None:
    """Photograph a desk while its telephone rings, and the question that a call link asks."""
    page = context.new_page()
    page.goto(stage.gateway.ready["desk"]["101"])
    page.locator("#auto-open").uncheck()
    calls = f"{stage.sandbox.url}/sandbox/manual/calls"
    httpx.post(calls, json={"caller": CUSTOMER, "extension": "101"}).raise_for_status()
    page.locator("article.call").wait_for(timeout=10_000)
    time.sleep(1)
    page.screenshot(path=folder / "desk.png")
    page.goto(stage.gateway.ready["call"]["101"] + "%2B36300000002")
    page.screenshot(path=folder / "call-link.png", clip={"x": 0, "y": 0, "width": 1120, "height": 320})


def _pages(stage: Stage) -> Mapping[str, str]:
    return {
        "dashboard": stage.gateway.ready["dashboard"],
        "minicrm": f"{stage.crm.url}/12345/#Project-21/1010",
        "phones": stage.sandbox.url,
    }


if __name__ == "__main__":
    for edition in ("en", "hu"):
        take(edition, HERE / edition / "img")
