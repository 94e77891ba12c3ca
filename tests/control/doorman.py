"""A simulated exchange whose door is locked in any way the profile can name; it counts who knocks."""

from __future__ import annotations

import json
import socket
import threading
import time
from base64 import b64decode
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from hashlib import md5
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, parse_qsl
from urllib.request import parse_http_list, parse_keqv_list

import uvicorn
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from vipex_sdk.wire.profile import WireProfile, load_profile

USER, SECRET = "technikai", "kanari-titok-4711"
CLIENT_ID, CLIENT_SECRET = "program", "kanari-kliens-4712"
ANSWER = {"id": "17", "name": "Nagy Béla", "extension": "101"}

Door = Callable[[Request, bytes], bool]


class Doorman:
    """Answers who may enter; ``script`` holds answers to give instead, ``tokens`` those to give to token requests."""

    def __init__(self, door: Door | None = None) -> None:
        self.door = door or self.by_token
        self.requests: list[Request] = []
        self.bodies: list[bytes] = []
        self.script: list[Response] = []
        self.token_requests: list[dict[str, str]] = []
        self.token_script: list[Response] = []
        self.token_answer: dict[str, Any] = {"expires_in": 3600}
        self.token_headers: list[dict[str, str]] = []
        self.good: set[str] = set()
        self.delay = 0.0
        self.under_way = 0
        self.most_under_way = 0

    def by_token(self, request: Request, _body: bytes) -> bool:
        return request.headers.get("authorization", "").removeprefix("Bearer ") in self.good

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        request = Request(scope, receive)
        body = await request.body()
        answer = await self._token(request, body) if request.url.path == "/login" else self._enter(request, body)
        await answer(scope, receive, send)

    async def _token(self, request: Request, body: bytes) -> Response:
        import asyncio

        self.under_way += 1
        self.most_under_way = max(self.under_way, self.most_under_way)
        if self.delay:
            await asyncio.sleep(self.delay)
        self.under_way -= 1
        is_form = request.headers["content-type"].startswith("application/x-www-form")
        self.token_requests.append(dict(parse_qsl(body.decode())) if is_form else json.loads(body))
        self.token_headers.append(dict(request.headers))
        if self.token_script:
            return self.token_script.pop(0)
        token = f"kanari-token-{len(self.token_requests)}"
        self.good = {token}
        return JSONResponse({"access_token": token, **self.token_answer})

    def _enter(self, request: Request, body: bytes) -> Response:
        self.requests.append(request)
        self.bodies.append(body)
        if self.script:
            return self.script.pop(0)
        if not self.door(request, body):
            challenge = 'Digest realm="vipex", nonce="abc", qop="auth", algorithm=MD5'
            return JSONResponse({"error": "Hibás jelszó"}, status_code=401, headers={"WWW-Authenticate": challenge})
        return JSONResponse(ANSWER if request.method == "GET" else {"call_id": "c-1"})


def basic(request: Request, _body: bytes) -> bool:
    scheme, _, text = request.headers.get("authorization", "").partition(" ")
    return scheme == "Basic" and b64decode(text).decode() == f"{USER}:{SECRET}"


def digest(request: Request, _body: bytes) -> bool:
    scheme, _, text = request.headers.get("authorization", "").partition(" ")
    if scheme != "Digest":
        return False
    said = parse_keqv_list(parse_http_list(text))

    def h(*parts: str) -> str:
        return md5(":".join(parts).encode()).hexdigest()

    first, second = h(USER, "vipex", SECRET), h(request.method, said["uri"])
    return said["response"] == h(first, "abc", said["nc"], said["cnonce"], said["qop"], second)


def in_header(request: Request, _body: bytes) -> bool:
    return request.headers.get("x-key") == f"Key {SECRET}"


def in_query(request: Request, _body: bytes) -> bool:
    return parse_qs(request.url.query).get("key") == [SECRET]


def in_body(request: Request, body: bytes) -> bool:
    return bool(json.loads(body).get("key") == SECRET) if body else in_query(request, body)


class _Stage:
    """A server that plays one application after the other: starting one takes longer than most tests."""

    def __init__(self) -> None:
        self.app: Any = None
        listener = socket.create_server(("127.0.0.1", 0))
        self.url = f"http://127.0.0.1:{listener.getsockname()[1]}"
        config = uvicorn.Config(self, log_level="critical", lifespan="off", access_log=False, ws="none")
        server = uvicorn.Server(config)
        threading.Thread(target=server.run, kwargs={"sockets": [listener]}, daemon=True).start()
        while not server.started:
            time.sleep(0.005)

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        await self.app(scope, receive, send)


_free: list[_Stage] = []


@contextmanager
def served(app: Any) -> Iterator[str]:
    """Serve *app* on a loopback port."""
    stage = _free.pop() if _free else _Stage()
    stage.app = app
    try:
        yield stage.url
    finally:
        _free.append(stage)


def profile_with(folder: Path, text: str) -> WireProfile:
    """Load the default profile with *text* laid over it."""
    file = folder / "profile.toml"
    file.write_text(text, encoding="utf-8")
    return load_profile(file)


def auth_profile(folder: Path, scheme: str, more: str = "") -> WireProfile:
    """Load a profile with another scheme."""
    return profile_with(folder, f'[control.auth]\nscheme = "{scheme}"\n{more}')
