from __future__ import annotations

import re
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest


@pytest.fixture(scope="session")
def token() -> str:
    return "tok-3f9c1a77e0"


@pytest.fixture(scope="session")
def mintabolt(token: str) -> Iterator[str]:
    """Start the invented CRM as a process of its own and give its address."""
    program = Path(__file__).with_name("server.py")
    with subprocess.Popen([sys.executable, str(program), token], stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        try:
            yield process.stdout.readline().strip()
        finally:
            process.kill()


@pytest.fixture(scope="session")
def readme() -> str:
    return (Path(__file__).parents[2] / "adapters" / "generic" / "README.md").read_text(encoding="utf-8")


@pytest.fixture(scope="session")
def example(readme: str) -> str:
    """Give the complete spec that the README shows."""
    found = re.search(r"```toml\n(.*?)```", readme, re.DOTALL)
    assert found is not None
    return found.group(1)


@pytest.fixture
def write_spec(tmp_path: Path) -> Callable[[str], Path]:
    """Write a spec to a file."""

    def write(text: str) -> Path:
        path = tmp_path / "mycrm.toml"
        path.write_text(text, encoding="utf-8")
        return path

    return write
