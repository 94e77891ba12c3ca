"""Every example runs against the simulated VIPeX, as a reader would run it."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import attrs
import httpx
import pytest
from vipex_generic.filters import FILTERS
from vipex_generic.names import CALL, PREVIOUS
from vipex_generic.plan import load_plan
from vipex_generic.settings import GenericSettings
from vipex_generic.spec import Then

from tests.cli.programs import exchange, run
from tests.docs.site import ROOT, code_blocks, pages, rows
from vipex_sdk.gateway.config import load
from vipex_sdk.wire.profile import load_profile

EXAMPLES = sorted((ROOT / "examples").glob("*.py"))
SCRIPTS = {
    "call_centre": r"(\d+ \d+ [\w, ]+\n)+101\n(\d+ \w+ \d+:\S+ 0:00:00 \d+:\S+\n)+",
    "fetch_recording": r"audio/wav \d+\n\d+\n",
    "follow_call": r"(\w+\n)+(answered|not_answered|not_seen|still_on)\n\w+\n(free|still busy)\n",
    "forward_calls": r"no_answer extension 102\nunreachable number \+36300000009\nbusy not forwarded\n0\n",
    "list_users_async": r"(\d+ \S.* \w+\n)+",
    "phonebook": r"Fekete Ilonka\nTrue False\n",
    "start_call": r"\S+ \S+\n",
    "start_ivr": r"\S+ queued\n",
    "sync_phonebook": r"would create 2 update 0 delete 0\n1/2\n2/2\ncreated 2 updated 0 deleted 0\n",
}


@pytest.fixture(scope="module")
def vipex() -> Iterator[dict[str, str]]:
    with exchange() as environment:
        yield environment


@pytest.mark.parametrize("name", SCRIPTS)
def test_an_example_does_what_it_says(vipex: dict[str, str], name: str, tmp_path: Path) -> None:
    environment = vipex | {"FOLLOW_SECONDS": "1"}
    if name == "fetch_recording":
        played = httpx.post(f"{vipex['VIPEX_BASE_URL']}/sandbox/scenarios/answered", json={}, trust_env=False).json()
        environment |= {"RECORDING_CODE": played["recordings"][0], "RECORDING_PATH": str(tmp_path / "call.wav")}
    done = run([f"examples/{name}.py"], environment=environment)
    assert done.code == 0, done.err
    assert re.fullmatch(SCRIPTS[name], done.out), done.out


@pytest.mark.parametrize("path", EXAMPLES, ids=lambda path: path.stem)
def test_an_example_is_short_and_says_what_it_is(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    assert len(text.splitlines()) <= 60
    tree = ast.parse(text)
    assert ast.get_docstring(tree)
    if path.stem in SCRIPTS:
        assert "main" in {node.name for node in tree.body if isinstance(node, ast.FunctionDef)}


def test_the_configuration_of_the_pages_is_understood(monkeypatch: pytest.MonkeyPatch) -> None:
    example = ROOT / "examples" / "vipex.toml"
    for name in re.findall(r'env = "(\w+)"', example.read_text(encoding="utf-8")):
        monkeypatch.setenv(name, "invented-secret-of-32-characters")
    configuration = load(example)
    assert configuration.crm.adapter == "minicrm"
    assert set(configuration.extensions) == {"101", "102"}


def test_the_profile_of_the_pages_is_understood() -> None:
    profile = load_profile(ROOT / "examples" / "profile.toml")
    assert profile.control.operations["calls.originate"].path == "/dial"
    assert profile.control.operations["calls.current"].method == "GET"


def test_the_crm_described_in_the_pages_is_understood() -> None:
    plan = load_plan(ROOT / "examples" / "crm.toml", variables=())
    assert plan.find_record is not None


def test_the_page_of_the_generic_adapter_names_everything() -> None:
    page = pages("en")["generic-adapter.md"]
    names = {name for row in rows(page) for name in row.split(", ")}
    assert {each.name for each in attrs.fields(GenericSettings)} <= names
    assert set(FILTERS) <= names
    assert all(f"`{name}`" in page for name in (*CALL, *PREVIOUS, *Then))


def test_python_written_in_a_page_compiles() -> None:
    for name, page in pages("en").items():
        for language, code in code_blocks(page):
            if language == "python" and "--8<--" not in code:
                compile(code, name, "exec")
