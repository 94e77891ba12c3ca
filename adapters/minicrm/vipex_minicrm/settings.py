"""The table ``[crm.minicrm]`` of the configuration.

What ``facts/minicrm.md`` tags as inferred is a setting here, with the safest reading as its default.
"""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from ipaddress import ip_address
from typing import Any
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from attrs import Attribute, field, frozen

from vipex_sdk.errors import ConfigError

__all__ = ["MainContact", "MiniCrmSettings", "NewCards", "NumberStyle", "PhoneSearch", "Recorder", "TodoClose"]


class Recorder(StrEnum):
    """How a call reaches the card's history."""

    AUTO = "auto"
    """``calllog`` when a VOIP key is set, else ``todo``."""
    CALLLOG = "calllog"
    TODO = "todo"
    BOTH = "both"
    NONE = "none"


class PhoneSearch(StrEnum):
    """One way to ask MiniCRM for a telephone number; each costs one of the 60 requests a minute."""

    QUERY = "query"
    """Full text with the last digits: what MiniCRM recommends."""
    E164 = "e164"
    """``Phone=+36...``"""
    NATIONAL = "national"
    """``Phone=06...``"""


class MainContact(StrEnum):
    """Whom MiniCRM means by a card's ``MainContactId``: documented only by examples (``facts/minicrm.md`` 3.1)."""

    COMPANY = "company"
    """The company where there is one: one request finds a person's cards and the company's."""
    PERSON = "person"
    """Always the person: a second request for people of companies."""


class NumberStyle(StrEnum):
    """How a number is written in a CallLog entry."""

    E164 = "e164"
    NATIONAL = "national"
    STORED = "stored"
    """As it stands at the customer, for tenants whose CallLog does not find other spellings."""


class TodoClose(StrEnum):
    """Which method closes a to-do."""

    POST = "post"
    """Keeps the time of the call; falls back to PUT where the tenant refuses it."""
    PUT = "put"


@frozen(kw_only=True)
class NewCards:
    """What an unknown caller's new card gets. Checked against MiniCRM's schema by ``check()``.

    Attributes:
        category: id of the module the card is created in.
        status: id or exact name of its first status.
        owner: id or exact name of the user responsible; MiniCRM silently picks anybody when it is wrong, so we refuse.
        fields: further fields that the module requires, by their names in MiniCRM.
    """

    category: str
    status: str
    owner: str = ""
    fields: Mapping[str, str] = field(factory=dict)


def _web_address(_instance: object, attribute: Attribute[str], value: str) -> None:
    parts = urlsplit(value)
    if parts.scheme not in {"http", "https"} or not parts.hostname:
        raise ConfigError("expected an address such as https://r3.minicrm.hu", key=attribute.name)
    if parts.username or parts.password or parts.query:
        raise ConfigError("expected no credentials and no query in the address", key=attribute.name)
    if parts.scheme == "http" and not _is_loopback(parts.hostname):
        raise ConfigError("expected https: the keys are sent with every request", key=attribute.name)


def _is_loopback(host: str) -> bool:
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def _filled(_instance: object, attribute: Attribute[str], value: str) -> None:
    if not value.strip():
        raise ConfigError("expected a value", key=attribute.name)


def _zone(_instance: object, attribute: Attribute[str], value: str) -> None:
    try:
        ZoneInfo(value)
    except (ZoneInfoNotFoundError, ValueError) as error:
        raise ConfigError("expected a zone such as Europe/Budapest", key=attribute.name) from error


def _card_template(_instance: object, attribute: Attribute[str], value: str) -> None:
    try:
        value.format(base="", system_id="", category="", id="")
    except (KeyError, IndexError, ValueError) as error:
        expected = "expected only {base}, {system_id}, {category} and {id} in braces"
        raise ConfigError(expected, key=attribute.name) from error


def _positive(_instance: object, attribute: Attribute[Any], value: float) -> None:
    if value <= 0:
        raise ConfigError("expected a number above 0", key=attribute.name)


def _searches(_instance: object, attribute: Attribute[tuple[PhoneSearch, ...]], value: tuple[PhoneSearch, ...]) -> None:
    if not value:
        raise ConfigError("expected at least one of query, e164, national", key=attribute.name)


