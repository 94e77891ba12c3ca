"""What tests of several rooms share: a page in a real headless Chromium, and patience."""

from __future__ import annotations

import logging
from collections.abc import AsyncIterator, Iterator

import pytest
import structlog
from hypothesis import HealthCheck, settings
from playwright.async_api import Page, async_playwright

from tests.browser import CHROMIUM, FLAGS, MISSING

# How fast a shared machine is says nothing about the code.
settings.register_profile("shared", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("shared")


@pytest.fixture(autouse=True)
def _logging_as_found() -> Iterator[None]:
    """Undo what a program started inside a test does to the logging of the whole process."""
    root = logging.getLogger()
    handlers, level, raising = root.handlers[:], root.level, logging.raiseExceptions
    yield
    root.handlers[:], logging.raiseExceptions = handlers, raising
    root.setLevel(level)
    structlog.reset_defaults()


@pytest.fixture
async def page() -> AsyncIterator[Page]:
    """Give an empty page of a new browser; skip loudly where there is no browser."""
    if not CHROMIUM:
        pytest.skip(MISSING)
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=CHROMIUM, args=list(FLAGS))
        try:
            yield await (await browser.new_context(locale="hu-HU")).new_page()
        finally:
            await browser.close()
