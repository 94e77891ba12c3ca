"""Waiting until a deadline: no timer where nothing is waited for, and a cancelled wait cancels the work."""

from __future__ import annotations

import asyncio

import pytest

from vipex_sdk.webhooks.patience import done_by


def now() -> float:
    return asyncio.get_running_loop().time()


async def test_what_ends_at_once_needs_no_time() -> None:
    async def at_once() -> str:
        return "done"

    assert await done_by(now() - 1, at_once()) == "done"


async def test_what_waits_goes_on() -> None:
    async def patiently() -> str:
        await asyncio.sleep(0)
        await asyncio.sleep(0.01)
        return await asyncio.to_thread(lambda: "done")

    assert await done_by(now() + 5, patiently()) == "done"


async def test_what_is_too_slow_is_cancelled() -> None:
    ended = []

    async def slowly() -> None:
        try:
            await asyncio.Event().wait()
        finally:
            ended.append(True)

    with pytest.raises(TimeoutError):
        await done_by(now() + 0.01, slowly())
    assert ended


async def test_a_failure_is_passed_on() -> None:
    async def failing(wait: float | None) -> None:
        if wait is not None:
            await asyncio.sleep(wait)
        raise LookupError("gone")

    for wait in (None, 0.0, 0.01):
        with pytest.raises(LookupError, match="gone"):
            await done_by(now() + 5, failing(wait))


async def test_who_is_cancelled_cancels_the_work() -> None:
    ended, begun = [], asyncio.Event()

    async def work() -> None:
        try:
            begun.set()
            await asyncio.Event().wait()
        except asyncio.CancelledError:
            ended.append(True)
            raise

    task = asyncio.create_task(done_by(now() + 5, work()))
    await begun.wait()
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert ended
