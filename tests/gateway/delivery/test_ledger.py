"""What to do about a record, decided from the ledger alone."""

from __future__ import annotations

from datetime import timedelta

import pytest
from attrs import evolve
from hypothesis import given
from hypothesis import strategies as st

from tests.gateway.calls import STARTED, a_call
from tests.gateway.crm import PlainCrm, a_card
from vipex_sdk.crm.model import CallOutcome, CallRecord, Idempotency, RecordingLink, Ref
from vipex_sdk.gateway.delivery.ledger import Entry, Step, digest_of, heirs, lasting, next_step
from vipex_sdk.numbers import PhoneNumber
from vipex_sdk.webhooks.events import Direction

REF = Ref("entry", "1")
NEW = Entry(key="k")
SENT = Entry(key="k", revision=1, intent="a")
KEPT = Entry(key="k", revision=1, digest="a", ref=REF)
KEPT_WITHOUT_REF = Entry(key="k", revision=1, digest="a")
UPDATING = Entry(key="k", revision=2, digest="a", intent="b", ref=REF)
WITHDRAWN = Entry(key="k", revision=1)


@pytest.mark.parametrize(
    ("wanted", "entry", "idempotency", "can_update", "can_look", "step"),
    [
        ("a", NEW, Idempotency.NONE, True, False, Step.SEND),
        ("a", WITHDRAWN, Idempotency.NONE, True, False, Step.SEND),
        ("a", KEPT, Idempotency.NONE, True, False, Step.DONE),
        ("b", KEPT, Idempotency.NONE, True, False, Step.SEND),
        ("b", KEPT, Idempotency.NONE, False, False, Step.CANNOT_UPDATE),
        ("b", KEPT_WITHOUT_REF, Idempotency.NONE, True, False, Step.CANNOT_UPDATE),
        ("a", SENT, Idempotency.NATIVE, True, False, Step.SEND),
        ("a", SENT, Idempotency.FINDABLE, True, True, Step.LOOK_FIRST),
        ("a", SENT, Idempotency.FINDABLE, True, False, Step.SEND_MAYBE_AGAIN),
        ("a", SENT, Idempotency.NONE, True, False, Step.SEND_MAYBE_AGAIN),
        ("b", UPDATING, Idempotency.NONE, True, False, Step.SEND),
        ("b", UPDATING, Idempotency.FINDABLE, True, True, Step.SEND),
    ],
)
def test_next_step(
    wanted: str, entry: Entry, idempotency: Idempotency, *, can_update: bool, can_look: bool, step: Step
) -> None:
    manifest = evolve(PlainCrm().manifest, idempotency=idempotency, can_update=can_update)
    assert next_step(wanted, entry, manifest, can_look=can_look) is step


def a_record(**changes: object) -> CallRecord:
    record = CallRecord(
        key="k",
        revision=1,
        call_id="c-1",
        direction=Direction.INBOUND,
        outcome=CallOutcome.ANSWERED,
        number=PhoneNumber.parse("+36300000001"),
        started_at=STARTED,
        ended_at=STARTED + timedelta(seconds=60),
        talk_seconds=55,
        title="A call",
        text="A call of 55 s",
        card=a_card(),
    )
    return evolve(record, **changes)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    "change",
    [
        {"title": "Another"},
        {"text": "Another"},
        {"talk_seconds": 56},
        {"started_at": STARTED + timedelta(seconds=1)},
        {"outcome": CallOutcome.MISSED},
        {"owner": Ref("user", "2")},
        {"extension": "102"},
        {"recording": RecordingLink(key="r")},
    ],
)
def test_what_a_reader_sees_changes_the_digest(change: dict[str, object]) -> None:
    assert digest_of(a_record(**change)) != digest_of(a_record())


@pytest.mark.parametrize("change", [{"revision": 2}, {"card": None}, {"legs": a_call().legs}, {"values": {"a": "b"}}])
def test_what_a_reader_does_not_see_does_not(change: dict[str, object]) -> None:
    assert digest_of(a_record(**change)) == digest_of(a_record())


def test_an_address_that_expires_is_replaced_by_the_key() -> None:
    given = RecordingLink(key="r", url="https://example.hu/r?expires=1", mp3_url="https://example.hu/r.mp3?expires=1")
    assert lasting(given) == RecordingLink(key="r", url="r")
    assert lasting(None) is None


@given(st.sets(st.sampled_from("abcdef")), st.sets(st.sampled_from("abcdef")))
def test_heirs_take_only_what_nobody_claims(wanted: set[str], kept: set[str]) -> None:
    known = {key: Entry(key=key, revision=1, digest="d", ref=REF) for key in sorted(kept)}
    names = heirs(sorted(wanted), known)
    assert set(names) <= kept - wanted
    assert set(names.values()) <= wanted - kept
    assert len(names) == min(len(kept - wanted), len(wanted - kept))


def test_an_entry_in_doubt_is_nobodys_heirloom() -> None:
    assert heirs(["b"], {"a": Entry(key="a", revision=1, digest="d", intent="e", ref=REF)}) == {}
    assert heirs(["b"], {"a": Entry(key="a", revision=1)}) == {}
