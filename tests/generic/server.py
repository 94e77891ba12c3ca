"""An invented plain REST CRM ("Mintabolt"), as a program of its own: contacts, activities, and faults on demand.

It knows nothing of the SDK. It prints its address when it listens.
"""

from __future__ import annotations

import asyncio
import re
import sys
from typing import Any

import uvicorn
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, Response
from starlette.routing import Route
from starlette.types import ASGIApp, Receive, Scope, Send

TOKEN = sys.argv[1]
SILENCE_SECONDS = 1.0


def contact(number: int, name: str, *phones: str, **fields: Any) -> dict[str, Any]:
    return {
        "id": number,
        "name": name,
        "type": "human",
        "employer": None,
        "phones": [{"value": phone} for phone in phones],
        "owner": {"id": 7, "name": "Nagy Béla"},
        "archived": False,
        "link": f"https://mintabolt.example.hu/contacts/{number}",
        "changed": "2026-02-01T10:00:00",
        **fields,
    }


CONTACTS = [
    contact(1, "Kovács Anna", "+36 30 000 0001", employer="Minta Kft."),
    contact(2, "Szűcs Örs", "06-30/000-0002", "06 1 000 0100"),
    contact(3, "Tóth Pál", "0036300000003 "),
    contact(4, "Kiss Ágnes", "06300000004 (otthon)"),
    contact(5, "Közös Bt.", "+36300000005", type="org"),
    contact(6, "Halász Judit", "+36300000006", changed=None),
    contact(7, "Varga Dóra", "(06-30) 000-0006", changed=None),
]
ACTIVITIES: dict[int, dict[str, Any]] = {}
FAULT: list[str] = []


async def me(_request: Request) -> Response:
    return JSONResponse({"user": "api"})


async def contacts(request: Request) -> Response:
    asked = request.query_params["phone"]
    if not re.fullmatch(r"\d{6,}", asked):
        return JSONResponse({"error": {"code": "digits"}}, status_code=400)
    found = [
        row for row in CONTACTS if any(re.sub(r"\D", "", phone["value"]).endswith(asked) for phone in row["phones"])
    ]
    return JSONResponse({"contacts": found})


async def activities(request: Request) -> Response:
    owner = int(request.path_params["contact"])
    if not any(row["id"] == owner for row in CONTACTS):
        return JSONResponse({"error": {"code": "contact"}}, status_code=404)
    if request.method == "GET":
        # A search that finds too much: by the beginning of the id.
        wanted = request.query_params["external_id"][:3]
        items = [item for item in ACTIVITIES.values() if item["external_id"].startswith(wanted)]
        return JSONResponse({"items": items})
    body = await request.json()
    problem = wrong(body)
    if problem:
        return JSONResponse({"error": {"code": "rejected", "field": problem}})
    number = len(ACTIVITIES) + 1
    ACTIVITIES[number] = {**body, "id": number, "contact": owner, "revisions": 1}
    return JSONResponse({"activity": {"id": number}}, status_code=201)


def wrong(body: dict[str, Any]) -> str | None:
    kinds = {"external_id": str, "kind": int, "subject": str, "note": str, "at": str, "seconds": int, "phone": str}
    optional = {"colleague": int, "recording": str, "source": str}
    missing = next((name for name, kind in kinds.items() if type(body.get(name)) is not kind), None)
    return missing or next(
        (name for name in body if name not in kinds and type(body[name]) is not optional.get(name)), None
    )


async def activity(request: Request) -> Response:
    number = int(request.path_params["activity"])
    ACTIVITIES[number].update(await request.json(), revisions=ACTIVITIES[number]["revisions"] + 1)
    return JSONResponse({"activity": {"id": number}})


async def kept(request: Request) -> Response:
    wanted = request.query_params["key"]
    return JSONResponse([item for item in ACTIVITIES.values() if item["external_id"] == wanted])


async def fault(request: Request) -> Response:
    FAULT[:] = [name for name in [await request.json()] if name]
    return Response(status_code=204)


class Guard:
    """Checks the token and plays the faults."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or scope["path"].startswith("/test/"):
            await self.app(scope, receive, send)
            return
        name = FAULT[0] if FAULT else ""
        answer = self.refusal(scope, name)
        if answer is not None:
            await answer(scope, receive, send)
            return
        if name == "silent":
            await self.app(scope, receive, _nowhere)
            await asyncio.sleep(SILENCE_SECONDS)
            await Response(status_code=504)(scope, receive, send)
            return
        await self.app(scope, receive, send)

    @staticmethod
    def refusal(scope: Scope, name: str) -> Response | None:
        authorization = dict(scope["headers"]).get(b"authorization", b"").decode()
        if name == "bad_credential" or authorization != f"Bearer {TOKEN}":
            return JSONResponse({"error": {"code": "token"}}, status_code=401)
        if name == "nonsense":
            return HTMLResponse("<html>Karbantartás</html>")
        if name == "rate_limited":
            return JSONResponse({}, status_code=429, headers={"Retry-After": "7"})
        status = {"down": 503, "error": 500, "forbidden": 403}.get(name)
        return JSONResponse({}, status_code=status) if status else None


async def _nowhere(_message: Any) -> None:
    """Swallow an answer."""


APP = Guard(
    Starlette(
        routes=[
            Route("/api/me", me),
            Route("/api/contacts", contacts),
            Route("/api/contacts/{contact:int}/activities", activities, methods=["GET", "POST"]),
            Route("/api/activities/{activity:int}", activity, methods=["PUT"]),
            Route("/test/activities", kept),
            Route("/test/fault", fault, methods=["POST"]),
        ]
    )
)


class Server(uvicorn.Server):
    async def startup(self, sockets: Any = None) -> None:
        await super().startup(sockets)
        port = self.servers[0].sockets[0].getsockname()[1]
        print(f"http://127.0.0.1:{port}", flush=True)  # noqa: T201 - whoever started us reads it


if __name__ == "__main__":
    Server(uvicorn.Config(APP, host="127.0.0.1", port=0, log_level="critical")).run()
    sys.exit(0)
