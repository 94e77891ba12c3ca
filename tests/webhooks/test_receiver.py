"""The contract of status codes, hook by hook (facts/reliability.md 2.1)."""

import asyncio
import json
import logging
from typing import Any

import pytest
from starlette.applications import Starlette
from starlette.routing import Mount

from tests.webhooks.receiving import CALL_END, CONTINUE, DATA_QUERY, INCOMING_CALL, PASSWORD, USER, Seen, client, post
from vipex_sdk.errors import ConfigError, StoreUnavailable
from vipex_sdk.webhooks import (
    AnyOf,
    BasicAuth,
    Decision,
    HmacSignature,
    Hook,
    Outcome,
    PathSecret,
    QueryToken,
    Receiver,
    parse,
    sign_body,
)
from vipex_sdk.wire.profile import default_profile

SECRET_TEXT = "Kiss Anna +36300000001"


async def test_an_end_of_call_succeeds_when_its_hook_has_returned() -> None:
    seen = Seen()
    answer = await post(seen.receiver(), "/call-end", json=CALL_END)
    assert (answer.status_code, answer.content) == (204, b"")
    ((call, message),) = seen.calls
    assert (call.call_id, call.recording and call.recording.code) == (CALL_END["call_id"], "R-5f1c9b7e")
    assert message.hook is Hook.CALL_END
    assert json.loads(message.body) == CALL_END
    assert message.received_at.utcoffset() is not None
    assert parse(message, default_profile()) == call


async def test_what_cannot_be_made_durable_is_asked_for_again() -> None:
    seen = Seen(error=StoreUnavailable("disk full"))
    answer = await post(seen.receiver(), "/call-end", json=CALL_END)
    assert answer.status_code == 503
    assert int(answer.headers["retry-after"]) > 0
    assert seen.outcomes == [(Hook.CALL_END, Outcome.UNAVAILABLE)]


async def test_what_takes_too_long_to_become_durable_is_asked_for_again() -> None:
    release = asyncio.Event()

    async def slow(*_: object) -> None:
        await release.wait()
        raise RuntimeError(SECRET_TEXT)

    receiver = Seen().receiver(on_call_end=slow, store_deadline=0.05)
    assert (await post(receiver, "/call-end", json=CALL_END)).status_code == 503
    release.set()
    await receiver.drain()


async def test_our_own_mistake_is_never_a_success(caplog: pytest.LogCaptureFixture) -> None:
    seen = Seen(error=RuntimeError(SECRET_TEXT))
    answer = await post(seen.receiver(), "/call-end", json=CALL_END)
    assert (answer.status_code, answer.text.strip()) == (500, "internal error")
    assert SECRET_TEXT not in caplog.text
    assert seen.outcomes == [(Hook.CALL_END, Outcome.FAILED)]


async def test_authenticated_nonsense_is_kept_and_acknowledged() -> None:
    seen = Seen()
    answer = await post(seen.receiver(), "/call-end", json={"event": "call_end", "call_id": "c1"})
    assert answer.status_code == 202
    ((message, error),) = seen.quarantined
    assert message.body == b'{"event":"call_end","call_id":"c1"}'
    assert "$.started_at" in str(error)
    assert not seen.calls


async def test_nonsense_that_cannot_be_kept_is_asked_for_again_or_an_error() -> None:
    for error, status in ((StoreUnavailable("locked"), 503), (RuntimeError(), 500)):
        assert (await post(Seen(error=error).receiver(), "/call-end", json=[])).status_code == status


async def test_nonsense_without_a_place_to_keep_it_is_no_success() -> None:
    seen = Seen()
    receiver = seen.receiver(on_quarantine=None)
    assert (await post(receiver, "/call-end", json=[])).status_code == 400
    assert (await post(receiver, "/data-query", json=[])).json() == CONTINUE


