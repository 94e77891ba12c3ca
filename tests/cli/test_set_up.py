"""``vipex init`` and ``vipex doctor`` against a simulated VIPeX and a simulated MiniCRM, both live."""

from __future__ import annotations

import json
import os
import stat
import tomllib
from pathlib import Path
from typing import Any

import pytest
from attrs import evolve

from tests.cli.firm import REST_KEY, VOIP_KEY, Command, broken, set_up
from tests.minicrm.running import RunningSimulator
from vipex_sdk.cli.init.ask import Script
from vipex_sdk.gateway.config import load


def test_answers_become_a_configuration_that_loads(command: Command, tmp_path: Path, answers: Path) -> None:
    done, config = set_up(command, tmp_path, answers)
    assert done.code == 0, done.err
    settings = load(config)
    assert settings.crm.settings.api_key == REST_KEY
    assert settings.crm.settings.new_cards.status == "2601"
    assert settings.extensions["101"].crm_user == "2001"
    text = config.read_text(encoding="utf-8")
    assert "# Az ismeretlen" in text or "# Mikor lesz ismeretlen" in text
    for secret in (REST_KEY, VOIP_KEY, settings.webhooks.password.reveal(), settings.recordings.password.reveal()):
        assert secret not in text
        assert len(secret) >= 24
    files = sorted((config.parent / "secrets").iterdir())
    assert [file.name for file in files] == ["crm-minicrm-api_key", "crm-minicrm-voip_key", "recordings", "vipex",
                                             "webhooks"]  # fmt: skip
    if os.name == "posix":
        assert {stat.S_IMODE(file.stat().st_mode) for file in (*files, config)} == {0o600}
        assert stat.S_IMODE((config.parent / "secrets").stat().st_mode) == 0o700


def test_it_says_what_to_enter_where(command: Command, tmp_path: Path, answers: Path) -> None:
    done, config = set_up(command, tmp_path, answers)
    settings = load(config)
    for path in ("data-query", "incoming-call", "call-end"):
        assert f"http://127.0.0.1:9/vipex/{path}\n" in done.out
    assert f"Jelszó: {settings.webhooks.password.reveal()}" in done.out
    assert "@127.0.0.1:9/recordings?Rec={%RefereceId%}" in done.out
    assert "127.0.0.1 (127.0.0.1)" in done.out
    assert "http://127.0.0.1:9/crm-news/" in done.out
    assert "✓ VIPeX-belépés rendben" in done.err
    assert "✓ MiniCRM: rendben" in done.err


def test_it_keeps_what_is_there_when_it_is_run_again(command: Command, tmp_path: Path, answers: Path) -> None:
    _, config = set_up(command, tmp_path, answers)
    before = load(config)
    config.write_text(
        config.read_text(encoding="utf-8").replace("[gateway]\n", "[gateway]\nsettle_seconds = 7.5\n"), encoding="utf-8"
    )
    few = tmp_path / "few.toml"
    few.write_text('language = "en"\n', encoding="utf-8")
    done, _ = set_up(command, tmp_path, few)
    assert done.code == 0, done.err
    after = load(config)
    assert (after.language, after.gateway.settle_seconds) == ("en", 7.5)
    assert after.webhooks.password == before.webhooks.password
    assert after.crm.settings == before.crm.settings
    assert "User name: vipex" in done.out


@pytest.mark.parametrize(("key", "named"), [("system_id", "MiniCRM"), ("api_key", "MiniCRM"), ("password", "VIPeX")])
def test_a_wrong_answer_is_found_live_and_nothing_is_written(
    command: Command, tmp_path: Path, answers: Path, key: str, named: str
) -> None:
    lines = answers.read_text(encoding="utf-8").splitlines()
    changed = [f'{key} = "99999"' if line.startswith(f"{key} =") else line for line in lines]
    answers.write_text("\n".join(changed), encoding="utf-8")
    done, config = set_up(command, tmp_path, answers)
    assert done.code == 1
    assert f"✗ {named}" in done.err or f"✗ A {named}" in done.err
    assert "→" in done.err
    assert not config.exists()


def test_a_missing_answer_is_named(command: Command, tmp_path: Path) -> None:
    few = tmp_path / "few.toml"
    few.write_text('language = "en"\n', encoding="utf-8")
    done, config = set_up(command, tmp_path, few, "--offline")
    assert done.code == 2
    assert "vipex.base_url" in done.err
    assert not config.exists()


def test_a_wrong_answer_of_a_script_is_named(command: Command, tmp_path: Path, answers: Path) -> None:
    broken(answers, 'public_url = "http://127.0.0.1:9"', 'public_url = "gateway"')
    done, config = set_up(command, tmp_path, answers, "--offline")
    assert done.code == 2
    assert "gateway.public_url: an address is needed" in done.err
    assert not config.exists()


