from __future__ import annotations

import pickle
from pathlib import Path

import pytest

from tests.gateway.front.rig import TOML, configured
from vipex_sdk.errors import ConfigError
from vipex_sdk.gateway.config import Secret, load, reference

EXAMPLE = Path(__file__).parents[3] / "examples" / "vipex.toml"


def test_the_example_is_right_and_sets_every_key_of_the_gateway(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("VIPEX", "VIPEX_WEBHOOK", "RECORDINGS"):
        monkeypatch.setenv(f"{name}_PASSWORD", f"secret of {name}")
    monkeypatch.setenv("MINICRM_API_KEY", "key-1")
    monkeypatch.setenv("MINICRM_VOIP_KEY", "key-2")
    configuration = load(EXAMPLE)
    assert configuration.vipex.password.reveal() == "secret of VIPEX"
    assert configuration.crm.settings.api_key == "key-1"
    assert configuration.gateway.data == EXAMPLE.parent / "data"
    assert configuration.extensions["101"].name == "Nagy Béla"
    text = EXAMPLE.read_text(encoding="utf-8")
    for row in reference():
        assert row.key.rpartition(".")[2] in text, row.key


def test_no_secret_is_in_a_repr(tmp_path: Path) -> None:
    configuration = configured(tmp_path)
    assert "canary" not in repr(configuration)
    assert "jelszó" not in repr(configuration)
    assert repr(configuration.vipex.password) == "Secret(***)"
    with pytest.raises(TypeError):
        pickle.dumps(Secret("x"))


def test_secrets_come_from_files_beside_the_configuration(tmp_path: Path) -> None:
    (tmp_path / "secrets").mkdir()
    (tmp_path / "secrets" / "vipex").write_text("őszinte jelszó\n", encoding="utf-8")
    toml = TOML.replace('"canary-control"', '{ file = "secrets/vipex" }')
    assert configured(tmp_path, toml=toml).vipex.password.reveal() == "őszinte jelszó"


WRONG = [
    ("port = 0", 'port = "80"', "gateway.port", ""),
    ("port = 0", "port = 70000", "gateway.port", "from 0 to 65535"),
    ("port = 0", "prot = 0", "gateway.prot", "port"),
    ('language = "hu"', 'language = "de"', "language", "hu"),
    ('language = "hu"', 'time_zone = "Europe/Pest"', "time_zone", "Europe/Budapest"),
    ("settle_seconds = 0", "settle_seconds = -1", "gateway.settle_seconds", "from 0"),
    ("port = 0", 'host = "0.0.0.0"', "gateway.host", "insecure = true"),
    ('"http://gateway.test"', '"gateway.test"', "gateway.public_url", "http"),
    ('"http://127.0.0.1:9"', '"http://crm:pw@127.0.0.1"', "vipex.base_url", "without user name"),
    ('"canary-control"', '{ env = "VIPEX_NOT_SET" }', "vipex.password", "VIPEX_NOT_SET"),
    ('"canary-control"', '{ file = "nowhere" }', "vipex.password", "nowhere"),
    ('"canary-control"', '{ vault = "x" }', "vipex.password", "env"),
    ('"canary-control"', '""', "vipex.password", "expected a password"),
    ("[calls]", '[calls]\nowner_of_transferred = "middle"', "calls.owner_of_transferred", "last"),
    ('"+3610000100"', '"1234"', "calls.own_numbers", "+3610000100"),
    ('adapter = "minicrm"', 'adapter = "minicmr"', "crm.adapter", "minicrm"),
    ("[crm.minicrm]", "[crm.minicmr]", "crm.minicmr", "minicrm"),
    ('system_id = "12345"', 'system_idd = "12345"', "crm.minicrm.system_id", "system_id"),
    ('system_id = "12345"', "", "crm.minicrm", "system_id"),
    ("[extensions.101]", '[extensions."10 1"]', 'extensions."10 1"', "101"),
    ('user = "minicrm"', 'user = "minicrm"\nallow = ["10.0.0.300"]', "recordings.allow", "network"),
]


@pytest.mark.parametrize(("old", "new", "key", "hint"), WRONG, ids=[row[2] + row[3] for row in WRONG])
def test_a_wrong_setting_is_named_with_its_line(tmp_path: Path, old: str, new: str, key: str, hint: str) -> None:
    toml = TOML.replace(old, new, 1)
    with pytest.raises(ConfigError) as caught:
        configured(tmp_path, toml=toml)
    text = str(caught.value)
    assert "vipex.toml:" in text
    assert key in text
    assert hint in text
    assert caught.value.line
    assert "canary" not in text


def test_plain_http_for_other_machines_has_to_be_asked_for(tmp_path: Path) -> None:
    toml = TOML.replace("port = 0", 'host = "0.0.0.0"\ninsecure = true')
    assert configured(tmp_path, toml=toml).gateway.host == "0.0.0.0"


def test_a_missing_table_is_named(tmp_path: Path) -> None:
    before, _, after = TOML.partition("[webhooks]")
    toml = before + after[after.index("[") :]
    with pytest.raises(ConfigError, match="webhooks"):
        configured(tmp_path, toml=toml)


def test_every_setting_is_explained_in_both_languages() -> None:
    rows = {row.key: row for row in reference()}
    assert rows["gateway.port"].default == "8080"
    assert rows["vipex.password"].default is None
    assert rows["calls.unknown_callers"].type == '"never" | "inbound" | "both"'
    assert "extensions.NUMBER.crm_user" in rows
    assert "crm.adapter" in rows
    assert all(row.en and row.hu for row in rows.values())


def test_an_adapters_paths_belong_to_the_files_folder(tmp_path: Path) -> None:
    toml = TOML[: TOML.index("[crm]")] + (
        '[crm]\nadapter = "generic"\n[crm.generic]\nspec = "mycrm.toml"\nbase_url = "http://127.0.0.1:9"\n'
    )
    assert configured(tmp_path, toml=toml).crm.settings.spec == tmp_path / "mycrm.toml"
