"""The short way of a data query gives what the long way gives, or nothing."""

from __future__ import annotations

import asyncio
import base64
import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from tests.webhooks.receiving import CALL_END, CORPUS, DATA_QUERY, INCOMING_CALL, PASSWORD, USER, Seen
from vipex_sdk.errors import VipexError
from vipex_sdk.webhooks import BasicAuth, BodyToken, Decision, HmacSignature, Hook, Message, Receiver, parse, sign_body
from vipex_sdk.webhooks.quick import quick_query
from vipex_sdk.wire.profile import default_profile, load_profile

PROFILE = default_profile()
JSON = "application/json"
WORDS = st.sampled_from(["data_query", " Data_Query ", "call_end", "incoming_call", "other", "", "\x00", "\ud800"])
VALUES = st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5) | st.just({"a": [1]})
FIELDS = st.sampled_from(
    ["call_id", "callid", "caller", "called", "sent_at", "started_at", "dtmf", "parameters", "logic", "legs", "x", "_y"]
)
BODIES = st.builds(
    lambda word, fields: json.dumps({"event": word, "call_id": "c-1"} | fields).encode(errors="surrogatepass"),
    WORDS,
    st.dictionaries(FIELDS, VALUES, max_size=4),
)


def long_way(body: bytes) -> Any:
    try:
        return parse(
            Message(hook=Hook.EVENTS, content_type="application/json", body=body, received_at=datetime.now(UTC)),
            PROFILE,
        )
    except VipexError:
        return None


@given(BODIES)
@example(b'{"event":"data_query","call_id":"a","event":"call_end"}')
@example(b'{"event":"call_end","call_id":"a","event":"data_query"}')
@example(b'{"event":"data_query","call_id":"a","caller":"101","caller":"102"}')
@example(b'\xef\xbb\xbf{"event":"data_query","call_id":"a"}')
@example(b'{"event":"data_query","call_id":"a","x":1e999}')
def test_the_short_way_gives_what_the_long_way_gives(body: bytes) -> None:
    for _ in range(2):  # the second time by what was learnt the first time
        quick = quick_query(body, PROFILE)
        assert quick is None or quick == long_way(body)


@pytest.mark.parametrize("path", sorted(CORPUS.rglob("*.json")), ids=lambda path: path.name)
def test_hostile_bodies_gain_nothing_by_the_short_way(path: Path) -> None:
    quick = quick_query(path.read_bytes(), PROFILE)
    assert quick is None or quick == long_way(path.read_bytes())


def test_a_plain_query_goes_the_short_way() -> None:
    query = quick_query(json.dumps(DATA_QUERY).encode(), PROFILE)
    assert query is not None
    assert query == long_way(json.dumps(DATA_QUERY).encode())


def test_where_the_word_is_nested_only_the_long_way_finds_it(tmp_path: Path) -> None:
    (tmp_path / "own.toml").write_text('[webhooks]\nselector = ["meta.event", "event"]\n')
    profile = load_profile(tmp_path / "own.toml")
    assert quick_query(json.dumps(DATA_QUERY).encode(), profile) is None


async def ask(receiver: Receiver, path: str, pieces: list[bytes], **headers: str) -> list[Any]:
    """Send a body in *pieces* as a server gives them; give the answer's messages."""
    proof = base64.b64encode(f"{USER}:{PASSWORD}".encode()).decode()
    sent = {"authorization": f"Basic {proof}", "content-type": "application/json"}
    sent |= {name.replace("_", "-"): value for name, value in headers.items()}
    sent.setdefault("content-length", str(sum(map(len, pieces))))
    scope = {
        "type": "http",
        "method": "POST",
        "path": path,
        "query_string": b"",
        "headers": [(name.encode(), value.encode()) for name, value in sent.items()],
    }
    waiting = [
        {"type": "http.request", "body": piece, "more_body": place < len(pieces)}
        for place, piece in enumerate(pieces, start=1)
    ]

    async def receive() -> Any:
        if not waiting:
            await asyncio.Event().wait()
        return waiting.pop(0)

    answer: list[Any] = []

    async def send(message: Any) -> None:
        answer.append(message)

    await receiver(scope, receive, send)
    return answer


