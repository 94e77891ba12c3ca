"""What ``vipex init minicrm`` asks, and what MiniCRM's support must be told."""

from __future__ import annotations

from collections.abc import Mapping

from vipex_minicrm.catalogue import Modules
from vipex_sdk.crm import Question, Setup

__all__ = ["SETUP", "choices_of"]

SETUP = Setup(
    questions=(
        Question(
            key="system_id",
            hu="MiniCRM rendszerazonosító (a szám a címsorban: r3.minicrm.hu/12345/)",
            en="MiniCRM system id (the number in the address bar: r3.minicrm.hu/12345/)",
        ),
        Question(
            key="base_url", hu="A MiniCRM címe", en="Address of MiniCRM", default="https://r3.minicrm.hu", optional=True
        ),
        Question(
            key="api_key",
            hu="REST API-kulcs (Beállítások, Rendszer; egyszer látható)",
            en="REST API key (Settings, System; it is shown once)",
            secret=True,
        ),
        Question(
            key="voip_key",
            hu="VOIP-kulcs a hívásnaplóhoz (üresen: lezárt teendők)",
            en="VOIP key for the call log (empty: closed to-dos)",
            secret=True,
            optional=True,
        ),
        Question(
            key="new_cards.category",
            hu="Melyik modulba kerüljön az új ügyfél?",
            en="Into which module does a new customer go?",
            new_customers=True,
            choices=True,
        ),
        Question(
            key="new_cards.status",
            hu="Milyen státusszal?",
            en="With which status?",
            new_customers=True,
            choices=True,
        ),
        Question(
            key="new_cards.owner",
            hu="Ki legyen a felelőse?",
            en="Who is responsible?",
            new_customers=True,
            choices=True,
            optional=True,
        ),
    ),
    tell_hu="""\
A MiniCRM ügyfélszolgálatának írja meg:
  - Egyedi VoIP-szolgáltató bekapcsolását kérjük.
  - A hívásnaplót erről a címről küldjük: {address} ({host})
  - A hangfelvételek címsablonja: {recordings}?Rec={{%RefereceId%}}
  - Ha lehet, a Contact és Project webhookok címe: {news}
A MiniCRM-ben minden kolléga profiljába írja be a mellékét; enélkül a hívásnapló nem fogadja el a hívásait.
""",
    tell_en="""\
Tell MiniCRM's support:
  - Please turn on a VoIP provider of our own.
  - The call log is sent from this address: {address} ({host})
  - Address template of recordings: {recordings}?Rec={{%RefereceId%}}
  - If possible, the address for Contact and Project webhooks: {news}
In MiniCRM put every colleague's extension into their profile; without it the call log refuses their calls.
""",
    # The manual of 2025 prints the first three, an older help page the last two (facts/minicrm.md 1.9).
    pulls_from=("195.228.254.37", "195.228.254.43", "195.228.156.188", "195.228.75.210", "195.228.75.211"),
)


def choices_of(modules: Modules, key: str, chosen: Mapping[str, str]) -> Mapping[str, str]:
    """Give what may be answered to *key*."""
    if key == "new_cards.category":
        return modules.names
    if key == "new_cards.owner":
        return modules.users
    schema = modules.schemas.get(chosen.get("new_cards.category", ""))
    return schema.statuses if key == "new_cards.status" and schema is not None else {}
