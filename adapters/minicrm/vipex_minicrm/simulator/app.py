"""The simulator as a web application: the API, the control addresses, the card pages."""

from __future__ import annotations

from http import HTTPStatus
from importlib import resources

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, RedirectResponse, Response
from starlette.routing import Mount, Route

from vipex_minicrm.simulator.control import routes
from vipex_minicrm.simulator.front import Front
from vipex_minicrm.simulator.simulation import Simulation

__all__ = ["create_app"]


def create_app(simulation: Simulation | None = None) -> Starlette:
    """Build the application of one simulation."""
    simulation = simulation or Simulation()
    page = resources.files(__package__).joinpath("page.html").read_text(encoding="utf-8")

    async def start(_request: Request) -> Response:
        return RedirectResponse(f"/{simulation.tenant.system_id}/")

    async def cards(request: Request) -> Response:
        if request.path_params["system_id"] != simulation.tenant.system_id:
            return HTMLResponse("Simulated MiniCRM: no such system", status_code=HTTPStatus.NOT_FOUND)
        return HTMLResponse(page)

    return Starlette(
        routes=[
            Mount("/Api", app=Front(simulation)),
            Mount("/simulator", routes=routes(simulation)),
            Route("/{system_id:int}/", cards),
            Route("/", start),
        ],
        exception_handlers={ValueError: _wrong_order},
    )


async def _wrong_order(_request: Request, error: Exception) -> Response:
    """Tell whoever ordered a fault or a switch what is wrong with the order."""
    return JSONResponse({"error": str(error)}, status_code=HTTPStatus.BAD_REQUEST)
