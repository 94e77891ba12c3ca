"""What a user installs: three wheels, each whole and with nothing that is not its own."""

from __future__ import annotations

import subprocess
import sys
import tomllib
import zipfile
from email.parser import Parser
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
PROJECTS = {
    "vipex_sdk": ROOT,
    "vipex_minicrm": ROOT / "adapters" / "minicrm",
    "vipex_generic": ROOT / "adapters" / "generic",
}


@pytest.fixture(scope="module")
def wheels(tmp_path_factory: pytest.TempPathFactory) -> dict[str, zipfile.ZipFile]:
    target = tmp_path_factory.mktemp("wheels")
    for project in PROJECTS.values():
        command = [sys.executable, "-m", "hatchling", "build", "--target", "wheel", "--directory", str(target)]
        subprocess.run(command, cwd=project, check=True, capture_output=True)
    return {path.name.split("-")[0]: zipfile.ZipFile(path) for path in target.glob("*.whl")}


def metadata(wheel: zipfile.ZipFile) -> dict[str, list[str]]:
    name = next(name for name in wheel.namelist() if name.endswith(".dist-info/METADATA"))
    message = Parser().parsestr(wheel.read(name).decode())
    return {key: [str(value) for value in message.get_all(key, [])] for key in set(message.keys())}


@pytest.mark.parametrize("package", PROJECTS)
def test_a_wheel_holds_its_own_package_typed_and_nothing_else(wheels: dict[str, zipfile.ZipFile], package: str) -> None:
    names = wheels[package].namelist()
    assert f"{package}/py.typed" in names
    assert {name.split("/")[0] for name in names if ".dist-info/" not in name} == {package}


@pytest.mark.parametrize("package", PROJECTS)
def test_a_wheel_holds_every_file_of_its_folder(wheels: dict[str, zipfile.ZipFile], package: str) -> None:
    folder = PROJECTS[package] / package
    tracked = subprocess.run(["git", "ls-files", "."], cwd=folder, capture_output=True, text=True, check=True).stdout
    missing = {f"{package}/{name}" for name in tracked.splitlines()} - set(wheels[package].namelist())
    assert not missing


def test_the_default_wire_profile_is_installed(wheels: dict[str, zipfile.ZipFile]) -> None:
    profile = tomllib.loads(wheels["vipex_sdk"].read("vipex_sdk/wire/default.toml").decode())
    assert profile["version"] == 1


def test_the_three_share_one_version(wheels: dict[str, zipfile.ZipFile]) -> None:
    assert len({metadata(wheel)["Version"][0] for wheel in wheels.values()}) == 1


@pytest.mark.parametrize("adapter", ["vipex_minicrm", "vipex_generic"])
def test_an_adapter_bounds_the_sdk_it_works_with(wheels: dict[str, zipfile.ZipFile], adapter: str) -> None:
    bounds = [line for line in metadata(wheels[adapter])["Requires-Dist"] if line.startswith("vipex-sdk")]
    assert bounds
    assert "<" in bounds[0]
    assert ">=" in bounds[0]


@pytest.mark.parametrize("adapter", ["vipex_minicrm", "vipex_generic"])
def test_an_adapter_announces_itself(wheels: dict[str, zipfile.ZipFile], adapter: str) -> None:
    name = next(name for name in wheels[adapter].namelist() if name.endswith("entry_points.txt"))
    assert "[vipex.adapters]" in wheels[adapter].read(name).decode()


def test_a_core_install_needs_no_server_database_or_command_line(wheels: dict[str, zipfile.ZipFile]) -> None:
    core = {
        line.split(";")[0].split(">")[0].split("<")[0].strip()
        for line in metadata(wheels["vipex_sdk"])["Requires-Dist"]
        if "extra ==" not in line
    }
    assert core == {"attrs", "authlib", "cattrs", "httpcore", "httpx", "msgspec", "phonenumbers", "starlette", "tzdata"}
