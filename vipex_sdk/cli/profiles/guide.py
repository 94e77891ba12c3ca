"""The printed list of the recorder: where it listens, and which six calls to make."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal

__all__ = ["Language", "guide"]

Language = Literal["en", "hu"]

_EN = """\
Enter these addresses in the portal of the exchange, then make six calls from the list.

{addresses}

  1. Answered: call in from a mobile telephone, answer, talk ten seconds, hang up.
  2. Missed: call in and let it ring until it stops; nobody answers.
  3. Outbound: call a mobile telephone from an extension, talk ten seconds.
  4. Blind transfer: answer, then pass the call on to a colleague without a word.
  5. Attended transfer: answer, ask a colleague first, then pass the call on.
  6. Pick-up: let one extension ring, and take the call from another.

Note for each call who called whom, and when. Then Ctrl+C, and:  vipex profile check PROFILE.toml {folder}
"""

_HU = """\
Írja be ezeket a címeket a központ portálján, azután kezdeményezze a lista hat hívását.

{addresses}

  1. Fogadott: hívja a céget mobilról, vegye fel, beszéljen tíz másodpercet, tegye le.
  2. Nem fogadott: hívja a céget, és hagyja kicsörögni; senki nem veszi fel.
  3. Kimenő: hívjon mellékről egy mobilt, beszéljen tíz másodpercet.
  4. Átkapcsolás: vegye fel, majd szó nélkül kapcsolja át egy kollégához.
  5. Bejelentett átkapcsolás: vegye fel, kérdezze meg a kollégát, azután kapcsolja át.
  6. Átvétel: csörögjön az egyik mellék, és a hívást egy másikról vegye át.

Jegyezze fel minden híváshoz, ki kit hívott és mikor. Azután Ctrl+C, majd:  vipex profile check PROFIL.toml {folder}
"""

_NAMES = {
    "en": {
        "data_query": "data query",
        "incoming_call": "incoming call",
        "call_end": "end of call",
        "recording_upload": "recording, if apart",
    },
    "hu": {
        "data_query": "adatlekérdezés",
        "incoming_call": "bejövő hívás értesítő",
        "call_end": "hívás végi adatküldés",
        "recording_upload": "felvétel, ha külön jön",
    },
}


def guide(language: Language, addresses: Mapping[str, str], folder: str) -> str:
    """Write the list with the *addresses* to enter."""
    rows = (f"  {_NAMES[language][name]:<24}{address}" for name, address in addresses.items())
    return (_EN if language == "en" else _HU).format(addresses="\n".join(rows), folder=folder)
