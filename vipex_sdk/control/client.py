"""The two clients. Sending and sleeping is all they do themselves; the rest is :mod:`vipex_sdk.control.steps`."""

from __future__ import annotations

import asyncio
import copy
import ssl
import time
from collections.abc import Awaitable, Callable
from contextlib import aclosing, closing
from pathlib import Path
from types import TracebackType
from typing import Any, Self, TypeVar

import attrs
import httpx

from vipex_sdk.control.auth import technical_user
from vipex_sdk.control.download import AsyncRecordings, Recordings
from vipex_sdk.control.groups import Calls, Forwardings, Operators, Phonebook, Users
from vipex_sdk.control.operation import Operation
from vipex_sdk.control.retry import RetryPolicy, Timeouts
from vipex_sdk.control.steps import Kept, Pause, Plan, Send, Steps
from vipex_sdk.control.transport import (
    Reply,
    base_url_of,
    build_request,
    is_kept,
    quiet,
    tls_context,
    transport_error,
    user_agent,
)
from vipex_sdk.errors import VipexError
from vipex_sdk.wire.exchange import WireResponse
from vipex_sdk.wire.profile import WireProfile, load_profile

__all__ = ["AsyncClient", "Client"]

T = TypeVar("T")


class _Connected:
    """What both clients are made of: an address, a plan and an httpx client."""

    def __init__(
        self,
        base_url: str,
        *,
        profile: WireProfile | Path | str | None,
        timeout: Timeouts | None,
        retry: RetryPolicy | None,
        allow_insecure: bool,
        clock: Callable[[], float],
    ) -> None:
        self._base_url = base_url_of(base_url, allow_insecure=allow_insecure)
        self.plan = Plan(
            profile=profile if isinstance(profile, WireProfile) else load_profile(profile),
            timeouts=timeout or Timeouts(),
            retry=retry or RetryPolicy(),
            clock=clock,
        )

    def __repr__(self) -> str:
        return f"<{type(self).__name__} {self._base_url} profile={self.plan.profile.name}>"

    def _bind(self) -> None:
        """Make the groups anew for this client."""
        raise NotImplementedError

    def _limited(self, timeout: Timeouts | None, retry: RetryPolicy | None) -> None:
        self._owns_connections = False
        self.plan = attrs.evolve(self.plan, timeouts=timeout or self.plan.timeouts, retry=retry or self.plan.retry)
        self._bind()

    def with_options(self, *, timeout: Timeouts | None = None, retry: RetryPolicy | None = None) -> Self:
        """Give a client with other limits on the same connections; closing it closes nothing."""
        other = copy.copy(self)
        other._limited(timeout, retry)  # noqa: SLF001 - it is one of us
        return other

    _owns_connections = True


def _options(user_agent_prefix: str | None, verify: ssl.SSLContext | None) -> dict[str, Any]:
    agent = " ".join(part for part in (user_agent_prefix, user_agent()) if part)
    headers = {"User-Agent": agent, "Accept-Encoding": "identity"}
    return {"headers": headers, "verify": verify or tls_context(), "follow_redirects": False}


