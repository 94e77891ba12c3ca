"""The example of the page "Writing an adapter" keeps the contract that the page asks for."""

from __future__ import annotations

import importlib.util
import sys
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType

import pytest

from tests.docs.site import ROOT
from vipex_sdk.testing import AdapterContract, CrmUnderTest


def load(name: str) -> ModuleType:
    """Import an example as its neighbours do: by its bare name."""
    spec = importlib.util.spec_from_file_location(name, Path(ROOT, "examples", f"{name}.py"))
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[name] = module
    spec.loader.exec_module(module)
    return module


class TestExampleAdapter(AdapterContract):
    @pytest.fixture
    def crm(self) -> Iterator[CrmUnderTest]:
        load("memory_adapter")
        example = load("test_memory_adapter")
        yield example.MemoryUnderTest(example.some_crm())
        del sys.modules["memory_adapter"], sys.modules["test_memory_adapter"]
