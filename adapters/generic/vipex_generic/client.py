"""One exchange with the CRM: credentials, a bounded answer, no redirects, every failure an error class."""

from __future__ import annotations

import asyncio
import json
import logging
from types import TracebackType
from typing import Any, Self

import httpx

from vipex_generic.answers import NOT_JSON, Answer
from vipex_generic.request import Request
from vipex_generic.settings import GenericSettings
from vipex_generic.spec import AuthKind, AuthSpec
from vipex_sdk.crm import Pace
from vipex_sdk.errors import OutcomeUnknown, Unavailable, VipexError

__all__ = ["Client"]

_BEFORE_SENDING = (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout, httpx.UnsupportedProtocol)


class Client:
    """Sends requests; knows nothing of what they mean. An async context manager."""

    def __init__(self, settings: GenericSettings, auth: AuthSpec, pace: Pace) -> None:
        self._settings = settings
        self._pace = pace
        self._http = httpx.AsyncClient(
            auth=httpx.BasicAuth(settings.user, settings.password) if auth.kind is AuthKind.BASIC else None,
            headers={"Accept": "application/json", **_credential(settings, auth)},
            timeout=httpx.Timeout(settings.read_timeout, connect=settings.connect_timeout),
            # Idle connections are let go before servers usually do: a write on a dying one has an unknown outcome.
            limits=httpx.Limits(max_connections=4, max_keepalive_connections=4, keepalive_expiry=2.0),
            follow_redirects=False,
        )
        _hush_addresses()

    async def __aenter__(self) -> Self:
        await self._http.__aenter__()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self._http.__aexit__(kind, error, trace)

    async def send(self, request: Request) -> Answer:
        """Send *request* once and give whatever was answered.

        Raises:
            Unavailable: certainly nothing was written.
            OutcomeUnknown: a write was sent, and no usable answer came.
        """
        await self._pace()
        try:
            async with asyncio.timeout(self._settings.total_timeout):
                return await self._exchange(request)
        except _BEFORE_SENDING as error:
            raise Unavailable(f"cannot reach the CRM for {request.operation.name}: {type(error).__name__}") from error
        except (httpx.TransportError, httpx.DecodingError, TimeoutError) as error:
            raise _unsure(request, type(error).__name__) from error

    async def _exchange(self, request: Request) -> Answer:
        async with self._http.stream(
            request.operation.method,
            self._settings.base_url.rstrip("/") + request.path,
            params=request.query or None,
            headers=request.headers,
            json=request.json,
            data=request.form,
        ) as response:
            body = bytearray()
            async for chunk in response.aiter_bytes():
                body += chunk
                if len(body) > self._settings.max_answer_bytes:
                    raise _unsure(request, f"the answer is longer than {self._settings.max_answer_bytes} bytes")
            return Answer(
                status=response.status_code,
                headers=response.headers,
                body=_decoded(bytes(body)),
                page=body.lstrip(b"\xef\xbb\xbf \t\r\n").startswith(b"<"),
                empty=not body.strip(),
            )


def _credential(settings: GenericSettings, auth: AuthSpec) -> dict[str, str]:
    if auth.kind is AuthKind.BEARER:
        return {"Authorization": f"Bearer {settings.token}"}
    return {auth.header: settings.token} if auth.kind is AuthKind.HEADER else {}


def _unsure(request: Request, reason: str) -> VipexError:
    name = request.operation.name
    if request.operation.writes:
        return OutcomeUnknown(f"no usable answer from the CRM to {name}: {reason}", operation=name)
    return Unavailable(f"no usable answer from the CRM to {name}: {reason}")


def _decoded(body: bytes) -> Any:
    try:
        return json.loads(body.decode("utf-8-sig"))
    except (ValueError, RecursionError):
        return NOT_JSON


def _hush_addresses() -> None:
    """Keep httpx from logging whole addresses: a search's address holds a telephone number."""
    for name in ("httpx", "httpcore"):
        logger = logging.getLogger(name)
        if logger.level == logging.NOTSET:
            logger.setLevel(logging.WARNING)
