"""What a person sees who asks Python for help."""

from __future__ import annotations

import inspect
import pydoc
from typing import Any

import pytest

from vipex_sdk.control import AsyncClient, Client

GROUPS = ("calls", "forwarding", "recordings", "users", "phonebook", "operators")


def methods(cls: Any) -> list[Any]:
    client = cls("https://pbx.example.hu", user="u", password="p")
    groups = [getattr(client, name) for name in GROUPS]
    return [getattr(group, name) for group in groups for name in dir(group) if not name.startswith("_")]


def test_help_on_originate_reads_well() -> None:
    with Client("https://pbx.example.hu", user="u", password="p") as client:
        text = pydoc.plain(pydoc.render_doc(client.calls.originate))
    first, _, rest = text.partition("\n\n")
    assert first.startswith("Python Library Documentation: method originate")
    assert rest.startswith("originate(extension: 'str', number: 'PhoneNumber | str', *, caller_id:")
    assert "-> 'CallStarted'" in rest
    assert "Ring *extension*, then dial *number* for it." in rest
    assert "OutcomeUnknown: the request left and no answer came." in rest
    assert "Operation" not in rest


@pytest.mark.parametrize("cls", [Client, AsyncClient])
def test_every_method_has_a_name_a_text_and_a_signature_without_self(cls: Any) -> None:
    found = methods(cls)
    assert len(found) > 15
    for method in found:
        text = inspect.getdoc(method) or ""
        assert text.partition("\n")[0].endswith("."), method
        assert "self" not in inspect.signature(method).parameters
        assert "Operation[" not in str(inspect.signature(method))
        assert method.__name__


def test_editors_find_the_groups_on_the_class() -> None:
    for cls in (Client, AsyncClient):
        for name in GROUPS:
            assert inspect.getdoc(inspect.getattr_static(cls, name))
