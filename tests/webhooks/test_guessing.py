"""Who guesses is turned away for a minute, alone, and the log does not fill."""

import logging

import httpx
import pytest

from tests.webhooks.receiving import CALL_END, PASSWORD, USER, Seen
from vipex_sdk.webhooks.guessing import GuessLimit
from vipex_sdk.webhooks.head import RequestHead

PROXY = "192.0.2.10"


def head(peer: str | None, forwarded: str = "") -> RequestHead:
    headers = ((b"x-forwarded-for", forwarded.encode()),) if forwarded else ()
    return RequestHead(peer=peer, headers=headers)


def over(limit: GuessLimit, one: RequestHead, guesses: int) -> bool:
    for _ in range(guesses):
        limit.note(one)
    return limit.is_over(one)


def test_a_client_is_counted_for_a_minute_and_by_itself() -> None:
    now = 0.0
    limit = GuessLimit(3, clock=lambda: now)
    assert not over(limit, head("198.51.100.7"), 2)
    assert over(limit, head("198.51.100.7"), 1)
    assert not limit.is_over(head("198.51.100.8"))
    now = 60.0
    assert not over(limit, head("198.51.100.7"), 1)


@pytest.mark.parametrize("peer", [None, "127.0.0.1", "::1", "::ffff:127.0.0.1", "not an address", PROXY])
def test_who_may_be_a_proxy_of_ours_is_not_counted(peer: str | None) -> None:
    assert not over(GuessLimit(1, trusted_proxies=[PROXY]), head(peer), 5)


def test_behind_a_proxy_the_client_counts_and_nobody_else() -> None:
    limit = GuessLimit(1, trusted_proxies=[PROXY])
    assert over(limit, head(PROXY, "203.0.113.9"), 1)
    assert not limit.is_over(head(PROXY, "203.0.113.10"))
    assert not limit.is_over(head("203.0.113.11", "203.0.113.9"))


def test_one_subscriber_of_ipv6_is_one_client() -> None:
    limit = GuessLimit(2)
    limit.note(head("2001:db8::1"))
    assert over(limit, head("2001:db8::2"), 1)
    assert not limit.is_over(head("2001:db8:1::1"))


def test_no_limit_counts_nobody_and_memory_has_an_end() -> None:
    assert not over(GuessLimit(0), head("198.51.100.7"), 5)
    limit = GuessLimit(1)
    for number in range(10_100):
        limit.note(head(f"10.{number >> 16}.{number >> 8 & 255}.{number & 255}"))
    assert len(limit._clients) == 10_000


async def test_the_receiver_turns_guessers_away_and_says_so_once(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.WARNING)
    receiver = Seen().receiver(guesses_a_minute=3)

    async def status(peer: str, password: str) -> int:
        transport = httpx.ASGITransport(receiver, client=(peer, 1))
        async with httpx.AsyncClient(transport=transport, base_url="http://gateway.test") as http:
            answer = await http.post("/call-end", json=CALL_END, auth=httpx.BasicAuth(USER, password))
        if answer.status_code == 429:
            assert answer.headers["retry-after"] == "60"
        return answer.status_code

    assert [await status("198.51.100.7", f"guess {number}") for number in range(5)] == [401, 401, 401, 429, 429]
    assert await status("198.51.100.7", PASSWORD) == 429
    assert await status("198.51.100.8", PASSWORD) == 204
    assert caplog.text.count("bad credentials refused") == 1