@frozen(kw_only=True)
class MiniCrmSettings:
    """Everything the adapter can be told.

    Attributes:
        system_id: the number after the host in MiniCRM's address bar.
        api_key: REST key; made by an administrator, needs the paid REST add-on.
        base_url: ``https://r3.minicrm.hu``, or ``.io`` abroad.
        voip_key: VOIP key for the CallLog; empty when MiniCRM has not enabled it for you.
        time_zone: the zone of MiniCRM's times.
        categories: module ids, best first; empty means all.
        main_contact: whom MiniCRM means by ``MainContactId``.
        phone_search: what to ask for a number, in this order, until a contact is verified.
        recorder: how calls are written.
        calllog_number: how numbers are written in the CallLog.
        calllog_extension: extension for calls that rang nobody; must be in some user's MiniCRM profile.
        calllog_basic: also send HTTP Basic to the CallLog, as MiniCRM's samples do.
        calllog_batch: most calls in one request to the CallLog; 1 sends each by itself.
        todo_type: id of the to-do type for calls; empty for none.
        todo_close: how the to-do of a finished call is closed.
        task_type: id of the to-do type for "call back" tasks; empty for none.
        new_cards: what unknown callers' cards get; without it none can be created.
        card_url: address of a card for a browser.
        requests_per_minute: what MiniCRM allows under ``/Api/R3``; all processes of a deployment share it.
        connect_timeout: seconds.
        read_timeout: seconds between two pieces of an answer.
        total_timeout: seconds for a whole exchange.
        max_answer_bytes: a longer answer is refused.
    """

    system_id: str = field(validator=_filled)
    api_key: str = field(repr=False, validator=_filled)
    base_url: str = field(default="https://r3.minicrm.hu", validator=_web_address)
    voip_key: str = field(default="", repr=False)
    time_zone: str = field(default="Europe/Budapest", validator=_zone)
    categories: tuple[str, ...] = ()
    main_contact: MainContact = MainContact.COMPANY
    phone_search: tuple[PhoneSearch, ...] = field(default=(PhoneSearch.QUERY,), validator=_searches)
    recorder: Recorder = field(default=Recorder.AUTO)
    calllog_number: NumberStyle = NumberStyle.E164
    calllog_extension: str = ""
    calllog_basic: bool = False
    calllog_batch: int = field(default=20, validator=_positive)
    todo_type: str = ""
    todo_close: TodoClose = TodoClose.POST
    task_type: str = ""
    new_cards: NewCards | None = None
    card_url: str = field(default="{base}/{system_id}/#Project-{category}/{id}", validator=_card_template)
    requests_per_minute: int = field(default=60, validator=_positive)
    connect_timeout: float = field(default=3.0, validator=_positive)
    read_timeout: float = field(default=10.0, validator=_positive)
    total_timeout: float = field(default=20.0, validator=_positive)
    max_answer_bytes: int = field(default=8 * 1024 * 1024, validator=_positive)

    @recorder.validator
    def _key_for_calllog(self, _attribute: Attribute[Recorder], value: Recorder) -> None:
        if value in {Recorder.CALLLOG, Recorder.BOTH} and not self.voip_key:
            raise ConfigError(f'expected a VOIP key, because recorder = "{value.value}" needs one', key="voip_key")

    @property
    def base(self) -> str:
        """The base address without a slash at its end."""
        return self.base_url.rstrip("/")

    @property
    def zone(self) -> ZoneInfo:
        """The zone of MiniCRM's times."""
        return ZoneInfo(self.time_zone)

    @property
    def recorders(self) -> frozenset[Recorder]:
        """The recorders in use: some of ``CALLLOG`` and ``TODO``."""
        if self.recorder is Recorder.AUTO:
            return frozenset({Recorder.CALLLOG if self.voip_key else Recorder.TODO})
        if self.recorder is Recorder.BOTH:
            return frozenset({Recorder.CALLLOG, Recorder.TODO})
        return frozenset({self.recorder} - {Recorder.NONE})
