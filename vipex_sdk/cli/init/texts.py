"""What ``vipex init`` asks about the gateway and the exchange, in both languages."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from attrs import frozen

from vipex_sdk.cli.doctor.finding import Text
from vipex_sdk.gateway.config.checks import is_web_address
from vipex_sdk.numbers import NumberKind, PhoneNumber

__all__ = ["QUESTIONS", "TEXTS", "Ask"]

_LAST_PORT = 65535


def _text(answer: str) -> Any:
    return answer


def _list(answer: str) -> list[str]:
    return [part.strip() for part in answer.split(",") if part.strip()]


def _number(answer: str) -> int:
    return int(answer)


def _is_port(answer: str) -> bool:
    return answer.isascii() and answer.isdigit() and int(answer) <= _LAST_PORT


def _are_numbers(answer: str) -> bool:
    return all(PhoneNumber.parse(text).kind is NumberKind.E164 for text in _list(answer))


def _any(_answer: str) -> bool:
    return True


_ADDRESS = Text("http:// vagy https:// kezdetű cím kell", "an address is needed that begins with http:// or https://")


@frozen(kw_only=True)
class Ask:
    """One question about a key of ``vipex.toml``.

    Attributes:
        check: whether an answer can be right.
        expected: what to say when it cannot.
    """

    key: str
    hu: str
    en: str
    default: str = ""
    optional: bool = False
    secret: bool = False
    choices: Mapping[str, Text] = {}
    read: Callable[[str], Any] = _text
    check: Callable[[str], bool] = _any
    expected: Text = _ADDRESS


QUESTIONS: Mapping[str, tuple[Ask, ...]] = {
    "general": (
        Ask(
            key="language",
            hu="Nyelv / Language",
            en="Nyelv / Language",
            default="hu",
            choices={"hu": Text("magyar", "magyar"), "en": Text("English", "English")},
        ),
        Ask(
            key="gateway.public_url",
            hu="A gateway nyilvános címe, például https://gateway.cegem.hu",
            en="Public address of the gateway, for example https://gateway.example.com",
            optional=True,
            check=is_web_address,
        ),
        Ask(
            key="gateway.port",
            hu="Port ezen a gépen",
            en="Port on this machine",
            default="8080",
            read=_number,
            check=_is_port,
            expected=Text("0 és 65535 közötti szám kell", "a number from 0 to 65535 is needed"),
        ),
    ),
    "vipex": (
        Ask(key="vipex.base_url", hu="A VIPeX API címe", en="Address of the VIPeX API", check=is_web_address),
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
            check=_are_numbers,
            expected=Text("telefonszámok kellenek, például +3610000100", "telephone numbers such as +3610000100"),
        ),
        Ask(
            key="calls.unknown_callers",
            hu="Ismeretlen hívóból legyen új ügyfél?",
            en="Does an unknown caller become a new customer?",
            default="never",
            choices={
                "never": Text("soha", "never"),
                "inbound": Text("bejövő hívás után", "after an inbound call"),
                "both": Text("bejövő és kimenő hívás után", "after inbound and outbound calls"),
            },
        ),
    ),
}

TEXTS: Mapping[str, Mapping[str, str]] = {
    "hu": {
        "again": "Megadja újra? (igen = újra, nem = így marad)",
        "yes": "igen",
        "yes_too": "i igen y yes",
        "clear": " (kötőjel: törlés)",
        "blind": "A CRM még nem mondta meg, miből lehet választani: azonosítót írjon be.",
        "extensions": "Melyik kollégának melyik a melléke? (üresen: a felajánlott; kötőjel: nincs)",
        "no_extension": "  ✗ a VIPeX ezeket a mellékeket ismeri: {extensions}",
        "taken": "  ✗ ez a mellék már {name} melléke",
        "written": "Elkészült: {config} és {count} titokfájl ({folder}, csak az Ön felhasználója olvashatja).",
        "no_public_url": "Nincs nyilvános cím (gateway.public_url): ezek a címek csak erről a gépről érhetők el.",
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
        "yes_too": "y yes i igen",
        "clear": " (a hyphen clears it)",
        "blind": "The CRM has not told yet what there is to choose from: enter an id.",
        "extensions": "Which extension does each colleague have? (empty: the one offered; a hyphen: none)",
        "no_extension": "  ✗ VIPeX knows these extensions: {extensions}",
        "taken": "  ✗ this is {name}'s extension already",
        "written": "Written: {config} and {count} files with secrets ({folder}; only your user can read them).",
        "no_public_url": "There is no public address (gateway.public_url): only this machine can reach these.",
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
