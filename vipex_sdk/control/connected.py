"""What both clients are made of."""

from __future__ import annotations

import copy
import os
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any, Self

import attrs

from vipex_sdk.control.address import base_url_of, origin_of
from vipex_sdk.control.auth import UNSIGNED, Credentials, Scheme, TokenStore, scheme_for
from vipex_sdk.control.hooks import Hooks
from vipex_sdk.control.retry import RetryPolicy, Timeouts
from vipex_sdk.control.steps import Plan
from vipex_sdk.control.transport import Writer
from vipex_sdk.errors import ConfigError

if TYPE_CHECKING:
    from vipex_sdk.wire.messages import WireRequest
    from vipex_sdk.wire.profile import WireProfile

__all__ = ["CONNECTIONS", "Connected", "environment"]

_GROUPS = ("calls", "forwarding", "recordings", "users", "phonebook", "operators")
CONNECTIONS = 50
"""Connections of one client at once, unless it is told otherwise."""


class Connected:
    """An address, a plan, and who we are."""

    def __init__(
        self,
        base_url: str,
        who: Credentials,
        *,
        profile: WireProfile | Path | str | None,
        timeout: Timeouts | None,
        retry: RetryPolicy | None,
        hooks: Hooks,
        token_store: TokenStore | None,
        user_agent_prefix: str | None,
        allow_insecure: bool,
        clock: Callable[[], float],
    ) -> None:
        self._base_url = base_url_of(base_url, allow_insecure=allow_insecure)
        self.plan = Plan(
            profile=_loaded(profile),
            timeouts=timeout or Timeouts(),
            retry=retry or RetryPolicy(),
            hooks=hooks,
            clock=clock,
        )
        self._scheme = scheme_for(
            self.plan.profile.control.auth,
            who,
            base_url=self._base_url,
            allow_insecure=allow_insecure,
            store=token_store,
        )
        self._writer = Writer(self._base_url, agent=user_agent_prefix)
        self._origins = ("", origin_of(self._base_url))
        self._owns_connections = True

    def __repr__(self) -> str:
        if not hasattr(self, "plan"):
            return f"<{type(self).__name__}>"  # while it is being made, in a traceback
        return f"<{type(self).__name__} {self._base_url} profile={self.plan.profile.name}>"

    def _scheme_for(self, request: WireRequest) -> Scheme:
        """Sign what goes to the control API, and nothing else: a host that keeps recordings learns no password."""
        return self._scheme if request.origin in self._origins else UNSIGNED

    def with_options(self, *, timeout: Timeouts | None = None, retry: RetryPolicy | None = None) -> Self:
        """Give a client with other limits on the same connections and tokens; closing it closes nothing.

        >>> client.with_options(timeout=Timeouts(total=5)).calls.current("101")  # doctest: +SKIP
        """
        other = copy.copy(self)
        other._owns_connections = False  # noqa: SLF001 - it is one of us
        other.plan = attrs.evolve(self.plan, timeouts=timeout or self.plan.timeouts, retry=retry or self.plan.retry)
        for group in _GROUPS:
            vars(other).pop(group, None)  # bound to this client
        return other


def _loaded(profile: WireProfile | Path | str | None) -> WireProfile:
    from vipex_sdk.wire.profile import WireProfile, load_profile  # loaded when a client is made

    return profile if isinstance(profile, WireProfile) else load_profile(profile)


def environment(variables: Mapping[str, str] | None = None) -> dict[str, Any]:
    """Read a client's arguments from the environment.

    ``VIPEX_BASE_URL``, ``VIPEX_USER``, ``VIPEX_PASSWORD``, ``VIPEX_PROFILE`` (a file), ``VIPEX_CLIENT_ID`` and
    ``VIPEX_CLIENT_SECRET``; instead of a secret, its name with ``_FILE`` names a file that holds it.

    Raises:
        ConfigError: the address is missing, or a file cannot be read.
    """
    found = os.environ if variables is None else variables
    if not found.get("VIPEX_BASE_URL"):
        raise ConfigError("expected the address of the VIPeX", key="VIPEX_BASE_URL")
    return {
        "base_url": found["VIPEX_BASE_URL"],
        "user": found.get("VIPEX_USER", ""),
        "password": _secret(found, "VIPEX_PASSWORD"),
        "client_id": found.get("VIPEX_CLIENT_ID", ""),
        "client_secret": _secret(found, "VIPEX_CLIENT_SECRET"),
        "profile": found.get("VIPEX_PROFILE") or None,
    }


def _secret(found: Mapping[str, str], name: str) -> str:
    file = found.get(f"{name}_FILE")
    if not file:
        return found.get(name, "")
    try:
        return Path(file).read_text(encoding="utf-8").rstrip("\r\n")
    except (OSError, UnicodeDecodeError):
        raise ConfigError("cannot read the file", key=f"{name}_FILE", file=file) from None
