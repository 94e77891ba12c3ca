"""Talks to the running gateway of a configuration, as its operator."""

from __future__ import annotations

import http.client
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any
from urllib.parse import urlencode, urlsplit

from attrs import field, frozen

from vipex_sdk.cli.failure import GatewayDown, WrongUse
from vipex_sdk.errors import NotFound, ServerError, StatusError, StoreUnavailable, VipexError

__all__ = ["Admin", "admin"]

_TIMEOUT = 30.0
_MAX_ANSWER = 16 * 1024 * 1024


@frozen
class Admin:
    """The ``/admin`` interface of one gateway.

    Attributes:
        address: where it listens, for example ``http://127.0.0.1:8080``.
        token: the bearer token of its data folder.
        config: what to name when it does not answer.
    """

    address: str
    token: str = field(repr=False)
    config: Path

    def get(self, path: str, **query: str | int | None) -> Any:
        """Read *path* below ``/admin``."""
        given = {name: value for name, value in query.items() if value is not None}
        return self._ask("GET", path + (f"?{urlencode(given)}" if given else ""), None)

    def post(self, path: str, document: Mapping[str, object]) -> Any:
        """Send *document* to *path* below ``/admin``."""
        return self._ask("POST", path, json.dumps(document).encode())

    def _ask(self, method: str, path: str, body: bytes | None) -> Any:
        parts = urlsplit(self.address)
        connection = http.client.HTTPConnection(parts.hostname or "", parts.port, timeout=_TIMEOUT)
        headers = {"Authorization": f"Bearer {self.token}", "Accept": "application/json"}
        if body is not None:
            headers["Content-Type"] = "application/json"
        try:
            connection.request(method, "/admin" + path, body, headers)
            answer = connection.getresponse()
            text = answer.read(_MAX_ANSWER)
        except (OSError, http.client.HTTPException) as error:
            raise _down(self.config, f"does not answer at {self.address}") from error
        finally:
            connection.close()
        return _understood(answer.status, text)


def admin(config: Path | None) -> Admin:
    """Find the gateway that runs on the configuration *config* (``vipex.toml`` in this folder by default)."""
    from vipex_sdk.gateway.config import load
    from vipex_sdk.gateway.keys import admin_token

    path = config or Path("vipex.toml")
    if config is None and not path.is_file():
        raise WrongUse("which gateway? give --config vipex.toml")
    settings = load(path).gateway
    if settings.port == 0:
        raise WrongUse("gateway.port = 0 means another address at every start; set a port")
    if not (settings.data / "admin.token").is_file():
        raise _down(path, "was never started on this data folder")
    return Admin(address=_address(settings.host, settings.port), token=admin_token(settings.data), config=path)


def _address(host: str, port: int) -> str:
    everywhere = {"0.0.0.0": "127.0.0.1", "::": "::1"}  # noqa: S104 - compared, not bound
    name = everywhere.get(host, host)
    return f"http://[{name}]:{port}" if ":" in name else f"http://{name}:{port}"


def _down(config: Path, what: str) -> GatewayDown:
    return GatewayDown(f"the gateway {what}; start it with: vipex serve --config {config}")


def _understood(status: int, text: bytes) -> Any:
    try:
        document = json.loads(text) if text else None
    except ValueError:
        document = None
    if status < 300 and document is not None:  # noqa: PLR2004 - success
        return document
    detail = document.get("error") if isinstance(document, Mapping) else None
    raise _error(status, str(detail) if detail else f"the gateway answered with status {status}")


def _error(status: int, message: str) -> VipexError:
    match status:
        case 404:
            return NotFound(message, status=status)
        case 503:
            return StoreUnavailable(message)
        case 401 | 403:
            return StatusError(f"{message}: is it the gateway of this data folder?", status=status)
        case _ if status >= 500:  # noqa: PLR2004 - its own failure
            return ServerError(message, status=status)
        case _:
            return StatusError(message, status=status)
