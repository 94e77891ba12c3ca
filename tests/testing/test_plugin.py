from __future__ import annotations

import asyncio
import socket
import subprocess
import sys
from collections.abc import Callable

import pytest

from vipex_sdk import testing
from vipex_sdk.webhooks.events import CallEnd


def test_the_plugin_loads_nothing_of_the_sdk_before_a_fixture_is_used() -> None:
    code = (
        "import sys, vipex_sdk.testing.plugin;"
        "print(*sorted(name for name in sys.modules if name.startswith('vipex_sdk.')));"
        "print(*sorted({'httpx', 'starlette', 'phonenumbers', 'pytest_asyncio'} & set(sys.modules)))"
    )
    answer = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    ours, others = answer.stdout.splitlines()
    assert ours.split() == ["vipex_sdk.testing", "vipex_sdk.testing.plugin"]
    assert others.split() == []


def test_calls_come_from_a_fixture(vipex_call: Callable[..., CallEnd]) -> None:
    assert vipex_call("missed", remote="+36300000001").caller.e164 == "+36300000001"


def test_the_network_is_closed_and_loopback_is_open(vipex_no_network: None) -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        socket.create_connection(server.getsockname(), timeout=1).close()
    for address in (("192.0.2.1", 9), ("localhost.example.hu", 9)):
        with socket.socket() as tried, pytest.raises(OSError, match="may not use the network"):
            tried.connect(address)


async def test_the_network_is_closed_for_asyncio(vipex_no_network: None) -> None:
    with pytest.raises(OSError, match="may not use the network"):
        await asyncio.open_connection("192.0.2.1", 9)


def test_all_names_of_the_room_can_be_imported() -> None:
    assert all(getattr(testing, name) is not None for name in testing.__all__)
    with pytest.raises(AttributeError, match="no attribute 'absent'"):
        _ = testing.absent
