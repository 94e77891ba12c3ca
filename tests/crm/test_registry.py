from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from vipex_sdk.crm import AdapterPlugin, broken, names, plugin, plugins
from vipex_sdk.errors import ConfigError

Install = Callable[[str, str, str], None]

GOOD = """
from vipex_sdk.crm import AdapterPlugin
PLUGIN = AdapterPlugin(name="probe", title="Próba CRM", settings=dict, open=None)
"""


@pytest.fixture
def install(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Install:
    """Install a distribution that offers an adapter, as pip leaves it: a module and its metadata."""
    monkeypatch.syspath_prepend(str(tmp_path))

    def install(package: str, entry: str, source: str) -> None:
        (tmp_path / f"{package}.py").write_text(source, encoding="utf-8")
        info = tmp_path / f"{package}-1.0.dist-info"
        info.mkdir()
        (info / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {package}\nVersion: 1.0\n", encoding="utf-8")
        (info / "entry_points.txt").write_text(f"[vipex.adapters]\n{entry} = {package}:PLUGIN\n", encoding="utf-8")

    return install


def test_an_installed_adapter_is_found_by_its_name(install: Install) -> None:
    install("vipex_probe_good", "probe", GOOD)
    assert "probe" in names()
    assert plugin("probe").title == "Próba CRM"
    assert isinstance(plugins()["probe"], AdapterPlugin)
    assert "probe" not in broken()


@pytest.mark.parametrize(
    ("source", "text"),
    [
        ("raise RuntimeError('no such library')", "cannot be loaded: RuntimeError: no such library"),
        ("OTHER = 1", "cannot be loaded: AttributeError"),
        ("PLUGIN = 'text'", "is no AdapterPlugin but str"),
        (GOOD.replace('name="probe"', 'name="other"'), "calls itself 'other'"),
        (GOOD.replace("open=None", "open=None, api_version=2"), "was written for adapter API 2, this is 1"),
    ],
)
def test_a_broken_adapter_is_named_and_hides_no_other(
    install: Install, caplog: pytest.LogCaptureFixture, source: str, text: str
) -> None:
    unique = f"vipex_probe_broken_{abs(hash(source))}"
    install(unique, "probe", source)
    install(f"{unique}_good", "sound", GOOD.replace('name="probe"', 'name="sound"'))
    assert "sound" in plugins()
    assert "probe" not in plugins()
    assert text in str(broken()["probe"])
    assert "adapter probe is left out" in caplog.text
    with pytest.raises(ConfigError, match="'probe'"):
        plugin("probe")
    assert plugin("sound").name == "sound"


def test_two_packages_that_offer_one_name_are_both_refused(install: Install) -> None:
    install("vipex_probe_one", "probe", GOOD)
    install("vipex_probe_two", "probe", GOOD)
    with pytest.raises(ConfigError, match=r"more than one package .*vipex_probe_one, vipex_probe_two"):
        plugin("probe")


def test_an_adapter_that_is_not_installed_is_named_with_what_is(install: Install) -> None:
    install("vipex_probe_known", "known", GOOD)
    with pytest.raises(ConfigError, match=r"no adapter 'absent' is installed \(installed: .*known") as caught:
        plugin("absent")
    assert caught.value.key == "crm.adapter"