@pytest.mark.parametrize("path", ["/data-query", "/events", "/call-end"])
@pytest.mark.parametrize(
    "body",
    [
        json.dumps(DATA_QUERY).encode(),
        json.dumps(INCOMING_CALL).encode(),
        json.dumps(CALL_END).encode(),
        json.dumps({"call_id": "a", "caller": "+36300000001"}).encode(),
        b'{"event":"data_query"}',
        b'{"event":"data_query","call_id":"a","call_id":"b"}',
        b"{",
        b"",
        b"x" * 70_000,
    ],
)
async def test_in_one_piece_or_in_several_the_answer_is_the_same(path: str, body: bytes) -> None:
    whole, cut = Seen(decision=Decision.to_extension("101")), Seen(decision=Decision.to_extension("101"))
    first = await ask(whole.receiver(), path, [body])
    assert first == await ask(cut.receiver(), path, [body[:10], body[10:], b""])
    assert (whole.queries, whole.pops, whole.outcomes) == (cut.queries, cut.pops, cut.outcomes)
    assert [call for call, _ in whole.calls] == [call for call, _ in cut.calls]
    assert [message.body for message, _ in whole.quarantined] == [message.body for message, _ in cut.quarantined]


async def test_a_query_that_must_prove_itself_by_its_body_does() -> None:
    body = json.dumps(DATA_QUERY).encode()
    seen = Seen(decision=Decision.to_extension("101"))
    signed = seen.receiver(checks=[HmacSignature("s3cret", timestamp_header=None)])
    header = {name.lower(): value for name, value in sign_body("s3cret", body).items()}
    assert (await ask(signed, "/data-query", [body], **header))[0]["status"] == 200
    assert (await ask(signed, "/data-query", [body + b" "], **header))[0]["status"] == 401
    by_token = seen.receiver(checks=[BodyToken("token", "t0ken")])
    assert (await ask(by_token, "/data-query", [body]))[0]["status"] == 401
    told = json.dumps(DATA_QUERY | {"token": "t0ken"}).encode()
    assert (await ask(by_token, "/data-query", [told]))[0]["status"] == 200
    assert len(seen.queries) == 2


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({"content_encoding": "gzip"}, 415),
        ({"transfer_encoding": "chunked"}, 400),
        ({"content_length": "70000"}, 413),
        ({"content_length": "many"}, 400),
        ({"content_length": "9" * 5_000}, 413),
        ({"content_type": "application/pdf"}, 415),
    ],
)
async def test_what_is_refused_is_refused_on_the_short_way_too(headers: dict[str, str], status: int) -> None:
    seen = Seen()
    answer = await ask(seen.receiver(), "/data-query", [json.dumps(DATA_QUERY).encode()], **headers)
    assert answer[0]["status"] == status
    assert not seen.queries


async def test_a_body_that_does_not_come_is_answered_in_time() -> None:
    seen = Seen()
    answer = await ask(seen.receiver(deadline=0.05), "/data-query", [], content_length="10")
    assert answer[0]["status"] == 200
    assert json.loads(answer[1]["body"]) == {"found": False, "action": "continue"}


async def test_the_usual_spelling_of_a_password_is_no_other_password() -> None:
    seen = Seen()
    receiver = seen.receiver(checks=[BasicAuth(USER, PASSWORD)])
    right = base64.b64encode(f"{USER}:{PASSWORD}".encode()).decode()
    wrong = base64.b64encode(f"{USER}:{PASSWORD}x".encode()).decode()
    body = [json.dumps(DATA_QUERY).encode()]
    statuses = [
        (await ask(receiver, "/data-query", body, authorization=header))[0]["status"]
        for header in (f"Basic {right}", f"basic  {right}", f"Basic {wrong}", "Basic ", right)
    ]
    assert statuses == [200, 200, 401, 401, 401]
