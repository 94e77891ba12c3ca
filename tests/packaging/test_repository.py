"""What is committed: pinned and address-free requirements, an honest changelog, no traces of a machine."""

from __future__ import annotations

import re
import subprocess
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
VERSION = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["version"]
REGISTRIES = re.compile(r"(pypi|pythonhosted|npmjs|deb\.debian)\.(org" + r"|com)")
HOME_FOLDERS = re.compile(r"(?<![\w.])/(home/\w+|root)/")


def tracked() -> list[Path]:
    names = subprocess.run(["git", "ls-files"], cwd=ROOT, capture_output=True, text=True, check=True).stdout
    return [ROOT / name for name in names.splitlines()]


def texts() -> dict[str, str]:
    readable = {}
    for path in tracked():
        try:
            readable[str(path.relative_to(ROOT))] = path.read_text()
        except (UnicodeDecodeError, FileNotFoundError):
            continue
    return readable


@pytest.mark.parametrize("name", ["run.txt", "dev.txt"])
def test_every_requirement_is_pinned_with_hashes(name: str) -> None:
    blocks = re.split(r"\n(?=[a-z0-9])", (ROOT / "requirements" / name).read_text())
    unpinned = [block.splitlines()[0] for block in blocks if "==" not in block or "--hash=sha256:" not in block]
    assert not unpinned


def test_no_lock_file_is_committed() -> None:
    assert not {"uv.lock", "poetry.lock", "package-lock.json"} & {path.name for path in tracked()}


def test_no_registry_address_and_no_path_of_a_machine_is_committed() -> None:
    found = [
        f"{name}: {match.group()}"
        for name, text in texts().items()
        for pattern in (REGISTRIES, HOME_FOLDERS)
        if (match := pattern.search(text))
    ]
    assert not found


def test_the_changelog_begins_with_this_version() -> None:
    versions = re.findall(r"^## (\d+\.\d+\.\d+)", (ROOT / "CHANGELOG.md").read_text(), re.MULTILINE)
    assert versions[0] == VERSION


def test_all_distributions_have_the_same_version() -> None:
    for adapter in ("minicrm", "generic"):
        project = tomllib.loads((ROOT / "adapters" / adapter / "pyproject.toml").read_text())["project"]
        assert project["version"] == VERSION