@pytest.mark.parametrize(
    ("address", "body", "status", "kind"),
    [
        ("/incoming-call", CALL_END, 204, Hook.CALL_END),
        ("/data-query", CALL_END, 204, Hook.CALL_END),
        ("/call-end", DATA_QUERY, 200, Hook.DATA_QUERY),
        ("/call-end", {**INCOMING_CALL, "event": " INCOMING_CALL "}, 204, Hook.INCOMING_CALL),
        ("/incoming-call", {k: v for k, v in CALL_END.items() if k != "event"}, 204, Hook.CALL_END),
        ("/call-end", {"call_id": "c1", "phase": "ringing"}, 204, Hook.INCOMING_CALL),
        ("/incoming-call", {"call_id": "c1", "dtmf": "4711"}, 200, Hook.DATA_QUERY),
    ],
)
async def test_an_event_at_the_wrong_address_is_handled_as_what_it_is(
    address: str, body: dict[str, Any], status: int, kind: Hook, caplog: pytest.LogCaptureFixture
) -> None:
    seen = Seen(decision=Decision.proceed())
    answer = await post(seen.receiver(), address, json=body)
    assert answer.status_code == status
    assert [(kind, Outcome.ACCEPTED)] == seen.outcomes[1:]
    assert seen.outcomes[0][1] is Outcome.MISDIRECTED
    assert f"a {kind.value} came to the address for" in caplog.text
    counts = {Hook.DATA_QUERY: seen.queries, Hook.INCOMING_CALL: seen.pops, Hook.CALL_END: seen.calls}
    assert {hook for hook, events in counts.items() if events} == {kind}


@pytest.mark.parametrize("body", [DATA_QUERY, INCOMING_CALL, CALL_END])
async def test_one_address_takes_all_events(body: dict[str, Any]) -> None:
    for sent in (body, {**body, "event": None, "phase": "ringing"} if body is INCOMING_CALL else body):
        seen = Seen(decision=Decision.proceed())
        assert (await post(seen.receiver(), "/events", json=sent)).is_success
        assert seen.outcomes == [(Hook(str(body["event"])), Outcome.ACCEPTED)]


async def test_an_event_nobody_can_tell_is_kept() -> None:
    seen = Seen()
    answer = await post(seen.receiver(), "/events", json={"call_id": "c1", "event": "voicemail_left"})
    assert answer.status_code == 202
    assert len(seen.quarantined) == 1


async def test_strangers_are_refused_alike_and_nothing_is_read() -> None:
    seen = Seen()
    receiver = seen.receiver()

    async def unreadable() -> Any:
        raise AssertionError("the body was read")

    bodies = set()
    for path in ("/data-query", "/incoming-call", "/call-end", "/events", "/nowhere"):
        async with client(receiver, auth=None) as http:
            answer = await http.post(path, content=b"x" * 10)
        assert answer.status_code == 401
        assert answer.headers["www-authenticate"] == 'Basic realm="vipex", charset="UTF-8"'
        bodies.add(answer.content)
        sent: list[Any] = []

        async def send(message: Any, sent: list[Any] = sent) -> None:
            sent.append(message)

        scope = {"type": "http", "method": "POST", "path": path, "headers": [], "query_string": b""}
        await receiver(scope, unreadable, send)
        assert sent[0]["status"] == 401
    assert len(bodies) == 1
    assert {outcome for _, outcome in seen.outcomes} == {Outcome.REFUSED}
    assert not seen.quarantined


async def test_guessing_does_not_fill_the_log(caplog: pytest.LogCaptureFixture) -> None:
    receiver = Seen().receiver()
    async with client(receiver, auth=(USER, "wrong")) as http:
        for _ in range(5):
            await http.post("/call-end", json=CALL_END)
    assert len([record for record in caplog.records if "bad credentials" in record.message]) == 1


