"""VIPeX's requests before everything else: nobody looks through the routes of pages while a caller waits."""

from __future__ import annotations

from starlette.types import ASGIApp, Receive, Scope, Send

__all__ = ["WebhooksFirst"]


class WebhooksFirst:
    """Middleware that gives what comes below *path* to *receiver*, mounted there, and the rest to the application."""

    def __init__(self, app: ASGIApp, *, path: str, receiver: ASGIApp) -> None:
        self._rest = app
        self._path = path.rstrip("/")
        self._receiver = receiver

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one ASGI connection."""
        root = scope.get("root_path", "")
        if scope["type"] == "http" and scope["path"].startswith(f"{root}{self._path}/"):
            await self._receiver({**scope, "root_path": root + self._path}, receive, send)
        else:
            await self._rest(scope, receive, send)
