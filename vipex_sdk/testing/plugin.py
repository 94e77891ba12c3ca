"""The pytest plug-in: a few fixtures for tests of programs that use this SDK.

pytest imports this module at its start in every project that has the SDK installed, before coverage is measured:
nothing of the SDK is imported here until a fixture is used.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from vipex_sdk.webhooks.events import CallEnd

pytest.register_assert_rewrite("vipex_sdk.testing.contract")


@pytest.fixture
def vipex_call() -> Callable[..., CallEnd]:
    """Give :func:`vipex_sdk.testing.build_call`: ``vipex_call("missed", remote="+36300000001")``."""
    from vipex_sdk.testing.calls import build_call

    return build_call


@pytest.fixture
def vipex_no_network(monkeypatch: pytest.MonkeyPatch) -> None:
    """Refuse every connection that leaves this machine, so that a test cannot depend on a real service."""
    import socket

    connect = socket.socket.connect

    def guarded(self: socket.socket, address: object) -> None:
        host = address[0] if isinstance(address, tuple) and address else None
        if host is not None and not _is_loopback(str(host)):
            raise OSError("this test may not use the network beyond this machine")
        connect(self, address)  # type: ignore[arg-type]  # whatever the caller gave goes on unchanged

    monkeypatch.setattr(socket.socket, "connect", guarded)


def _is_loopback(host: str) -> bool:
    import ipaddress

    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"