@pytest.mark.parametrize(
    ("request_", "status"),
    [
        ({"content": b"x", "headers": {"content-type": "text/plain"}}, 415),
        ({"content": b"<a/>", "headers": {"content-type": "application/xml"}}, 415),
        ({"json": CALL_END, "headers": {"content-encoding": "gzip"}}, 415),
        ({"json": CALL_END, "headers": {"content-encoding": "identity"}}, 204),
        ({"json": CALL_END, "headers": {"content-type": "application/vnd.x+json; charset=utf-8"}}, 204),
        ({"content": json.dumps(CALL_END).encode()}, 204),
        ({"content": b"{}", "headers": {"content-type": "application/json", "content-length": "many"}}, 400),
        ({"content": b"{}", "headers": {"content-type": "application/json", "content-length": "-1"}}, 400),
        ({"content": b"{}", "headers": {"content-type": "application/json", "content-length": "999999999999"}}, 413),
        ({"content": b"{}", "headers": {"content-length": "2", "transfer-encoding": "chunked"}}, 400),
    ],
)
async def test_what_is_refused_before_the_body_is_read(request_: dict[str, Any], status: int) -> None:
    seen = Seen()
    assert (await post(seen.receiver(), "/call-end", **request_)).status_code == status
    assert not seen.quarantined


async def test_a_long_body_without_a_length_is_cut() -> None:
    async def chunks() -> Any:
        for _ in range(100):
            yield b"x" * 1024

    answer = await post(
        Seen().receiver(), "/incoming-call", content=chunks(), headers={"content-type": "application/json"}
    )
    assert answer.status_code == 413


@pytest.mark.parametrize(("method", "path", "status"), [("GET", "/call-end", 405), ("PUT", "/data-query", 405)])
async def test_other_methods_are_refused(method: str, path: str, status: int) -> None:
    async with client(Seen().receiver()) as http:
        assert (await http.request(method, path)).status_code == status
        assert (await http.post("/somewhere")).status_code == 404


async def test_a_sender_that_went_away_gets_no_answer() -> None:
    sent: list[Any] = []

    async def gone() -> Any:
        return {"type": "http.disconnect"}

    async def send(message: Any) -> None:
        sent.append(message)

    scope = {"type": "http", "method": "POST", "path": "/call-end", "headers": [], "query_string": b""}
    await Seen().receiver(checks=[], allow_unauthenticated=True)(scope, gone, send)
    assert sent == []


async def test_a_receiver_that_lets_everybody_in_must_be_asked_for() -> None:
    seen = Seen()
    with pytest.raises(ConfigError, match="checks"):
        seen.receiver(checks=[])
    receiver = seen.receiver(checks=[], allow_unauthenticated=True)
    async with client(receiver, auth=None) as http:
        assert (await http.post("/call-end", json=CALL_END)).status_code == 204


async def test_a_receiver_without_hooks_is_no_receiver() -> None:
    with pytest.raises(ConfigError, match="on_data_query"):
        Receiver(checks=[BasicAuth(USER, PASSWORD)])


async def test_hooks_may_be_left_out_but_no_ended_call_is_swallowed() -> None:
    receiver = Seen().receiver(on_call_end=None, on_data_query=None, on_incoming_call=Seen().on_incoming_call)
    assert (await post(receiver, "/data-query", json=DATA_QUERY)).json() == CONTINUE
    assert (await post(receiver, "/call-end", json=CALL_END)).status_code == 404
    quiet = Seen().receiver(on_incoming_call=None)
    assert (await post(quiet, "/incoming-call", json=INCOMING_CALL)).status_code == 204


async def test_a_receiver_works_below_a_mount_without_start_up() -> None:
    seen = Seen()
    app = Starlette(routes=[Mount("/vipex", app=seen.receiver())])
    assert (await post(app, "/vipex/call-end", json=CALL_END)).status_code == 204  # type: ignore[arg-type]
    assert (await post(app, "/vipex/call-end/", json=CALL_END)).status_code == 204  # type: ignore[arg-type]


