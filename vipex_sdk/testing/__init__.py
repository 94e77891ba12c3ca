"""For tests of adapters and of programs that use this SDK: calls to play, fixtures, and the adapter contract.

``vipex_sdk.testing.plugin`` is loaded by pytest in every project that has the SDK installed, so this package imports
nothing until it is asked for.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from vipex_sdk.testing.calls import OUR_NUMBER, SHAPES, build_call
    from vipex_sdk.testing.contract import AdapterContract
    from vipex_sdk.testing.crm import CrmUnderTest, Fault

__all__ = ["OUR_NUMBER", "SHAPES", "AdapterContract", "CrmUnderTest", "Fault", "build_call"]

_HOME = {
    "OUR_NUMBER": "calls",
    "SHAPES": "calls",
    "build_call": "calls",
    "AdapterContract": "contract",
    "CrmUnderTest": "crm",
    "Fault": "crm",
}


def __getattr__(name: str) -> Any:
    if name not in _HOME:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from importlib import import_module

    return getattr(import_module(f"{__name__}.{_HOME[name]}"), name)
