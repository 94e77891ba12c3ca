"""Requests on their way through a scheme: signed, sent, and answered again where the scheme wants that."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from contextlib import suppress
from typing import Protocol, TypeAlias

import httpx

from vipex_sdk.control.transport import chunks, chunks_later

__all__ = ["UNSIGNED", "AsyncGo", "FlowAuth", "Go", "Scheme", "adrain", "drain"]

Go: TypeAlias = Callable[[httpx.Request], httpx.Response]
AsyncGo: TypeAlias = Callable[[httpx.Request], Awaitable[httpx.Response]]

_SMALL = 64 * 1024
"""Bytes of a refusal that are read so that its connection can be used again; after that it is closed instead."""


class Scheme(Protocol):
    """One way to prove who we are."""

    def send(self, request: httpx.Request, go: Go) -> httpx.Response:
        """Sign *request* and send it with *go*; the body of the answer is still to come.

        Raises:
            httpx.HTTPError: the request could not be sent or was not answered.
            AuthError: the credentials are refused.
            NotSent: no token could be had, so the request never left.
        """
        ...

    async def asend(self, request: httpx.Request, go: AsyncGo) -> httpx.Response:
        """Do the same in a task."""
        ...


class FlowAuth:
    """A scheme that is an ``httpx.Auth`` whose ``auth_flow`` needs no body of an answer."""

    def __init__(self, auth: httpx.Auth) -> None:
        self._auth = auth

    def send(self, request: httpx.Request, go: Go) -> httpx.Response:
        """Sign and send."""
        flow = self._auth.auth_flow(request)
        try:
            response = go(next(flow))
            while True:
                response.request = request
                try:
                    following = flow.send(response)
                except StopIteration:
                    return response
                except BaseException:
                    response.close()
                    raise
                drain(response)
                response = go(following)
        finally:
            flow.close()

    async def asend(self, request: httpx.Request, go: AsyncGo) -> httpx.Response:
        """Sign and send, in a task."""
        flow = self._auth.auth_flow(request)
        try:
            response = await go(next(flow))
            while True:
                response.request = request
                try:
                    following = flow.send(response)
                except StopIteration:
                    return response
                except BaseException:
                    await response.aclose()
                    raise
                await adrain(response)
                response = await go(following)
        finally:
            flow.close()


UNSIGNED = FlowAuth(httpx.Auth())
"""Sends requests as they are."""


def drain(response: httpx.Response) -> None:
    """Read what is left of a small *response* and close it, before its connection is needed again."""
    read = 0
    try:
        with suppress(httpx.HTTPError):
            for chunk in chunks(response):
                read += len(chunk)
                if read > _SMALL:
                    return
    finally:
        response.close()


async def adrain(response: httpx.Response) -> None:
    """Do the same in a task."""
    read = 0
    try:
        with suppress(httpx.HTTPError):
            async for chunk in chunks_later(response):
                read += len(chunk)
                if read > _SMALL:
                    return
    finally:
        await response.aclose()
