"""The file that describes a CRM, as it is written: classes of plain text, checked and compiled in ``plan.py``."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from typing import Any

from attrs import field, frozen

from vipex_sdk.crm import AudioPath, Idempotency, MatchRule

__all__ = [
    "AnswerSpec",
    "AuthKind",
    "AuthSpec",
    "CardSpec",
    "FindRecordSpec",
    "FindSpec",
    "RecordSpec",
    "RequestSpec",
    "Spec",
    "Then",
]


class AuthKind(StrEnum):
    """How the CRM wants to be told who asks."""

    NONE = "none"
    BASIC = "basic"
    BEARER = "bearer"
    HEADER = "header"


class Then(StrEnum):
    """What an answer of the CRM means."""

    OK = "ok"
    """Understood; for ``check``, ``find`` and ``find_record``."""
    NOBODY = "nobody"
    """Nothing was found; for ``find`` and ``find_record``."""
    STORED = "stored"
    """Written; for ``record`` and ``update``, like the four that follow."""
    ALREADY = "already"
    UNKNOWN_CUSTOMER = "unknown_customer"
    REFUSED = "refused"
    UNKNOWN = "unknown"
    """Perhaps written: looked for before anything is sent again."""
    REAUTH = "reauth"
    """The credential is dead; deliveries pause until it is replaced."""
    FORBIDDEN = "forbidden"
    MISCONFIGURED = "misconfigured"
    RATE_LIMITED = "rate_limited"
    UNAVAILABLE = "unavailable"
    """Certainly nothing was written."""


@frozen(kw_only=True)
class AuthSpec:
    """``[auth]``.

    Attributes:
        kind: which credentials of the settings are sent, and how.
        header: name of the header, for ``kind = "header"``.
    """

    kind: AuthKind = AuthKind.NONE
    header: str = ""


@frozen(kw_only=True)
class AnswerSpec:
    """``[[find.answers]]``: the first rule that fits decides; when none does, the default table.

    Attributes:
        status: ``409``, or a hundred such as ``"4xx"``.
        when: JMESPath over the JSON body that must give something true; empty: always.
        then: what the answer means.
    """

    status: int | str
    when: str = ""
    then: Then


@frozen(kw_only=True)
class RequestSpec:
    """One request: ``[check]``, and what all operations share.

    Attributes:
        method: HTTP method.
        path: after the base address; placeholders are percent-encoded.
        query: search parameters.
        json: JSON body, as a table.
        form: form body, as a table; not together with *json*.
        headers: further headers.
        answers: rules for answers that the default table reads wrongly.
    """

    path: str
    method: str = "GET"
    query: Mapping[str, Any] = field(factory=dict)
    json: Mapping[str, Any] = field(factory=dict)
    form: Mapping[str, Any] = field(factory=dict)
    headers: Mapping[str, str] = field(factory=dict)
    answers: tuple[AnswerSpec, ...] = ()


@frozen(kw_only=True)
class CardSpec:
    """``[find.card]``: where a row of the answer keeps what; every value is JMESPath over one row.

    Attributes:
        contact: id of the person or company.
        name: name of the person or company.
        kind: gives ``person`` or ``company``; empty: all are persons.
        card: id of what calls are recorded at; empty: the contact itself.
        company: name of a person's company.
        numbers: telephone numbers, as a text or a list of texts.
        owner: id of the colleague responsible.
        owner_name: that colleague's name.
        is_open: whether the card is still being worked on; empty: all are.
        url: address of the card in the CRM's pages.
        updated_at: last change, ISO 8601 or seconds since 1970.
        deleted: whether it is in the bin; empty: none is.
    """

    contact: str
    name: str
    kind: str = ""
    card: str = ""
    company: str = ""
    numbers: str = ""
    owner: str = ""
    owner_name: str = ""
    is_open: str = ""
    url: str = ""
    updated_at: str = ""
    deleted: str = ""


@frozen(kw_only=True)
class FindSpec(RequestSpec):
    """``[find]``: the customers with a number.

    Attributes:
        rows: JMESPath to the list of customers; ``@`` is the whole body.
    """

    rows: str
    card: CardSpec


@frozen(kw_only=True)
class RecordSpec(RequestSpec):
    """``[record]`` and ``[update]``: write a call.

    Attributes:
        ref: JMESPath to the id of the written entry; empty when the CRM gives none back.
    """

    method: str = "POST"
    ref: str = ""


@frozen(kw_only=True)
class FindRecordSpec(RequestSpec):
    """``[find_record]``: was this call written?

    Attributes:
        rows: JMESPath to the list of entries.
        ref: JMESPath, in a row, to its id.
        marker_in: JMESPath, in a row, to a text; only a row whose text is the call's key, or holds its marker, counts.
    """

    rows: str
    ref: str
    marker_in: str = ""


@frozen(kw_only=True)
class Spec:
    """A CRM.

    Attributes:
        title: for people.
        match: how the CRM compares telephone numbers.
        idempotency: what protects a call from being written twice.
        audio: ``link`` when the spec sends ``{recording.url}``, else ``none``.
        needs_card: whether a call can only be recorded at a customer.
        requests_per_minute: the CRM's limit; absent when it has none.
        time_zone: zone of the CRM's own times, and of the filter ``date``.
        words: tables of words for the filter ``word``.
    """

    title: str
    match: MatchRule = MatchRule.EXACT
    idempotency: Idempotency = Idempotency.NONE
    audio: AudioPath = AudioPath.NONE
    needs_card: bool = True
    requests_per_minute: int | None = None
    time_zone: str = "UTC"
    auth: AuthSpec = field(factory=AuthSpec)
    words: Mapping[str, Mapping[str, Any]] = field(factory=dict)
    check: RequestSpec
    find: FindSpec
    record: RecordSpec
    find_record: FindRecordSpec | None = None
    update: RecordSpec | None = None