async def test_a_secret_path_segment_stands_before_the_address() -> None:
    seen = Seen()
    receiver = seen.receiver(checks=[BasicAuth(USER, PASSWORD), AnyOf(PathSecret("s3gment"), PathSecret("next"))])
    assert (await post(receiver, "/s3gment/call-end", json=CALL_END)).status_code == 204
    assert (await post(receiver, "/next/call-end", json=CALL_END)).status_code == 204
    assert (await post(receiver, "/call-end", json=CALL_END)).status_code == 401


async def test_a_token_in_the_query_is_not_kept() -> None:
    seen = Seen()
    receiver = seen.receiver(checks=[AnyOf(QueryToken("key", "t0ken"), QueryToken("k%y", "t1ken"))], on_data_query=None)
    async with client(receiver, auth=None) as http:
        await http.get("/data-query?key=t0ken&caller=x&k%25y=other")
    ((message, _),) = seen.quarantined
    assert message.body == b"caller=x"


async def test_a_signed_body_is_checked_as_it_came() -> None:
    seen = Seen()
    receiver = seen.receiver(checks=[HmacSignature("k3y", timestamp_header="X-Time")])
    body = json.dumps(CALL_END, indent=1).encode()
    headers = {"content-type": "application/json"}
    async with client(receiver, auth=None) as http:
        signed = headers | sign_body("k3y", body, timestamp_header="X-Time")
        assert (await http.post("/call-end", content=body, headers=signed)).status_code == 204
        assert (await http.post("/call-end", content=body + b" ", headers=signed)).status_code == 401
        assert (await http.post("/call-end", content=body, headers=headers)).status_code == 401
        old = headers | sign_body("k3y", body, timestamp_header="X-Time", clock=lambda: 1.0)
        stale = await http.post("/call-end", content=body, headers=old)
    assert (stale.status_code, stale.headers["x-vipex-reason"]) == (401, "clock-skew")
    assert len(seen.calls) == 1


async def test_answers_follow_the_profile() -> None:
    from attrs import evolve

    profile = default_profile()
    webhooks = profile.webhooks
    profile = evolve(
        profile,
        webhooks=evolve(
            webhooks,
            call_end=evolve(webhooks.call_end, success_status=200, success_body="OK"),
            answer=evolve(webhooks.answer, style="text", not_found_status=404),
        ),
    )
    seen = Seen(decision=Decision.to_extension("101"))
    receiver = seen.receiver(profile=profile)
    answer = await post(receiver, "/call-end", json=CALL_END)
    assert (answer.status_code, answer.text) == (200, "OK")
    answer = await post(receiver, "/data-query", json=DATA_QUERY)
    assert (answer.status_code, answer.text) == (200, "101")
    seen.decision = None
    answer = await post(receiver, "/data-query", json=DATA_QUERY)
    assert (answer.status_code, answer.text) == (404, "")


async def test_simultaneous_messages_do_not_disturb_each_other() -> None:
    seen = Seen()
    async with client(seen.receiver()) as http:
        answers = await asyncio.gather(*(http.post("/call-end", json=CALL_END) for _ in range(50)))
    assert {answer.status_code for answer in answers} == {204}
    assert len(seen.calls) == 50


async def test_no_representation_shows_a_secret(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    seen = Seen()
    receiver = seen.receiver()
    await post(receiver, "/call-end", json=CALL_END)
    ((call, message),) = seen.calls
    shown = repr(receiver) + repr(message) + repr(call) + caplog.text
    for secret in (PASSWORD, "36300000001", "R-5f1c9b7e"):
        assert secret not in shown


async def test_lifespan_and_websockets_are_answered_politely() -> None:
    receiver = Seen().receiver()
    sent: list[str] = []
    events = iter([{"type": "lifespan.startup"}, {"type": "lifespan.shutdown"}])

    async def receive() -> Any:
        return next(events)

    async def send(message: Any) -> None:
        sent.append(message["type"])

    await receiver({"type": "lifespan"}, receive, send)
    await receiver({"type": "websocket", "path": "/", "headers": []}, receive, send)
    assert sent == ["lifespan.startup.complete", "lifespan.shutdown.complete", "websocket.close"]