def test_without_a_public_address_the_end_says_so(command: Command, tmp_path: Path, answers: Path) -> None:
    broken(answers, 'public_url = "http://127.0.0.1:9"\n', "")
    done, _ = set_up(command, tmp_path, answers, "--offline")
    assert "Nincs nyilvános cím (gateway.public_url)" in done.out


def test_a_script_asks_nothing() -> None:
    assert Script().choice("k", "q", {"21": "Értékesítés"}, default="értékesítés", optional=False) == "21"


def doctor(command: Command, config: Path, *more: str) -> tuple[int, dict[str, dict[str, Any]]]:
    done = command("doctor", "--config", str(config), "--json", *more)
    found: dict[str, dict[str, Any]] = {}
    for finding in done.document["findings"]:
        found.setdefault(finding["check"], finding)
    return done.code, found


def test_a_doctor_finds_a_healthy_set_up_healthy(command: Command, tmp_path: Path, answers: Path) -> None:
    _, config = set_up(command, tmp_path, answers)
    code, found = doctor(command, config)
    failed = {name: finding for name, finding in found.items() if finding["state"] == "failed"}
    assert (code, failed) == (0, {})
    assert {"config", "secrets", "data", "space", "sqlite", "time_zones", "port", "reach", "own_numbers",
            "recordings", "vipex", "clock", "crm", "mapping"} <= found.keys()  # fmt: skip
    assert found["vipex"]["said"].startswith("VIPeX-belépés rendben")
    for finding in found.values():
        assert bool(finding["fix"]) is (finding["state"] in ("failed", "warning"))


def test_users_of_both_systems_are_paired_and_the_others_are_shown_alone(
    command: Command, tmp_path: Path, answers: Path, minicrm: RunningSimulator
) -> None:
    minicrm.simulation.tenant.users[2004] = evolve(minicrm.simulation.tenant.users[2004], name="Üveges Tamás")
    _, config = set_up(command, tmp_path, answers)
    done = command("crm", "users", "--config", str(config), "--json")
    assert done.code == 0, done.err
    found = {(row["name"], row["crm_user"], row["extension"], row["by"]) for row in done.document}
    assert found == {
        ("Nagy Béla", "2001", "101", "configured"),
        ("Kovács Dóra", "2002", "102", "name"),
        ("Szabó Éva", "2003", "103", "name"),
        ("Üveges Tamás", "2004", None, ""),
        ("Tóth Gábor", None, "105", ""),
    }
    table = command("crm", "users", "--config", str(config)).out.splitlines()
    assert table[0].split("\t") == ["name", "crm_user", "extension", "by"]
    assert len(table) == 1 + len(found)


SIGNING = """[webhooks]
single_url = true
[webhooks.auth]
schemes = ["signature", "query_key", "path_key", "body_key", "header_key"]
header = "X-Token"
body = "auth.key"
[webhooks.auth.signature]
header = "X-Pbx-Sign"
encoding = "base64"
"""


def speaking(folder: Path, answers: Path) -> None:
    """Let the exchange want another proof than a password."""
    (folder / "dialect.toml").write_text(SIGNING, encoding="utf-8")
    text = answers.read_text(encoding="utf-8")
    profile = json.dumps(str(folder / "dialect.toml"))
    answers.write_text(text.replace("[vipex]\n", f"[vipex]\nprofile = {profile}\n"), encoding="utf-8")


def test_the_secrets_that_the_profile_names_are_made_and_told(command: Command, tmp_path: Path, answers: Path) -> None:
    speaking(tmp_path, answers)
    done, config = set_up(command, tmp_path, answers, "--offline", "--language", "en")
    assert done.code == 0, done.err
    own = load(config).webhooks
    secrets = [own.hmac_secret, own.query_token, own.path_secret, own.body_token, own.header_token]
    signing, query, path, body, header = (secret.reveal() for secret in secrets)
    assert len({signing, query, path, body, header}) == 5
    assert not own.password
    assert f"Data query: http://127.0.0.1:9/vipex/{path}/events?token={query}\n" in done.out
    assert f"Header: X-Token: {header}\n" in done.out
    assert f"Field in the message: auth.key = {body}\n" in done.out
    assert f"Secret of the signature (X-Pbx-Sign, HMAC, sha256, base64): {signing}\n" in done.out
    assert "User name" not in done.out
    assert signing not in config.read_text(encoding="utf-8")
    set_up(command, tmp_path, answers, "--offline")
    assert load(config).webhooks == own


