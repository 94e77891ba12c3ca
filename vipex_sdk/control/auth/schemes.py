"""Schemes that sign each request by themselves: Basic, Digest, and keys in a header, the query or the body."""

from __future__ import annotations

import json
import threading
from base64 import b64encode
from collections.abc import Generator
from typing import TypeAlias
from urllib.parse import urlencode

import httpx

from vipex_sdk.control.auth.credentials import Credentials
from vipex_sdk.errors import AuthError

__all__ = ["BasicAuth", "BodyKey", "Digest", "Flow", "HeaderKey", "QueryKey"]

Flow: TypeAlias = Generator[httpx.Request, httpx.Response, None]
_UNAUTHORIZED = 401


class BasicAuth(httpx.Auth):
    """HTTP Basic. The secret never shows in a representation."""

    def __init__(self, credentials: Credentials) -> None:
        credentials.needs_user(without_colon=True)
        credentials.needs_password()
        self._header = "Basic " + b64encode(f"{credentials.user}:{credentials.password}".encode()).decode("ascii")

    def auth_flow(self, request: httpx.Request) -> Flow:
        """Sign *request*."""
        request.headers["Authorization"] = self._header
        yield request


class Digest(httpx.Auth):
    """HTTP Digest. The first request is refused and sent again; after that the server's challenge is known."""

    def __init__(self, credentials: Credentials) -> None:
        credentials.needs_user(without_colon=True)
        credentials.needs_password()
        self._digest = httpx.DigestAuth(credentials.user, credentials.password)
        self._counting = threading.Lock()

    def auth_flow(self, request: httpx.Request) -> Flow:
        """Answer the server's challenge.

        Raises:
            AuthError: its challenge cannot be understood.
        """
        flow = self._digest.auth_flow(request)
        with self._counting:
            signed = next(flow)
        while True:
            response = yield signed
            # The frames of httpx hold the password, so nothing of its error is kept.
            problem = False
            try:
                with self._counting:
                    signed = flow.send(response)
            except StopIteration:
                return
            except (httpx.ProtocolError, NotImplementedError, KeyError, ValueError):
                problem = True
            if problem:
                raise AuthError("VIPeX's Digest challenge cannot be understood", status=_UNAUTHORIZED)


class HeaderKey(httpx.Auth):
    """A key in a header, such as ``X-Api-Key``; with the prefix ``Bearer`` a fixed token."""

    def __init__(self, credentials: Credentials, *, name: str, prefix: str) -> None:
        credentials.needs_key()
        self._name = name
        self._value = prefix + credentials.password

    def auth_flow(self, request: httpx.Request) -> Flow:
        """Sign *request*."""
        request.headers[self._name] = self._value
        yield request


class QueryKey(httpx.Auth):
    """A key in the query. Proxies and servers log addresses, so prefer any other scheme where VIPeX offers one."""

    def __init__(self, credentials: Credentials, *, name: str) -> None:
        credentials.needs_key()
        self._pair = urlencode({name: credentials.password})

    def auth_flow(self, request: httpx.Request) -> Flow:
        """Sign *request*."""
        query = request.url.query.decode("ascii")
        request.url = request.url.copy_with(query="&".join(filter(None, (query, self._pair))).encode("ascii"))
        yield request


class BodyKey(httpx.Auth):
    """A key among the fields of the body; a request without a body carries it in the query, like its arguments."""

    def __init__(self, credentials: Credentials, *, name: str) -> None:
        credentials.needs_key()
        self._field = {name: credentials.password}
        self._in_query = QueryKey(credentials, name=name)

    def auth_flow(self, request: httpx.Request) -> Flow:
        """Sign *request*."""
        kind = request.headers.get("Content-Type", "")
        if kind.startswith("application/json"):
            body = json.dumps(json.loads(request.read()) | self._field, ensure_ascii=False).encode()
        elif kind.startswith("application/x-www-form-urlencoded"):
            body = b"&".join(filter(None, (request.read(), urlencode(self._field).encode("ascii"))))
        else:
            yield from self._in_query.auth_flow(request)
            return
        yield _with_body(request, body)


def _with_body(request: httpx.Request, body: bytes) -> httpx.Request:
    request.headers["Content-Length"] = str(len(body))
    return type(request)(
        request.method,
        request.url,
        headers=request.headers,
        stream=httpx.ByteStream(body),
        extensions=request.extensions,
    )
