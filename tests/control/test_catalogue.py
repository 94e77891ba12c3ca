from __future__ import annotations

import inspect
from typing import Any

import attrs
import pytest

from vipex_sdk.control import OPERATIONS, AsyncClient, Client, Operation, argument_types, originate
from vipex_sdk.control.operation import endpoint
from vipex_sdk.control.paging import paged
from vipex_sdk.wire.profile import default_profile


def test_operations_and_profile_have_the_same_names() -> None:
    assert set(OPERATIONS) == set(default_profile().control.operations)


@pytest.mark.parametrize("name", sorted(OPERATIONS))
def test_builders_build_what_the_catalogue_says(name: str) -> None:
    build = OPERATIONS[name]
    values: dict[str, Any] = dict.fromkeys(argument_types(name), "1")
    operation = build(**values)
    assert isinstance(operation, Operation)
    assert operation.name == name
    assert set(operation.arguments) == set(argument_types(name))


def test_only_three_operations_are_not_repeatable() -> None:
    built = [build(**dict.fromkeys(argument_types(name), "1")) for name, build in OPERATIONS.items()]
    assert {one.name for one in built if not one.repeatable} == {
        "calls.originate",
        "calls.start_ivr",
        "phonebook.create",
    }


def test_an_operation_does_not_show_its_arguments() -> None:
    assert "3630" not in repr(originate("101", "+36300000001"))


def test_both_clients_take_the_same_arguments() -> None:
    sync, later = inspect.signature(Client).parameters, inspect.signature(AsyncClient).parameters
    assert list(sync) == list(later)
    differing = {name for name in sync if sync[name].annotation != later[name].annotation}
    assert differing == {"transport", "sleep"}
    assert all(sync[name].default == later[name].default for name in sync if name not in differing)


def test_methods_show_the_builders_signature_and_text() -> None:
    with Client("https://pbx.example.hu", user="u", password="p") as client:
        method = client.calls.originate
        assert inspect.signature(method).parameters == inspect.signature(originate).parameters
        assert inspect.signature(method).return_annotation == "CallStarted"
        assert method.__doc__ == originate.__doc__
        assert type(client.calls).originate is originate
        assert inspect.signature(client.users.all).parameters == {}


def test_every_operation_is_a_method_of_its_group() -> None:
    with Client("https://pbx.example.hu", user="u", password="p") as client:
        names = ("calls", "forwarding", "recordings", "users", "phonebook", "operators")
        groups = [getattr(client, name) for name in names]
    descriptors = [one for group in groups for one in vars(type(group)).values() if isinstance(one, (endpoint, paged))]
    built = {one._build for one in descriptors}
    # These take more than one request, or are streamed.
    composed = {OPERATIONS[name] for name in ("recordings.fetch", "forwarding.delete", "forwarding.delete_all")}
    assert built == set(OPERATIONS.values()) - composed


@pytest.mark.parametrize(
    "name", ["calls.wait_for_outcome", "forwarding.delete", "phonebook.plan_sync", "phonebook.sync"]
)
def test_composed_methods_show_their_signature_without_the_plan(name: str) -> None:
    with Client("https://pbx.example.hu", user="u", password="p") as client:
        group, method = name.split(".")
        bound = getattr(getattr(client, group), method)
        signature = inspect.signature(bound)
        assert "plan" not in signature.parameters
        assert "Steps" not in str(signature.return_annotation)
        assert bound.__doc__ == getattr(type(getattr(client, group)), method).__doc__


def test_operations_are_values() -> None:
    assert originate("101", "+36300000001") == originate("101", "+36300000001")
    assert attrs.evolve(originate("101", "1"), repeatable=True).repeatable