class Client(_Connected):
    """Ask VIPeX, one thing at a time; safe to share among threads.

    Groups: ``calls``, ``forwarding``, ``recordings``, ``users``, ``phonebook``, ``operators``.

    Logs retries to ``vipex_sdk.control``, without numbers. httpx would log every address at INFO; for our requests,
    and only for ours, a filter on the logger ``httpx`` keeps it from that.

    Args:
        base_url: address of the VIPeX, without the profile's path prefix; there is no default.
        user: the technical user (*Technikai Felhasználó*).
        password: the technical user's generated password.
        profile: the wire format: loaded, or a TOML file that overrides the default; ``None`` is the default.
        timeout: limits in seconds.
        retry: when to try again.
        verify: TLS context, for a certificate authority of your own.
        user_agent_prefix: your program, for VIPeX's logs.
        allow_insecure: allow plain HTTP to another machine.
        transport: an httpx transport, for tests.
        sleep: how to pause.
        clock: seconds from a monotonic clock.

    Raises:
        ConfigError: an argument is wrong.
        ProfileError: the profile is wrong.
    """

    def __init__(
        self,
        base_url: str,
        *,
        user: str,
        password: str,
        profile: WireProfile | Path | str | None = None,
        timeout: Timeouts | None = None,
        retry: RetryPolicy | None = None,
        verify: ssl.SSLContext | None = None,
        user_agent_prefix: str | None = None,
        allow_insecure: bool = False,
        transport: httpx.BaseTransport | None = None,
        sleep: Callable[[float], None] = time.sleep,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        super().__init__(
            base_url, profile=profile, timeout=timeout, retry=retry, allow_insecure=allow_insecure, clock=clock
        )
        auth = technical_user(self.plan.profile.control.auth, user=user, password=password)
        self._http = httpx.Client(auth=auth, transport=transport, **_options(user_agent_prefix, verify))
        self._sleep = sleep
        self._bind()

    def _bind(self) -> None:
        self.calls = Calls(self)
        self.forwarding = Forwardings(self)
        self.recordings = Recordings(self)
        self.users = Users(self)
        self.phonebook = Phonebook(self)
        self.operators = Operators(self)

    def send(self, operation: Operation[T]) -> T:
        """Carry out *operation*.

        Raises:
            VipexError: as the operation's builder says.
        """
        return self.run(self.plan.steps(operation))

    def run(self, steps: Steps[T]) -> T:
        """Carry out *steps* until they end."""
        reply: WireResponse | Kept | VipexError | None = None
        while True:
            try:
                step = steps.send(reply)
            except StopIteration as done:
                answer: T = done.value
                return answer
            reply = self._carry_out(step)

    def _carry_out(self, step: Send | Pause) -> WireResponse | Kept | VipexError | None:
        if isinstance(step, Pause):
            self._sleep(step.seconds)
            return None
        try:
            response = self._open(step)
            if is_kept(response, step):
                return Kept(response)
            with closing(response):
                reply = Reply(response, step, self.plan.clock)
                for chunk in response.iter_bytes():
                    reply.take(chunk)
            return reply.finish()
        except httpx.HTTPError as exc:
            return transport_error(exc, step.operation.name)

    def _open(self, step: Send) -> httpx.Response:
        request = build_request(self._http, self._base_url, step)
        with quiet():
            return self._http.send(request, stream=True)

    def close(self) -> None:
        """Close the connections."""
        if self._owns_connections:
            self._http.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self.close()


class AsyncClient(_Connected):
    """Ask VIPeX from asyncio; the arguments are those of :class:`Client`."""

    def __init__(
        self,
        base_url: str,
        *,
        user: str,
        password: str,
        profile: WireProfile | Path | str | None = None,
        timeout: Timeouts | None = None,
        retry: RetryPolicy | None = None,
        verify: ssl.SSLContext | None = None,
        user_agent_prefix: str | None = None,
        allow_insecure: bool = False,
        transport: httpx.AsyncBaseTransport | None = None,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        super().__init__(
            base_url, profile=profile, timeout=timeout, retry=retry, allow_insecure=allow_insecure, clock=clock
        )
        auth = technical_user(self.plan.profile.control.auth, user=user, password=password)
        self._http = httpx.AsyncClient(auth=auth, transport=transport, **_options(user_agent_prefix, verify))
        self._sleep = sleep
        self._bind()

    def _bind(self) -> None:
        self.calls = Calls(self)
        self.forwarding = Forwardings(self)
        self.recordings = AsyncRecordings(self)
        self.users = Users(self)
        self.phonebook = Phonebook(self)
        self.operators = Operators(self)

    async def send(self, operation: Operation[T]) -> T:
        """Carry out *operation*.

        Raises:
            VipexError: as the operation's builder says.
        """
        return await self.run(self.plan.steps(operation))

    async def run(self, steps: Steps[T]) -> T:
        """Carry out *steps* until they end."""
        reply: WireResponse | Kept | VipexError | None = None
        while True:
            try:
                step = steps.send(reply)
            except StopIteration as done:
                answer: T = done.value
                return answer
            reply = await self._carry_out(step)

    async def _carry_out(self, step: Send | Pause) -> WireResponse | Kept | VipexError | None:
        if isinstance(step, Pause):
            await self._sleep(step.seconds)
            return None
        try:
            response = await self._open(step)
            if is_kept(response, step):
                return Kept(response)
            async with aclosing(response):
                reply = Reply(response, step, self.plan.clock)
                async for chunk in response.aiter_bytes():
                    reply.take(chunk)
            return reply.finish()
        except httpx.HTTPError as exc:
            return transport_error(exc, step.operation.name)

    async def _open(self, step: Send) -> httpx.Response:
        request = build_request(self._http, self._base_url, step)
        with quiet():
            return await self._http.send(request, stream=True)

    async def aclose(self) -> None:
        """Close the connections."""
        if self._owns_connections:
            await self._http.aclose()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        await self.aclose()
