"""What pages say, in Hungarian and English; a test holds the two lists equal."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

__all__ = ["LANGUAGES", "texts"]

_TEXTS: Mapping[str, tuple[str, str]] = {
    "title_desk": ("Hívások", "Calls"),
    "title_dashboard": ("Áttekintés", "Overview"),
    "extension": ("Mellék", "Extension"),
    "connecting": ("Kapcsolódás…", "Connecting…"),
    "connected": ("Kapcsolódva", "Connected"),
    "disconnected": ("Nincs kapcsolat, újrapróbálkozás…", "Disconnected, trying again…"),
    "now": ("Most", "Now"),
    "quiet": (
        "Nincs hívás. Bejövő híváskor itt jelenik meg az ügyfél.",
        "No call. When somebody calls, the customer appears here.",
    ),
    "recent": ("Legutóbbi hívások", "Recent calls"),
    "recent_none": ("Itt lesznek a legutóbbi hívások.", "The last calls will be here."),
    "ringing": ("Csörög", "Ringing"),
    "answered": ("Beszélgetésben", "Talking"),
    "elsewhere": ("Más vette fel", "Answered elsewhere"),
    "elsewhere_by": ("Felvette: {}", "Answered by {}"),
    "ended": ("Véget ért", "Ended"),
    "missed": ("Nem fogadott", "Missed"),
    "outbound": ("Kimenő", "Outbound"),
    "unknown": ("Ismeretlen hívó", "Unknown caller"),
    "anonymous": ("Rejtett szám", "Hidden number"),
    "looking": ("Ügyfél keresése…", "Looking up the customer…"),
    "ambiguous": ("Több ügyfélé is lehet ez a szám", "This number belongs to more than one customer"),
    "others": ("További találatok", "Also found"),
    "owner": ("Felelős", "Owner"),
    "closed_card": ("lezárt adatlap", "closed card"),
    "open_card": ("Adatlap megnyitása", "Open the card"),
    "blocked": (
        "A böngésző nem nyitotta meg az adatlapot. Nyissa meg a gombbal, vagy engedélyezze az előugró ablakokat.",
        "The browser did not open the card. Open it with the button, or allow pop-ups for this page.",
    ),
    "auto_open": ("Adatlap megnyitása híváskor", "Open the card when a call comes"),
    "notify": ("Értesítések bekapcsolása", "Turn on notifications"),
    "tel_handler": ("Telefonszám-hivatkozások hívása innen", "Call phone links from here"),
    "dial": ("Hívás indítása", "Place a call"),
    "dial_number": ("Telefonszám vagy mellék", "Telephone number or extension"),
    "dial_button": ("Hívás", "Call"),
    "dialling": ("Hívás indítása…", "Placing the call…"),
    "dial_started": (
        "A hívás elindult: először az Ön telefonja csörög.",
        "The call was started: your own telephone rings first.",
    ),
    "dial_bad_number": ("Ez nem hívható telefonszám.", "This is no number that can be called."),
    "dial_premium": ("Emelt díjas szám innen nem hívható.", "Premium-rate numbers cannot be called from here."),
    "dial_too_many": ("Túl sok hívás rövid időn belül. Várjon egy percet.", "Too many calls. Wait a minute."),
    "dial_unknown": (
        "Nem derült ki, hogy elindult-e a hívás. Nézze meg a telefonját, mielőtt újra próbálja.",
        "It is not known whether the call was started. Look at your telephone before you try again.",
    ),
    "dial_busy": ("A mellék foglalt vagy nem elérhető.", "The extension is busy or offline."),
    "dial_refused": (
        "A VIPeX elutasította a hívást. Szóljon a rendszergazdának.",
        "VIPeX refused the call. Tell your administrator.",
    ),
    "dial_failed": (
        "A VIPeX most nem érhető el; a hívás nem indult el. Próbálja újra később.",
        "VIPeX cannot be reached; the call was not placed. Try again later.",
    ),
    "dial_origin": (
        "A kérés nem erről az oldalról érkezett. Töltse újra az oldalt.",
        "The request did not come from this page. Reload it.",
    ),
    "needs_script": ("Ehhez az oldalhoz JavaScript kell.", "This page needs JavaScript."),
    "health": ("Állapot", "Health"),
    "health_ok": ("Minden rendben", "All is well"),
    "health_bad": ("Beavatkozás kell", "Needs attention"),
    "store_gone": (
        "A tároló nem érhető el. A VIPeX a hívásokat később újraküldi; ellenőrizze a lemezt és az adatmappát.",
        "The store cannot be used. VIPeX will send calls again later; look at the disk and the data folder.",
    ),
    "check_store": ("Tároló", "Store"),
    "check_worker": ("Kézbesítő", "Delivery worker"),
    "check_space": ("Szabad hely", "Free space"),
    "check_pending": ("Legrégebbi várakozó", "Oldest pending"),
    "deliveries": ("Kézbesítések", "Deliveries"),
    "status_pending": ("várakozik", "pending"),
    "status_delivered": ("kézbesítve", "delivered"),
    "status_ignored": ("kihagyva", "ignored"),
    "status_dead": ("kézbesíthetetlen", "dead"),
    "status_parked": ("ügyfélre vár", "parked"),
    "status_quarantined": ("karanténban", "quarantined"),
    "dead_letters": ("Kézbesíthetetlen hívások", "Dead letters"),
    "dead_none": ("Nincs kézbesíthetetlen hívás.", "There are none."),
    "quarantine": ("Karantén", "Quarantine"),
    "quarantine_hint": (
        "Hitelesített üzenetek, amelyeket nem sikerült értelmezni; profilmódosítás után újrajátszhatók.",
        "Authenticated messages that could not be understood; replay them after a change of the profile.",
    ),
    "quarantine_none": ("A karantén üres.", "Quarantine is empty."),
    "parked": ("Ügyfélre váró hívások", "Waiting for a customer"),
    "reason": ("Ok", "Reason"),
    "received": ("Érkezett", "Received"),
    "call": ("Hívás", "Call"),
    "attempts": ("Próbálkozás", "Attempts"),
    "replay": ("Újra", "Replay"),
    "replay_all": ("Összes újra", "Replay all"),
    "replayed": ("{} kézbesítés újra sorban.", "{} deliveries queued again."),
    "live_calls": ("Folyamatban lévő hívások", "Calls in progress"),
    "live_none": ("Most nincs hívás.", "Nobody is calling now."),
    "since": ("Kezdete", "Since"),
    "customer": ("Ügyfél", "Customer"),
    "operators": ("Operátorok", "Operators"),
    "operators_none": ("Nincs operátor.", "There are no operators."),
    "operators_failed": ("A VIPeX most nem válaszol.", "VIPeX does not answer now."),
    "name": ("Név", "Name"),
    "status": ("Állapot", "Status"),
    "directory": ("Ügyféltár", "Directory"),
    "directory_cards": ("Adatlap", "Cards"),
    "directory_numbers": ("Telefonszám", "Numbers"),
    "directory_scanned": ("Frissítve", "Refreshed"),
    "directory_never": ("még soha", "never yet"),
    "directory_running": ("Frissítés folyik: {} adatlap", "Refreshing: {} cards"),
    "directory_live": ("A CRM-et hívásonként kérdezzük.", "The CRM is asked at each call."),
    "directory_failed": ("A legutóbbi frissítés nem sikerült: {}", "The last refresh failed: {}"),
    "open_desks": ("Nyitott ügyintézői oldalak", "Open desk pages"),
    "shown_first": ("Az első {} látható.", "The first {} are shown."),
    "refused_title": ("Ez az oldal nem nyitható meg", "This page cannot be opened"),
    "refused_text": (
        "A hivatkozás hibás, vagy itt még nem nyitották meg. Kérje el a teljes hivatkozást a rendszergazdától.",
        "The link is wrong, or was never opened on this device. Ask your administrator for the whole link.",
    ),
    "unit_hour": ("ó", "h"),
    "unit_day": ("nap", "d"),
}

LANGUAGES = ("hu", "en")


def texts(language: str) -> Mapping[str, str]:
    """Give all texts in *language*, English when it is neither."""
    place = 0 if language == "hu" else 1
    return MappingProxyType({name: pair[place] for name, pair in _TEXTS.items()})
