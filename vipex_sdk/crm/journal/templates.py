"""Templates of titles and texts: plain text with named fields, checked when the settings are read.

A field is ``{name}``; ``{{`` and ``}}`` are braces. There are no expressions, and what a field brings is never read as
a template again. A line that has fields, all of them empty, is left out: "Recording: {recording}" is only there when
there is a recording.
"""

from __future__ import annotations

from collections.abc import Mapping
from string import Formatter

from attrs import field, frozen

from vipex_sdk.crm.journal.words import Language
from vipex_sdk.crm.model import CallOutcome
from vipex_sdk.errors import ConfigError

__all__ = ["FIELDS", "TASK_TEXT", "TEMPLATES", "Template", "fields_of", "render"]

FIELDS: Mapping[str, str] = {
    "number": "the party outside, as people write it",
    "name": "the customer",
    "company": "the customer's company",
    "agent": "the colleague whose record this is: extension and name",
    "extension": "the colleague's extension",
    "called": "the number of ours that was dialled",
    "group": "ring group",
    "queue": "queue",
    "date": "day of the call",
    "time": "time of day, to the minute",
    "start": "day and time",
    "talk": "duration of the conversation; empty when there was none",
    "ring": "how long it rang",
    "reason": "why nobody talked",
    "legs": "the legs of a transferred or picked-up call, one a line",
    "recording": "address of the recording",
    "note": "what the reader should check",
    "call_id": "VIPeX's id of the call",
}
"""Every field a template may name."""


@frozen(kw_only=True)
class Template:
    """Title and text of one kind of call; what is ``None`` stays as it comes with the language."""

    title: str | None = field(default=None)
    text: str | None = field(default=None)


def fields_of(template: str, *, key: str) -> frozenset[str]:
    """Name the fields of *template*.

    Raises:
        ConfigError: unknown field, expression, or unbalanced brace; *key* says which template.
    """
    try:
        parsed = list(Formatter().parse(template))
    except ValueError as error:
        raise ConfigError(
            f"expected a template with balanced braces ({error}); write {{{{ for a brace", key=key
        ) from error
    names = set()
    for _, name, spec, conversion in parsed:
        if name is None:
            continue
        if name not in FIELDS or spec or conversion:
            known = ", ".join(FIELDS)
            raise ConfigError(f"unknown field {{{name}}}; expected one of: {known}", key=key)
        names.add(name)
    return frozenset(names)


def render(template: str, values: Mapping[str, str]) -> str:
    """Fill *template*, line by line, leaving out lines whose fields are all empty."""
    lines = (_line(line, values) for line in template.splitlines())
    return "\n".join(line for line in lines if line is not None)


def _line(line: str, values: Mapping[str, str]) -> str | None:
    parts, filled, has_fields = [], False, False
    for literal, name, _, _ in Formatter().parse(line):
        parts.append(literal)
        if name is not None:
            has_fields = True
            filled = filled or bool(values[name])
            parts.append(values[name])
    if has_fields and not filled:
        return None
    return "".join(parts).rstrip()


_HU_DETAILS = """\
Ügyfél: {name}
Cég: {company}
Hívott szám: {called}
Csoport: {group}
Várakozási sor: {queue}
"""
_EN_DETAILS = """\
Customer: {name}
Company: {company}
Called number: {called}
Group: {group}
Queue: {queue}
"""
_HU_END = "{legs}\nHangfelvétel: {recording}\n{note}"
_EN_END = "{legs}\nRecording: {recording}\n{note}"

_HUNGARIAN = {
    CallOutcome.ANSWERED: Template(
        title="Bejövő hívás: {number} ({talk})",
        text="Bejövő hívás: {number}, {start}\n"
        + _HU_DETAILS
        + "Ügyintéző: {agent}\nBeszélgetés: {talk}\nCsengetés: {ring}\n"
        + _HU_END,
    ),
    CallOutcome.MISSED: Template(
        title="Nem fogadott hívás: {number}",
        text="Nem fogadott hívás: {number}, {start}\n"
        + _HU_DETAILS
        + "Keresett mellék: {agent}\nCsengetés: {ring}\nOk: {reason}\n"
        + _HU_END,
    ),
    CallOutcome.OUTBOUND: Template(
        title="Kimenő hívás: {number} ({talk})",
        text="Kimenő hívás: {number}, {start}\nÜgyfél: {name}\nCég: {company}\n"
        "Ügyintéző: {agent}\nBeszélgetés: {talk}\nCsengetés: {ring}\n" + _HU_END,
    ),
    CallOutcome.OUTBOUND_UNANSWERED: Template(
        title="Sikertelen kimenő hívás: {number}",
        text="Sikertelen kimenő hívás: {number}, {start}\nÜgyfél: {name}\nCég: {company}\n"
        "Ügyintéző: {agent}\nCsengetés: {ring}\nOk: {reason}\n" + _HU_END,
    ),
}
_ENGLISH = {
    CallOutcome.ANSWERED: Template(
        title="Inbound call: {number} ({talk})",
        text="Inbound call: {number}, {start}\n"
        + _EN_DETAILS
        + "Answered by: {agent}\nTalk: {talk}\nRinging: {ring}\n"
        + _EN_END,
    ),
    CallOutcome.MISSED: Template(
        title="Missed call: {number}",
        text="Missed call: {number}, {start}\n"
        + _EN_DETAILS
        + "Rang at: {agent}\nRinging: {ring}\nReason: {reason}\n"
        + _EN_END,
    ),
    CallOutcome.OUTBOUND: Template(
        title="Outbound call: {number} ({talk})",
        text="Outbound call: {number}, {start}\nCustomer: {name}\nCompany: {company}\n"
        "Caller: {agent}\nTalk: {talk}\nRinging: {ring}\n" + _EN_END,
    ),
    CallOutcome.OUTBOUND_UNANSWERED: Template(
        title="Outbound call, not answered: {number}",
        text="Outbound call, not answered: {number}, {start}\nCustomer: {name}\nCompany: {company}\n"
        "Caller: {agent}\nRinging: {ring}\nReason: {reason}\n" + _EN_END,
    ),
}

TEMPLATES: Mapping[Language, Mapping[CallOutcome, Template]] = {Language.HU: _HUNGARIAN, Language.EN: _ENGLISH}
"""What comes with each language; every title and text is there."""

TASK_TEXT: Mapping[Language, str] = {
    Language.HU: "Nem fogadott hívás: {number} ({start}). Kérjük, hívja vissza az ügyfelet.\nÜgyfél: {name}",
    Language.EN: "Missed call: {number} ({start}). Please call the customer back.\nCustomer: {name}",
}
"""Text of the task that a missed call leaves."""