def test_a_doctor_misses_a_secret_that_the_profile_names(command: Command, tmp_path: Path, answers: Path) -> None:
    _, config = set_up(command, tmp_path, answers, "--offline")
    assert doctor(command, config)[1]["webhooks"]["state"] == "ok"
    (tmp_path / "dialect.toml").write_text(SIGNING, encoding="utf-8")
    broken(config, "[vipex]\n", f"[vipex]\nprofile = {json.dumps(str(tmp_path / 'dialect.toml'))}\n")
    code, found = doctor(command, config, "--language", "en")
    assert (code, found["webhooks"]["state"]) == (1, "failed")
    assert "webhooks.hmac_secret" in found["webhooks"]["said"]


ILLS = [
    ('language = "hu"', 'language = "de"', "config"),
    ('own_numbers = ["+3610000100"]', "own_numbers = []", "own_numbers"),
    ('crm_user = "2001"', 'crm_user = "7777"', "mapping"),
    ('category = "21"', 'category = "99"', "crm"),
]


@pytest.mark.parametrize("ill", ILLS, ids=[ill[2] for ill in ILLS])
def test_a_doctor_names_the_ill_and_the_cure(
    command: Command, tmp_path: Path, answers: Path, ill: tuple[str, str, str]
) -> None:
    old, new, check = ill
    _, config = set_up(command, tmp_path, answers)
    broken(config, old, new)
    code, found = doctor(command, config, "--language", "en")
    assert found[check]["state"] in ("failed", "warning")
    assert found[check]["fix"]
    assert code == (0 if found[check]["state"] == "warning" else 1)


@pytest.mark.parametrize(("language", "said"), [("hu", "Hibás a beállítás"), ("en", "The configuration is wrong")])
def test_a_doctor_speaks_the_language_of_a_configuration_that_is_wrong(
    command: Command, tmp_path: Path, answers: Path, language: str, said: str
) -> None:
    _, config = set_up(command, tmp_path, answers, "--offline", "--language", language)
    broken(config, "system_id", "systemid")
    assert said in doctor(command, config)[1]["config"]["said"]
    config.write_text("[", encoding="utf-8")
    assert "Hibás a beállítás" in doctor(command, config)[1]["config"]["said"]


def test_a_doctor_knows_from_where_minicrm_fetches(command: Command, tmp_path: Path, answers: Path) -> None:
    _, config = set_up(command, tmp_path, answers)
    found = doctor(command, config, "--language", "en")[1]["recordings_allow"]
    assert '[recordings] allow = ["195.228.254.37", ' in found["fix"]
    allow = found["fix"].partition("allow = ")[2]
    broken(config, "[recordings]\n", f"[recordings]\nallow = {allow}\n")
    assert "recordings_allow" not in doctor(command, config)[1]


@pytest.mark.skipif(os.name != "posix", reason="permissions are POSIX's")
def test_a_doctor_sees_open_secrets(command: Command, tmp_path: Path, answers: Path) -> None:
    _, config = set_up(command, tmp_path, answers)
    key = config.parent / "secrets" / "crm-minicrm-api_key"
    key.chmod(0o644)
    code, found = doctor(command, config)
    assert (code, found["secrets"]["state"]) == (1, "failed")
    assert f"chmod 600 {key}" in found["secrets"]["fix"]
    assert REST_KEY not in str(found)


def test_a_doctor_sees_revoked_keys_and_changed_passwords(command: Command, tmp_path: Path, answers: Path) -> None:
    _, config = set_up(command, tmp_path, answers)
    for name in ("crm-minicrm-api_key", "vipex"):
        (config.parent / "secrets" / name).write_text("canary-wrong\n", encoding="utf-8")
    code, found = doctor(command, config, "--language", "en")
    assert code == 1
    assert "technical user" in found["vipex"]["fix"]
    assert "make a new key" in found["crm"]["fix"]
    assert "canary" not in str(found)


def test_a_doctor_without_a_patient_says_how_to_begin(command: Command, tmp_path: Path) -> None:
    done = command("doctor", "--config", str(tmp_path / "none.toml"))
    assert done.code == 1
    assert "vipex init minicrm" in done.out


def test_what_is_written_is_plain_toml(command: Command, tmp_path: Path, answers: Path) -> None:
    _, config = set_up(command, tmp_path, answers, "--offline")
    document = tomllib.loads(config.read_text(encoding="utf-8"))
    assert document["crm"]["minicrm"]["api_key"] == {"file": "secrets/crm-minicrm-api_key"}
    assert document["extensions"]["101"] == {"crm_user": "2001", "name": "Nagy Béla"}
