"""What ``vipex init`` asks about the gateway and the exchange, in both languages."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from attrs import frozen

__all__ = ["QUESTIONS", "TEXTS", "Ask"]


def _text(answer: str) -> Any:
    return answer


def _list(answer: str) -> list[str]:
    return [part.strip() for part in answer.split(",") if part.strip()]


def _number(answer: str) -> int:
    return int(answer)


@frozen(kw_only=True)
class Ask:
    """One question about a key of ``vipex.toml``."""

    key: str
    hu: str
    en: str
    default: str = ""
    optional: bool = False
    secret: bool = False
    choices: Mapping[str, str] = {}
    read: Callable[[str], Any] = _text


QUESTIONS: Mapping[str, tuple[Ask, ...]] = {
    "general": (
        Ask(
            key="language",
            hu="Nyelv / Language",
            en="Nyelv / Language",
            default="hu",
            choices={"hu": "magyar", "en": "English"},
        ),
        Ask(
            key="gateway.public_url",
            hu="A gateway nyilvános címe, például https://gateway.cegem.hu",
            en="Public address of the gateway, for example https://gateway.example.com",
            optional=True,
        ),
        Ask(key="gateway.port", hu="Port ezen a gépen", en="Port on this machine", default="8080", read=_number),
    ),
    "vipex": (
        Ask(key="vipex.base_url", hu="A VIPeX API címe", en="Address of the VIPeX API"),
        Ask(key="vipex.user", hu="A technikai felhasználó neve", en="Name of the technical user"),
        Ask(
            key="vipex.password",
            hu="A technikai felhasználó jelszava",
            en="Password of the technical user",
            secret=True,
        ),
    ),
    "calls": (
        Ask(
            key="calls.own_numbers",
            hu="A cég saját telefonszámai, vesszővel",
            en="The company's own telephone numbers, with commas",
            optional=True,
            read=_list,
        ),
        Ask(
            key="calls.unknown_callers",
            hu="Ismeretlen hívóból legyen új ügyfél?",
            en="Does an unknown caller become a new customer?",
            default="never",
            choices={"never": "soha / never", "inbound": "bejövő / inbound", "both": "mindkettő / both"},
        ),
    ),
}

TEXTS: Mapping[str, Mapping[str, str]] = {
    "hu": {
        "again": "Megadja újra? (igen = újra, nem = így marad)",
        "yes": "igen",
        "extensions": "Melyik kollégának melyik a melléke? (üresen: nincs)",
        "written": "Elkészült: {config} és {count} titokfájl ({folder}, csak az Ön felhasználója olvashatja).",
        "portal": "A VIPeX portálon az „API elérések” alatt ezeket adja meg:",
        "data_query": "Adatlekérdezés",
        "incoming_call": "Bejövő hívás értesítő",
        "call_end": "Hívás végi adatküldés",
        "recording_upload": "Hangfelvétel feltöltése",
        "user": "Felhasználónév",
        "password": "Jelszó",
        "header": "Fejléc",
        "field": "Mező az üzenetben",
        "signature": "Az aláírás titka",
        "next": "Ezután: vipex doctor --config {config}, majd vipex serve --config {config}",
        "unresolved": "a gateway gépének nyilvános IP-címe",
    },
    "en": {
        "again": "Enter it again? (yes = again, no = keep it)",
        "yes": "yes",
        "extensions": "Which extension does each colleague have? (empty: none)",
        "written": "Written: {config} and {count} files with secrets ({folder}; only your user can read them).",
        "portal": 'Enter these in the VIPeX portal, under its API connections ("API elérések"):',
        "data_query": "Data query",
        "incoming_call": "Incoming-call notice",
        "call_end": "End-of-call report",
        "recording_upload": "Upload of a recording",
        "user": "User name",
        "password": "Password",
        "header": "Header",
        "field": "Field in the message",
        "signature": "Secret of the signature",
        "next": "Then: vipex doctor --config {config}, and vipex serve --config {config}",
        "unresolved": "the public IP address of the gateway's machine",
    },
}
