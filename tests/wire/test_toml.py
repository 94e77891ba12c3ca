"""Configuration files: what is wrong, where, and what was expected."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any, Literal

import attrs
import pytest

from vipex_sdk.errors import ConfigError, ProfileError
from vipex_sdk.wire.toml import load_toml, parse_toml, read_toml


@attrs.frozen(kw_only=True)
class SecretFile:
    file: Path


@attrs.frozen(kw_only=True)
class SecretVariable:
    env: str


def _no_spaces(_instance: object, _attribute: object, value: str) -> None:
    if " " in value:
        raise ConfigError("expected no spaces", key="name.first")


@attrs.frozen(kw_only=True)
class Gateway:
    port: int = attrs.field(default=8080, validator=attrs.validators.ge(0))
    settle: float = 20.0
    insecure: bool = False
    password: str | SecretFile | SecretVariable = ""
    hosts: tuple[str, ...] = ()
    words: frozenset[str] = frozenset()
    language: Literal["hu", "en"] = "hu"
    limit: int | None = None
    name: str = attrs.field(default="", validator=_no_spaces)
    path: Path = Path("data")
    computed: int = attrs.field(default=7, metadata={"configured": False})


@attrs.frozen(kw_only=True)
class Extension:
    crm_user: str


@attrs.frozen(kw_only=True)
class Configuration:
    gateway: Gateway
    extensions: Mapping[str, Extension] = attrs.field(factory=dict)
    crm: Mapping[str, Any] = attrs.field(factory=dict)

    def __attrs_post_init__(self) -> None:
        if "999" in self.extensions:
            raise ValueError("999 is reserved")


GOOD = """
[gateway]
port = 0
settle = 5
password = { env = "X" }
hosts = ["a", "b"]
words = ["a"]
limit = 3
path = "elsewhere"
[extensions.101]
crm_user = "2001"
[crm]
adapter = "minicrm"
[crm.minicrm]
system_id = 12345
"""


def test_a_right_file_becomes_the_class(tmp_path: Path) -> None:
    (tmp_path / "vipex.toml").write_text(GOOD)
    found = load_toml(tmp_path / "vipex.toml", Configuration)
    assert found.gateway == Gateway(
        port=0,
        settle=5.0,
        password=SecretVariable(env="X"),
        hosts=("a", "b"),
        words=frozenset({"a"}),
        limit=3,
        path=Path("elsewhere"),
    )
    assert isinstance(found.gateway.settle, float)
    assert found.extensions == {"101": Extension(crm_user="2001")}
    assert found.crm["minicrm"] == {"system_id": 12345}


@pytest.mark.parametrize(
    ("text", "line", "key", "expected"),
    [
        ("", None, "gateway", "is missing"),
        ("gateway = 1", 1, "gateway", "expected a table, not a whole number"),
        ("[gateway]\n\nprt = 1", 3, "gateway.prt", 'unknown key; did you mean "port"?'),
        ("[gateway]\nzzz = 1", 2, "gateway.zzz", "unknown key"),
        ("[gateway]\ncomputed = 1", 2, "gateway.computed", "unknown key"),
        ('[gateway]\nport = "x"', 2, "gateway.port", "expected a whole number, not text"),
        ("[gateway]\nport = true", 2, "gateway.port", "expected a whole number, not true or false"),
        ("[gateway]\nport = 1.0", 2, "gateway.port", "expected a whole number, not a number"),
        ("[gateway]\nport = -1", 2, "gateway.port", "must be >= 0"),
        ("[gateway]\ninsecure = 1", 2, "gateway.insecure", "expected true or false, not a whole number"),
        ('[gateway]\nsettle = "1"', 2, "gateway.settle", "expected a number, not text"),
        ('[gateway]\nhosts = "a"', 2, "gateway.hosts", "expected a list, not text"),
        ('[gateway]\nhosts = [\n"a",\n1]', 4, "gateway.hosts[1]", "expected text, not a whole number"),
        ('[gateway]\nlanguage = "eng"', 2, "gateway.language", 'expected one of "hu", "en"; did you mean "en"?'),
        ("[gateway]\npassword = 3", 2, "gateway.password", "expected text, not a whole number"),
        ('[gateway]\npassword = { fil = "x" }', 2, "gateway.password.fil", 'unknown key; did you mean "file"?'),
        ("[gateway]\npassword = { env = 3 }", 2, "gateway.password.env", "expected text, not a whole number"),
        ('[gateway]\nname = "a b"', 2, "gateway.name.first", "expected no spaces"),
        (
            "[gateway]\n[extensions.101]\ncrm_user = 1",
            3,
            "extensions.101.crm_user",
            "expected text, not a whole number",
        ),
        ("[gateway]\n[extensions.101]", 2, "extensions.101.crm_user", "is missing"),
        ('[gateway]\n[extensions.999]\ncrm_user = "1"', None, None, "999 is reserved"),
        ("[gatewy]", 1, "gatewy", 'unknown key; did you mean "gateway"?'),
        ("a = 1\na = 2", 2, None, "not valid TOML: Cannot overwrite a value"),
        ("a = [", 1, None, "not valid TOML: Invalid value"),
    ],
)
def test_a_wrong_file_says_where_and_what(text: str, line: int | None, key: str | None, expected: str) -> None:
    with pytest.raises(ConfigError) as wrong:
        parse_toml(text, path=Path("vipex.toml")).structure(Configuration)
    assert (wrong.value.file, wrong.value.line, wrong.value.key) == ("vipex.toml", line, key)
    assert wrong.value.expected == expected


def test_a_table_inside_can_be_structured_later() -> None:
    document = parse_toml('[crm.minicrm]\ncrm_user = 5\n[crm."od.d"]\ncrm_user = "5"')
    assert document.structure(Extension, at=("crm", "od.d")) == Extension(crm_user="5")
    with pytest.raises(ConfigError) as wrong:
        document.structure(Extension, at=("crm", "minicrm"))
    assert (wrong.value.line, wrong.value.key) == (2, "crm.minicrm.crm_user")
    with pytest.raises(ConfigError, match=r"crm\.absent\.crm_user: is missing"):
        document.structure(Extension, at=("crm", "absent"))
    assert document.error("no", key=("crm", "od.d", "crm_user")).key == 'crm."od.d".crm_user'


def test_files_that_cannot_be_read_are_named(tmp_path: Path) -> None:
    with pytest.raises(ProfileError, match=r"none\.toml: there is no such file"):
        read_toml(tmp_path / "none.toml", error=ProfileError)
    with pytest.raises(ConfigError, match="cannot be read"):
        read_toml(tmp_path)
    (tmp_path / "latin.toml").write_bytes(b"a = 1\nb = '\xf5'\n")
    with pytest.raises(ConfigError) as wrong:
        read_toml(tmp_path / "latin.toml")
    assert (wrong.value.line, wrong.value.expected) == (2, "expected text in UTF-8")


def test_windows_files_are_read_as_well(tmp_path: Path) -> None:
    (tmp_path / "win.toml").write_bytes(b"\xef\xbb\xbf[gateway]\r\n\r\nport = 'x'\r\n")
    with pytest.raises(ConfigError) as wrong:
        load_toml(tmp_path / "win.toml", Configuration)
    assert wrong.value.line == 3
