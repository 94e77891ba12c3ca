"""Fixtures of the command-line tests."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.cli.firm import REST_KEY, VOIP_KEY
from tests.cli.programs import Done, exchange
from tests.minicrm.running import RunningSimulator
from vipex_sdk.cli import main


@pytest.fixture(scope="session")
def vipex() -> Iterator[dict[str, str]]:
    """Give the environment that leads to a simulated VIPeX of this test process."""
    with exchange() as environment:
        yield environment


@pytest.fixture
def command(
    vipex: dict[str, str], monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Callable[..., Done]:
    """Give what runs one command in this process against the simulated VIPeX."""
    for name, value in vipex.items():
        monkeypatch.setenv(name, value)

    def run(*words: str) -> Done:
        code = main(list(words))
        out, err = capsys.readouterr()
        return Done(code, out, err)

    return run


@pytest.fixture
def minicrm() -> Iterator[RunningSimulator]:
    with RunningSimulator() as simulator:
        simulator.switches.rate_limit = 6000
        yield simulator


@pytest.fixture
def answers(tmp_path: Path, vipex: dict[str, str], minicrm: RunningSimulator) -> Path:
    """Give a file with right answers."""
    file = tmp_path / "answers.toml"
    file.write_text(
        f"""
language = "hu"
[gateway]
public_url = "http://127.0.0.1:9"
port = 18080
[vipex]
base_url = "{vipex["VIPEX_BASE_URL"]}"
user = "{vipex["VIPEX_USER"]}"
password = "{vipex["VIPEX_PASSWORD"]}"
[calls]
own_numbers = ["+3610000100"]
unknown_callers = "inbound"
[extensions.101]
crm_user = "2001"
name = "Nagy Béla"
[crm.minicrm]
base_url = "{minicrm.url}"
system_id = "12345"
api_key = "{REST_KEY}"
voip_key = "{VOIP_KEY}"
new_cards = {{ category = "21", status = "Érdeklődő", owner = "2002" }}
""",
        encoding="utf-8",
    )
    return file
