"""The asynchronous client. Sending and sleeping is all it does itself; the rest is :mod:`vipex_sdk.control.steps`."""

from __future__ import annotations

import asyncio
import ssl
import time
from collections.abc import Awaitable, Callable
from functools import cached_property, partial
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Any, Self, TypeVar

import httpx

from vipex_sdk.control.address import Route
from vipex_sdk.control.auth import Credentials, TokenStore
from vipex_sdk.control.budget import Budget, limited
from vipex_sdk.control.connected import CONNECTIONS, Connected, environment
from vipex_sdk.control.hooks import Hooks, RequestEvent, RetryEvent
from vipex_sdk.control.lanes import Lanes
from vipex_sdk.control.operation import Operation
from vipex_sdk.control.retry import RetryPolicy, Timeouts
from vipex_sdk.control.steps import Kept, Pause, Send, Steps
from vipex_sdk.control.transport import Reply, chunks_later, is_kept, own_transport, tls_context, transport_error
from vipex_sdk.errors import OutcomeUnknown, VipexError
from vipex_sdk.wire.messages import WireResponse

if TYPE_CHECKING:
    from vipex_sdk.control.download import AsyncRecordings
    from vipex_sdk.control.groups import Calls, Forwardings, Operators, Phonebook, Users
    from vipex_sdk.wire.profile import WireProfile

__all__ = ["AsyncClient"]

T = TypeVar("T")
_GRACE = 0.05
"""Seconds by which a limit of its own, whose error says more, comes before the total budget of the same length."""


class AsyncClient(Connected):
    """Ask VIPeX from asyncio; the arguments are those of :class:`~vipex_sdk.Client`.

    Thousands of calls may be asked for at once: they share *connections* connections, first come, first served.
    """

    def __init__(
        self,
        base_url: str,
        *,
        user: str = "",
        password: str,
        client_id: str = "",
        client_secret: str = "",
        profile: WireProfile | Path | str | None = None,
        timeout: Timeouts | None = None,
        retry: RetryPolicy | None = None,
        token_store: TokenStore | None = None,
        on_request: Callable[[RequestEvent], object] | None = None,
        on_retry: Callable[[RetryEvent], object] | None = None,
        connections: int = CONNECTIONS,
        proxy: str | None = None,
        trust_env: bool = False,
        verify: ssl.SSLContext | None = None,
        user_agent_prefix: str | None = None,
        allow_insecure: bool = False,
        transport: httpx.AsyncBaseTransport | None = None,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        who = Credentials(user=user, password=password, client_id=client_id, client_secret=client_secret)
        route = Route(proxy=proxy, trust_env=trust_env)
        del password, client_secret, proxy  # tracebacks may show the locals of this frame
        super().__init__(
            base_url,
            who,
            profile=profile,
            timeout=timeout,
            retry=retry,
            hooks=Hooks(on_request=on_request, on_retry=on_retry),
            token_store=token_store,
            user_agent_prefix=user_agent_prefix,
            allow_insecure=allow_insecure,
            clock=clock,
        )
        self._owns_connections = transport is None
        lane: Callable[[], Any] = partial(
            own_transport,
            httpx.AsyncHTTPTransport,
            verify=verify or tls_context(trust_env=trust_env),
            proxy=route.proxy_for(self._base_url),
            connections=1,
        )
        self._transport = transport or Lanes(lane, count=connections)
        self._sleep = sleep

    @classmethod
    def from_env(cls, *, timeout: Timeouts | None = None, retry: RetryPolicy | None = None) -> Self:
        """Make a client from the environment: see :meth:`vipex_sdk.Client.from_env`."""
        return cls(**environment(), timeout=timeout, retry=retry)

    @cached_property
    def calls(self) -> Calls[AsyncClient]:
        """Start calls, and follow them."""
        from vipex_sdk.control.groups import Calls

        return Calls(self)

    @cached_property
    def forwarding(self) -> Forwardings[AsyncClient]:
        """Where an extension's calls go instead."""
        from vipex_sdk.control.groups import Forwardings

        return Forwardings(self)

    @cached_property
    def recordings(self) -> AsyncRecordings:
        """Recorded calls."""
        from vipex_sdk.control.download import AsyncRecordings

        return AsyncRecordings(self)

    @cached_property
    def users(self) -> Users[AsyncClient]:
        """Users of the exchange."""
        from vipex_sdk.control.groups import Users

        return Users(self)

    @cached_property
    def phonebook(self) -> Phonebook[AsyncClient]:
        """The shared phonebook."""
        from vipex_sdk.control.groups import Phonebook

        return Phonebook(self)

    @cached_property
    def operators(self) -> Operators[AsyncClient]:
        """Operators of the call centre."""
        from vipex_sdk.control.groups import Operators

        return Operators(self)

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
            with Budget(step.deadline, self.plan.clock) as budget:
                async with asyncio.timeout(budget.left() + _GRACE):
                    response = await self._scheme_for(step.request).asend(self._writer.request(step), self._go)
                    return await self._received(response, step)
        except httpx.HTTPError as exc:
            return transport_error(exc, step.operation.name)
        except TimeoutError:
            name = step.operation.name
            return OutcomeUnknown(f"{name}: no complete answer came in time", operation=name)
        except VipexError as exc:
            return exc

    async def _go(self, request: httpx.Request) -> httpx.Response:
        return await self._transport.handle_async_request(limited(request))

    async def _received(self, response: httpx.Response, step: Send) -> WireResponse | Kept:
        """Read an answer, unless it is kept open; whatever else happens, its connection is free again."""
        try:
            if is_kept(response, step):
                return Kept(response)
            reply = Reply(response, step, self.plan.clock)
            async for chunk in chunks_later(response):
                reply.take(chunk)
        except BaseException:
            await response.aclose()
            raise
        await response.aclose()
        return reply.finish()

    async def aclose(self) -> None:
        """Close the connections."""
        if self._owns_connections:
            await self._transport.aclose()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        await self.aclose()
