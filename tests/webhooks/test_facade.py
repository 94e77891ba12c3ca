"""What the room offers, and what it does not drag in."""

import doctest
import subprocess
import sys

import pytest

from vipex_sdk import numbers, values, webhooks
from vipex_sdk.webhooks import signature


def test_everything_offered_is_there_and_sorted() -> None:
    assert list(webhooks.__all__) == sorted(webhooks.__all__)
    for name in webhooks.__all__:
        assert getattr(webhooks, name) is not None
    assert callable(webhooks.merge)
    assert callable(webhooks.parse)
    assert callable(webhooks.verify)


def test_events_need_no_server() -> None:
    code = (
        "import sys, vipex_sdk.webhooks.events, vipex_sdk.webhooks\n"
        "print({'starlette', 'uvicorn', 'httpx', 'python_multipart', 'phonenumbers'} & set(sys.modules))"
    )
    shown = subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True).stdout
    assert shown.strip() == "set()"


@pytest.mark.parametrize("module", [webhooks, signature, numbers, values], ids=lambda module: module.__name__)
def test_examples_in_docstrings_are_true(module: object) -> None:
    assert doctest.testmod(module).failed == 0  # type: ignore[arg-type]
