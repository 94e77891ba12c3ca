"""How a deployment wants its calls written."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from enum import StrEnum
from typing import Any, TypeVar
from zoneinfo import ZoneInfo

from attrs import field, frozen

from vipex_sdk.crm.blocklist import BlockList
from vipex_sdk.crm.journal.templates import TASK_TEXT, TEMPLATES, Template, fields_of
from vipex_sdk.crm.journal.words import Language
from vipex_sdk.crm.model import CallOutcome
from vipex_sdk.errors import ConfigError
from vipex_sdk.numbers import NumberRules

__all__ = ["JournalSettings", "OwnerRule"]

E = TypeVar("E", bound=StrEnum)


class OwnerRule(StrEnum):
    """Whose a transferred call is."""

    LAST = "last"
    FIRST = "first"
    EACH = "each"


def _word(kind: type[E], text: str, *, key: str) -> E:
    try:
        return kind(text)
    except ValueError as error:
        raise ConfigError(f"expected one of: {', '.join(kind)}", key=key) from error


def _language(text: str) -> Language:
    return _word(Language, text, key="language")


def _owner(text: str) -> OwnerRule:
    return _word(OwnerRule, text, key="owner")


def _zone(name: str | ZoneInfo) -> ZoneInfo:
    try:
        return name if isinstance(name, ZoneInfo) else ZoneInfo(name)
    except (KeyError, OSError, ValueError) as error:  # unknown, a folder, or no name of a zone at all
        raise ConfigError('expected the name of a time zone, for example "Europe/Budapest"', key="time_zone") from error


def _budapest() -> ZoneInfo:
    return ZoneInfo("Europe/Budapest")


def _by_outcome(templates: Mapping[CallOutcome | str, Template]) -> dict[CallOutcome, Template]:
    try:
        return {CallOutcome(outcome): template for outcome, template in templates.items()}
    except ValueError as error:
        known = ", ".join(outcome.value for outcome in CallOutcome)
        raise ConfigError(f"expected templates for: {known}", key="templates") from error


@frozen(kw_only=True)
class JournalSettings:
    """How a deployment wants its calls written. Everything is checked when the settings are made.

    Attributes:
        language: ``hu`` or ``en``.
        time_zone: IANA name; times in titles and texts are in it.
        owner: whose a transferred call is: ``last`` who talked with the customer, ``first`` who answered, ``each``.
        templates: titles and texts that replace the language's own, by outcome.
        task_text: replaces the text of the task that a missed call leaves.
        own_numbers: the deployment's own numbers, in any spelling; nobody's customer.
        block: numbers whose calls make no record, in any spelling; ``+3680*`` stands for all that begin so.
        default_owner: CRM user, by id or exact name, for the calls of an extension that no user has.
        names: extension to the colleague's name, for the texts.
        record_anonymous: whether calls with a hidden number become records.
        record_internal: whether calls between colleagues become records.
        missed_task: whether a missed call leaves a task to call back.
        task_due: how long after the call the task is due.
        number_rules: how numbers are written where this deployment lives.

    Raises:
        ConfigError: an unknown word, zone, outcome or template field.
    """

    language: Language = field(default=Language.HU, converter=_language)
    time_zone: ZoneInfo = field(factory=_budapest, converter=_zone)
    owner: OwnerRule = field(default=OwnerRule.LAST, converter=_owner)
    templates: Mapping[CallOutcome, Template] = field(factory=dict, converter=_by_outcome)
    task_text: str | None = None
    own_numbers: tuple[str, ...] = ()
    block: tuple[str, ...] = field(default=(), repr=False)
    default_owner: str = ""
    names: Mapping[str, str] = field(factory=dict, repr=False)
    record_anonymous: bool = False
    record_internal: bool = False
    missed_task: bool = True
    task_due: timedelta = timedelta(hours=4)
    number_rules: NumberRules = field(factory=NumberRules)

    def __attrs_post_init__(self) -> None:
        for outcome, template in self.templates.items():
            for part in ("title", "text"):
                _check(getattr(template, part), key=f"templates.{outcome.value}.{part}")
        _check(self.task_text, key="task_text")

    def template(self, outcome: CallOutcome) -> tuple[str, str]:
        """Give title and text for *outcome*: the deployment's own, else the language's."""
        shipped = TEMPLATES[self.language][outcome]
        own = self.templates.get(outcome, shipped)
        title = shipped.title if own.title is None else own.title
        text = shipped.text if own.text is None else own.text
        return title or "", text or ""

    @property
    def blocked(self) -> BlockList:
        """What :attr:`block` says, to ask."""
        return BlockList.of(self.block, self.number_rules)

    @property
    def task_template(self) -> str:
        """Give the template of a missed call's task."""
        return TASK_TEXT[self.language] if self.task_text is None else self.task_text


def _check(template: Any, *, key: str) -> None:
    if template is not None:
        fields_of(template, key=key)
