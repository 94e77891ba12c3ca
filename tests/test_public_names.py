"""The public names: all there, sorted, and light until they are used."""

from __future__ import annotations

import subprocess
import sys
from importlib import import_module
from typing import Any

import pytest

import vipex_sdk

HEAVY = ("httpx", "cattrs", "starlette", "authlib", "phonenumbers", "uvicorn", "sqlite3")


def modules_after(code: str) -> set[str]:
    script = f"import sys; {code}; print('\\n'.join(sys.modules))"
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    return set(done.stdout.split())


def test_importing_the_package_loads_nothing_heavy() -> None:
    assert not modules_after("import vipex_sdk").intersection(HEAVY)


def test_models_of_the_control_api_need_no_http_library() -> None:
    loaded = modules_after("from vipex_sdk.control import User, originate, argument_types")
    assert not loaded.intersection({"httpx", "starlette", "authlib"})


@pytest.mark.parametrize("package", ["vipex_sdk", "vipex_sdk.control"])
def test_every_public_name_can_be_imported(package: str) -> None:
    module: Any = import_module(package)
    assert module.__all__ == sorted(module.__all__, key=lambda name: (not name.isupper(), name[0].islower(), name))
    assert len(set(module.__all__)) == len(module.__all__)
    assert set(dir(module)) == set(module.__all__)
    for name in module.__all__:
        assert getattr(module, name) is not None


def test_a_name_that_is_not_public_is_an_attribute_error() -> None:
    with pytest.raises(AttributeError, match="Klient"):
        vipex_sdk.Klient  # type: ignore[attr-defined]  # noqa: B018 - what is tested
