"""The client. Sending and sleeping is all it does itself; the rest is :mod:`vipex_sdk.control.steps`."""

from __future__ import annotations

import ssl
import time
from collections.abc import Callable
from functools import cached_property
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Self, TypeVar

import httpx

from vipex_sdk.control.address import Route
from vipex_sdk.control.auth import Credentials, TokenStore
from vipex_sdk.control.budget import Budget, limited
from vipex_sdk.control.connected import CONNECTIONS, Connected, environment
from vipex_sdk.control.hooks import Hooks, RequestEvent, RetryEvent
from vipex_sdk.control.operation import Operation
from vipex_sdk.control.retry import RetryPolicy, Timeouts
from vipex_sdk.control.steps import Kept, Pause, Send, Steps
from vipex_sdk.control.transport import Reply, chunks, is_kept, own_transport, tls_context, transport_error
from vipex_sdk.errors import VipexError
from vipex_sdk.wire.messages import WireResponse

if TYPE_CHECKING:
    from vipex_sdk.control.download import Recordings
    from vipex_sdk.control.groups import Calls, Forwardings, Operators, Phonebook, Users
    from vipex_sdk.wire.profile import WireProfile

__all__ = ["Client"]

T = TypeVar("T")


class Client(Connected):
    """Ask VIPeX, one thing at a time; safe to share among threads.

    Groups: ``calls``, ``forwarding``, ``recordings``, ``users``, ``phonebook``, ``operators``.

    Logs retries to ``vipex_sdk.control``, without numbers. Redirects are never followed. A client costs little: all of
    a process share one TLS context.

    Args:
        base_url: address of the VIPeX, without the profile's path prefix; there is no default.
        user: the technical user (*Technikai Felhasználó*); the client id with OAuth2 client credentials.
        password: the technical user's generated password; the key or the client secret where the profile says so.
        client_id: of your program, for the OAuth2 password grant.
        client_secret: of your program, for the OAuth2 password grant.
        profile: the wire format: loaded, or a TOML file that overrides the default; ``None`` is the default.
        timeout: limits in seconds.
        retry: when to try again.
        token_store: where the processes of your program share their token, if the profile's scheme has one.
        on_request: told before each attempt; must be quick.
        on_retry: told when an attempt failed and there will be another; must be quick.
        connections: most connections at once.
        proxy: address of a proxy, for example ``http://proxy.example.hu:3128``.
        trust_env: take proxies (``HTTPS_PROXY``, ``ALL_PROXY``, ``NO_PROXY`` ...) and certificate authorities
            (``SSL_CERT_FILE``, ``SSL_CERT_DIR``) from the environment; off unless you say so.
        verify: TLS context, for a certificate authority of your own.
        user_agent_prefix: your program, for VIPeX's logs.
        allow_insecure: allow plain HTTP to another machine.
        transport: an httpx transport of your own; closing it stays with you.
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
        transport: httpx.BaseTransport | None = None,
        sleep: Callable[[float], None] = time.sleep,
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
        self._transport = transport or own_transport(
            httpx.HTTPTransport,
            verify=verify or tls_context(trust_env=trust_env),
            proxy=route.proxy_for(self._base_url),
            connections=connections,
        )
        self._sleep = sleep

    @classmethod
    def from_env(cls, *, timeout: Timeouts | None = None, retry: RetryPolicy | None = None) -> Self:
        """Make a client from the environment: ``VIPEX_BASE_URL``, ``VIPEX_USER``, ``VIPEX_PASSWORD`` and so on.

        Also read are ``VIPEX_PROFILE``, ``VIPEX_CLIENT_ID`` and ``VIPEX_CLIENT_SECRET``; ``VIPEX_PASSWORD_FILE`` and
        ``VIPEX_CLIENT_SECRET_FILE`` name files that hold the secrets instead.

        Raises:
            ConfigError: something is missing or wrong.
        """
        return cls(**environment(), timeout=timeout, retry=retry)

    @cached_property
    def calls(self) -> Calls[Client]:
        """Start calls, and follow them."""
        from vipex_sdk.control.groups import Calls

        return Calls(self)

    @cached_property
    def forwarding(self) -> Forwardings[Client]:
        """Where an extension's calls go instead."""
        from vipex_sdk.control.groups import Forwardings

        return Forwardings(self)

    @cached_property
    def recordings(self) -> Recordings:
        """Recorded calls."""
        from vipex_sdk.control.download import Recordings

        return Recordings(self)

    @cached_property
    def users(self) -> Users[Client]:
        """Users of the exchange."""
        from vipex_sdk.control.groups import Users

        return Users(self)

    @cached_property
    def phonebook(self) -> Phonebook[Client]:
        """The shared phonebook."""
        from vipex_sdk.control.groups import Phonebook

        return Phonebook(self)

    @cached_property
    def operators(self) -> Operators[Client]:
        """Operators of the call centre."""
        from vipex_sdk.control.groups import Operators

        return Operators(self)

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
            with Budget(step.deadline, self.plan.clock):
                response = self._scheme_for(step.request).send(self._writer.request(step), self._go)
                return self._received(response, step)
        except httpx.HTTPError as exc:
            return transport_error(exc, step.operation.name)
        except VipexError as exc:
            return exc

    def _go(self, request: httpx.Request) -> httpx.Response:
        return self._transport.handle_request(limited(request))

    def _received(self, response: httpx.Response, step: Send) -> WireResponse | Kept:
        """Read an answer, unless it is kept open; whatever else happens, its connection is free again."""
        try:
            if is_kept(response, step):
                return Kept(response)
            reply = Reply(response, step, self.plan.clock)
            for chunk in chunks(response):
                reply.take(chunk)
        except BaseException:
            response.close()
            raise
        response.close()
        return reply.finish()

    def close(self) -> None:
        """Close the connections."""
        if self._owns_connections:
            self._transport.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self.close()
