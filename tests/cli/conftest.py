"""Fixtures of the command-line tests."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest

from tests.cli.programs import Done, exchange
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
