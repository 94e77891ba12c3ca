"""A token among the fields: proof only once the body is read, and never kept."""

from typing import Any

import pytest

from tests.webhooks.receiving import CALL_END, DATA_QUERY, Seen, client
from vipex_sdk.errors import BadCredentials
from vipex_sdk.webhooks import AnyOf, BasicAuth, BodyToken, HmacSignature, sign_body, verify_body
from vipex_sdk.webhooks.head import RequestHead


async def _post(seen: Seen, address: str, checks: list[Any], **request: Any) -> int:
    async with client(seen.receiver(checks=checks), auth=None) as http:
        return (await http.post(address, **request)).status_code


@pytest.mark.parametrize("path", ["crm_token", "auth.token"])
async def test_the_right_token_admits_and_is_not_kept(path: str) -> None:
    outer, _, last = path.rpartition(".")
    body = {**CALL_END, **({outer: {last: "k3y-árvíz"}} if outer else {last: "k3y-árvíz"})}
    for request in ({"json": body}, {"data": {**CALL_END, "recording": "R-1", path: "k3y-árvíz"}}):
        seen = Seen()
        assert await _post(seen, "/call-end", [BodyToken(path, "k3y-árvíz")], **request) == 204
        ((call, message),) = seen.calls
        assert "k3y" not in message.body.decode()
        assert "k3y" not in repr(call.extra)


@pytest.mark.parametrize(
    "request_",
    [
        {"json": CALL_END},
        {"json": {**CALL_END, "token": "wrong"}},
        {"json": {**CALL_END, "token": None}},
        {"json": {**CALL_END, "token": ["k3y"]}},
        {"content": b'{"token": "k3y", ', "headers": {"content-type": "application/json"}},
        {"content": b"", "headers": {"content-type": "application/json"}},
    ],
)
async def test_anything_else_does_not(request_: dict[str, Any]) -> None:
    seen = Seen()
    assert await _post(seen, "/call-end", [BodyToken("token", "k3y")], **request_) == 401
    assert not seen.calls
    assert not seen.quarantined


async def test_what_cannot_be_understood_is_kept_without_the_token() -> None:
    seen = Seen()
    body = {"token": "k3y", "event": "call_end", "strange": 1}
    assert await _post(seen, "/call-end", [BodyToken("token", "k3y")], json=body) == 202
    assert b"k3y" not in seen.quarantined[0][0].body


async def test_a_caller_waits_for_nobody_without_the_token() -> None:
    seen = Seen()
    assert await _post(seen, "/data-query", [BodyToken("token", "k3y")], json=DATA_QUERY) == 401
    assert await _post(seen, "/data-query", [BodyToken("token", "k3y")], json={**DATA_QUERY, "token": "k3y"}) == 200
    async with client(seen.receiver(checks=[BodyToken("token", "k3y")]), auth=None) as http:
        assert (await http.get("/data-query", params={**DATA_QUERY, "token": "k3y"})).status_code == 200
        assert (await http.get("/data-query", params=DATA_QUERY)).status_code == 401


async def test_two_tokens_are_live_while_one_is_replaced() -> None:
    checks = [AnyOf(BodyToken("token", "new"), BodyToken("token", "old"))]
    for token, status in (("new", 204), ("old", 204), ("older", 401)):
        assert await _post(Seen(), "/call-end", checks, json={**CALL_END, "token": token}) == status


def test_alternatives_of_different_kinds_are_asked_with_all_they_need() -> None:
    check = AnyOf(BodyToken("token", "k3y"), HmacSignature("s3cret"), BasicAuth("vipex", "pw"))
    nobody = RequestHead()
    signed = RequestHead(
        headers=tuple((name.lower().encode(), value.encode()) for name, value in sign_body("s3cret", b"x").items())
    )
    verify_body([check], nobody, b"x", fields={"token": "k3y"})
    verify_body([check], signed, b"x", fields={})
    with pytest.raises(BadCredentials):
        verify_body([check], signed, b"y", fields={"token": "no"})
    with pytest.raises(BadCredentials):
        verify_body([check], nobody, b"x")
    assert repr(BodyToken("token", "k3y")) == "BodyToken('token', ...)"
