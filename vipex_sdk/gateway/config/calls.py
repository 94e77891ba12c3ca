"""``[calls]`` and ``[dialling]``: what becomes of calls, and which may be placed."""

from __future__ import annotations

from typing import Literal, TypeAlias

from attrs import field, frozen

from vipex_sdk.gateway.config.about import about

__all__ = [
    "Ambiguous",
    "BlockedType",
    "CallSettings",
    "DiallingSettings",
    "Owner",
    "UnknownCallers",
    "UnknownCallersAt",
]

Owner: TypeAlias = Literal["last", "first", "each"]
UnknownCallers: TypeAlias = Literal["never", "inbound", "both"]
UnknownCallersAt: TypeAlias = Literal["end", "ring"]
Ambiguous: TypeAlias = Literal["best", "park", "ignore"]
BlockedType: TypeAlias = Literal["premium_rate", "shared_cost", "satellite"]


@frozen(kw_only=True)
class CallSettings:
    """``[calls]``: how calls become records."""

    own_numbers: tuple[str, ...] = field(
        default=(),
        metadata=about(
            en="The company's own numbers; they are nobody's customer.", hu="A cég saját számai; nem ügyfelek."
        ),
    )
    owner_of_transferred: Owner = field(
        default="last",
        metadata=about(
            en="Whose a transferred call is: the last who talked, the first, or a record for each.",
            hu="Kié az átadott hívás: az utolsó beszélőé, az elsőé, vagy mindenkié külön bejegyzéssel.",
        ),
    )
    unknown_callers: UnknownCallers = field(
        default="never",
        metadata=about(
            en="When an unknown number becomes a new customer: never, after inbound calls, or after both directions.",
            hu="Mikor lesz ismeretlen számból új ügyfél: soha, bejövő hívás után, vagy mindkét irány után.",
        ),
    )
    unknown_callers_at: UnknownCallersAt = field(
        default="end",
        metadata=about(
            en="When the new customer is made: at the end of the call, or while it rings, so that the card can pop.",
            hu="Mikor jöjjön létre az új ügyfél: a hívás végén, vagy már csörgéskor, hogy az adatlap megnyílhasson.",
        ),
    )
    unknown_caller_name: str = field(
        default="",
        metadata=about(
            en="Name of a new customer, before the number; empty: `Unknown caller` in the language.",
            hu="Az új ügyfél neve, a telefonszám előtt; üresen: `Ismeretlen hívó` a beállított nyelven.",
        ),
    )
    ambiguous_matches: Ambiguous = field(
        default="best",
        metadata=about(
            en="A number of several customers: the best card with a note, wait for order in the CRM, or leave out.",
            hu="Több ügyfél közös száma: a legjobb adatlap megjegyzéssel, várakozás a rendezésig, vagy kihagyás.",
        ),
    )
    default_owner: str = field(
        default="",
        metadata=about(
            en="CRM user (id or exact name) for calls of extensions that nobody mapped; empty: the card's owner.",
            hu="CRM-felhasználó (azonosító vagy név) a senkihez nem rendelt mellékek hívásaihoz; üresen: a felelős.",
        ),
    )
    missed_task: bool = field(
        default=True,
        metadata=about(
            en="A missed call leaves a task to call back; one a caller, closed when the two have talked.",
            hu="A nem fogadott hívásból visszahívási teendő lesz: hívónként egy, amely a beszélgetéskor lezárul.",
        ),
    )
    missed_task_hours: float = field(
        default=4.0,
        metadata=about(
            en="Within how many hours the task is due.", hu="Hány órán belül esedékes a teendő.", least=0, most=720
        ),
    )
    record_anonymous: bool = field(
        default=False,
        metadata=about(
            en="Whether calls with a hidden number are recorded.", hu="Bekerüljenek-e a rejtett számú hívások."
        ),
    )
    record_internal: bool = field(
        default=False,
        metadata=about(
            en="Whether calls between colleagues are recorded, where the CRM takes calls without a customer.",
            hu="Bekerüljenek-e a kollégák egymás közti hívásai, ha a CRM ügyfél nélküli hívást is fogad.",
        ),
    )
    block: tuple[str, ...] = field(
        default=(),
        metadata=about(
            en="Numbers that are never recorded nor shown; `+3680*` means all that begin so.",
            hu="Számok, amelyek soha nem kerülnek be és nem jelennek meg; a `+3680*` az így kezdődőket jelenti.",
        ),
    )


@frozen(kw_only=True)
class DiallingSettings:
    """``[dialling]``: what the agents' pages and call links may call. Calls cost money."""

    allowed_prefixes: tuple[str, ...] = field(
        default=(),
        metadata=about(
            en="Only numbers that begin with one of these, for example `+36`, are called; empty: all countries.",
            hu="Csak az ezekkel kezdődő számok hívhatók, például `+36`; üresen: minden ország.",
        ),
    )
    blocked_types: tuple[BlockedType, ...] = field(
        default=("premium_rate", "satellite"),
        metadata=about(en="Kinds of numbers that are not called.", hu="Nem hívható számfajták."),
    )
    calls_a_minute: int = field(
        default=10,
        metadata=about(
            en="Most calls of one extension in a minute.",
            hu="Egy mellék legtöbb hívása egy percen belül.",
            least=1,
            most=600,
        ),
    )
    link_from: tuple[str, ...] = field(
        default=(),
        metadata=about(
            en="Web sites such as `https://r3.minicrm.hu` whose call links dial without asking again.",
            hu="Webhelyek, például `https://r3.minicrm.hu`, amelyek hívólinkje újabb kérdés nélkül hív.",
        ),
    )
