"""``/simulator/...``: look behind the scenes, order faults, switch assumptions, press play. Not part of MiniCRM."""

from __future__ import annotations

from http import HTTPStatus
from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from vipex_minicrm.simulator.faults import Faults
from vipex_minicrm.simulator.history import call_view, cards_view, history, todo_view
from vipex_minicrm.simulator.simulation import Simulation

__all__ = ["routes"]


class Control:
    """The control addresses of one simulation."""

    def __init__(self, simulation: Simulation) -> None:
        self._simulation = simulation

    async def cards(self, _request: Request) -> Response:
        """Give all cards."""
        return JSONResponse(cards_view(self._simulation.tenant))

    async def history(self, request: Request) -> Response:
        """Give a card's history."""
        tenant = self._simulation.tenant
        card = tenant.cards.get(request.path_params["card_id"])
        return _missing("card") if card is None else JSONResponse(history(tenant, card))

    async def todos(self, _request: Request) -> Response:
        """Give all to-dos."""
        tenant = self._simulation.tenant
        return JSONResponse([todo_view(tenant, todo) for todo in tenant.todos.values()])

    async def calls(self, _request: Request) -> Response:
        """Give all entries of the CallLog."""
        tenant = self._simulation.tenant
        return JSONResponse([call_view(tenant, call) for call in tenant.calls.values()])

    async def webhooks(self, _request: Request) -> Response:
        """Give the messages to the registered address, and what became of each."""
        return JSONResponse([message.shown() for message in self._simulation.webhooks.messages])

    async def requests(self, _request: Request) -> Response:
        """Give method and path of every API request so far."""
        return JSONResponse([list(request) for request in self._simulation.requests])

    async def faults(self, request: Request) -> Response:
        """Order faults; what is not named is switched off."""
        if request.method == "POST":
            self._simulation.faults = Faults.ordered(await _object(request))
        return JSONResponse(self._simulation.faults.shown())

    async def settings(self, request: Request) -> Response:
        """Change switches."""
        if request.method == "POST":
            self._simulation.switches.change(await _object(request))
        return JSONResponse(self._simulation.switches.shown())

    async def reset(self, _request: Request) -> Response:
        """Bring everything back to its beginning."""
        self._simulation.reset()
        return JSONResponse({"reset": True})

    async def play(self, request: Request) -> Response:
        """Fetch a call's recording as a user's click would."""
        call = self._simulation.tenant.calls.get(request.path_params["call_id"])
        if call is None:
            return _missing("call")
        pull = await self._simulation.play(call)
        return JSONResponse(
            {
                "ok": pull.ok,
                "status": pull.status,
                "reason": pull.reason,
                "bytes": len(pull.body),
                "content_type": pull.content_type,
                "sniffed": pull.sniffed,
            }
        )

    async def audio(self, request: Request) -> Response:
        """Give a recording that was fetched, for the page's player."""
        pull = self._simulation.played(request.path_params["call_id"])
        if pull is None:
            return _missing("recording")
        known = pull.sniffed if pull.sniffed != "unknown" else "application/octet-stream"
        return Response(pull.body, headers={"Content-Type": known, "X-Content-Type-Options": "nosniff"})


def routes(simulation: Simulation) -> list[Route]:
    """Give the control addresses."""
    control = Control(simulation)
    return [
        Route("/cards", control.cards),
        Route("/history/{card_id:int}", control.history),
        Route("/todos", control.todos),
        Route("/calls", control.calls),
        Route("/webhooks", control.webhooks),
        Route("/requests", control.requests),
        Route("/faults", control.faults, methods=["GET", "POST"]),
        Route("/settings", control.settings, methods=["GET", "POST"]),
        Route("/reset", control.reset, methods=["POST"]),
        Route("/play/{call_id:int}", control.play, methods=["POST"]),
        Route("/audio/{call_id:int}", control.audio),
    ]


def _missing(what: str) -> Response:
    return JSONResponse({"error": f"no such {what}"}, status_code=HTTPStatus.NOT_FOUND)


async def _object(request: Request) -> dict[str, Any]:
    data = await request.json()
    if not isinstance(data, dict):
        raise ValueError("expected a JSON object")  # noqa: TRY004 - one class for every wrong order
    return data
