"""``vipex init`` as a person at a terminal meets it."""

from __future__ import annotations

from pathlib import Path

from tests.cli.firm import REST_KEY, VOIP_KEY, Command, set_up
from tests.minicrm.running import RunningSimulator
from vipex_sdk.cli.init.answers import Answers
from vipex_sdk.cli.init.ask import Console
from vipex_sdk.cli.init.interview import interview
from vipex_sdk.cli.init.write import write


class Typed(Console):
    """A person who types what is in a list, and again when it was wrong."""

    def __init__(self, *lines: str) -> None:
        self.lines = list(lines)
        self.heard: list[str] = []

    def text(self, key: str, question: str, *, default: str, secret: bool, optional: bool) -> str:
        del key, secret
        self.heard.append(question)
        line = self.lines.pop(0) if self.lines else ""
        return "" if line == "-" and optional else line or default

    def say(self, text: str) -> None:
        self.heard.append(text)


def test_a_person_may_try_again_and_is_offered_what_there_is(
    tmp_path: Path, vipex: dict[str, str], minicrm: RunningSimulator
) -> None:
    known = Answers(folder=tmp_path)
    right = [vipex["VIPEX_BASE_URL"], vipex["VIPEX_USER"], vipex["VIPEX_PASSWORD"]]
    person = Typed(
        "en", "", "",
        *right[:2], "wrong", "yes", *right,
        "+3610000100", "inbound",
        "12345", minicrm.url, REST_KEY, VOIP_KEY,
        "21", "érdeklődő", "",
        "101",
    )  # fmt: skip
    assert interview(known, person, adapter="minicrm", offline=False)
    assert known.get("crm.minicrm.new_cards") == {"category": "21", "status": "2601"}
    assert known.get("extensions.101.crm_user") == "2001"
    heard = "\n".join(person.heard)
    assert "✗ Logging in to VIPeX failed: AuthError" in heard
    assert "✓ Logged in to VIPeX" in heard
    assert "2601  Érdeklődő" in heard
    assert REST_KEY not in heard
    assert VOIP_KEY not in heard


def test_what_cannot_be_right_is_asked_again_at_once(
    tmp_path: Path, vipex: dict[str, str], minicrm: RunningSimulator
) -> None:
    known = Answers(folder=tmp_path)
    person = Typed(
        "hu", "gateway.cegem.hu", "https://gateway.cegem.hu", "nyolc", "8081",
        "vipex", vipex["VIPEX_BASE_URL"], vipex["VIPEX_USER"], vipex["VIPEX_PASSWORD"],
        "a miénk", "+3610000100", "mindig", "soha",
        "12345", minicrm.url, "wrong", "", "Igen", "", "", REST_KEY, "",
        "101", "101", "x", "102",
    )  # fmt: skip
    assert interview(known, person, adapter="minicrm", offline=False)
    assert (known.get("gateway.public_url"), known.get("gateway.port")) == ("https://gateway.cegem.hu", 8081)
    assert known.get("calls") == {"own_numbers": ["+3610000100"], "unknown_callers": "never"}
    assert {number: each["name"] for number, each in known.get("extensions").items()} == {
        "101": "Nagy Béla", "102": "Kovács Dóra", "103": "Szabó Éva", "105": "Tóth Gábor"
    }  # fmt: skip
    heard = "\n".join(person.heard)
    for said in (
        "http:// vagy https:// kezdetű cím kell",
        "0 és 65535 közötti szám kell",
        "telefonszámok kellenek",
        "inbound  bejövő hívás után",
        "MiniCRM: nem fogadta el a kulcsot (MiniCRM answered 401",
        "ez a mellék már Nagy Béla melléke",
        "a VIPeX ezeket a mellékeket ismeri: 101, 102, 103, 105",
    ):
        assert said in heard
    assert heard.count("soha") == 2, "the choices are shown again"


def test_a_hyphen_clears_and_another_extension_takes_the_old_ones_place(
    command: Command, tmp_path: Path, vipex: dict[str, str], answers: Path
) -> None:
    _, config = set_up(command, tmp_path, answers)
    known = Answers.before(config)
    person = Typed("en", "-", "", "", "", "", "-", "never", "", "", "", "-", "103", "-", "-", "-")
    assert interview(known, person, adapter="minicrm", offline=False)
    assert known.get("gateway.public_url") == ""
    assert known.get("calls.own_numbers") == []
    assert "voip_key" not in known.get("crm.minicrm")
    write(known, config, adapter="minicrm")
    left = {file.name for file in (config.parent / "secrets").iterdir()}
    assert left == {"crm-minicrm-api_key", "recordings", "vipex", "webhooks"}
    assert known.get("extensions") == {"103": {"crm_user": "2001", "name": "Nagy Béla"}}
    assert sum("a hyphen clears it" in heard for heard in person.heard) == 3


def test_without_the_crm_ids_are_asked_for(tmp_path: Path) -> None:
    known = Answers(folder=tmp_path)
    person = Typed("en", "", "", "http://127.0.0.1:1", "x", "x", "", "both", "12345", "", "key", "", "21", "2601", "")
    assert interview(known, person, adapter="minicrm", offline=True)
    assert known.get("crm.minicrm.new_cards") == {"category": "21", "status": "2601"}
    assert any("enter an id" in heard for heard in person.heard)
