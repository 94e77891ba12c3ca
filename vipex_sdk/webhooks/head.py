"""The head of a request: all that most checks need, known before the body is read."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from attrs import field, frozen

__all__ = ["RequestHead"]


@frozen(kw_only=True)
class RequestHead:
    """Method, path, query and headers of a request, and who is connected.

    Attributes:
        path: below the receiver's mount, unquoted, beginning with ``/``.
        query: the raw query string.
        headers: names in any case, values as they came; a name may come twice.
        peer: address of the machine that is connected to us, which may be a proxy; ``None`` when unknown.
    """

    method: str = "POST"
    path: str = field(default="/", repr=False)
    query: bytes = field(default=b"", repr=False)
    headers: Sequence[tuple[bytes, bytes]] = field(default=(), repr=False)
    peer: str | None = None
    _by_name: dict[str, list[bytes]] = field(init=False, repr=False, eq=False)

    @classmethod
    def from_scope(cls, scope: Mapping[str, Any]) -> RequestHead:
        """Take the head from an ASGI scope."""
        path = str(scope["path"])
        root = str(scope.get("root_path") or "").rstrip("/")
        below = path[len(root) :] if root and (path == root or path.startswith(root + "/")) else path
        client = scope.get("client")
        return cls(
            method=scope["method"],
            path=below or "/",
            query=scope.get("query_string", b""),
            headers=scope["headers"],
            peer=client[0] if client else None,
        )

    def every(self, name: str) -> list[bytes]:
        """Give all values of header *name*, in order."""
        return self._by_name.get(name.lower(), [])

    @_by_name.default
    def _sorted_by_name(self) -> dict[str, list[bytes]]:
        found: dict[str, list[bytes]] = {}
        for name, value in self.headers:
            found.setdefault(name.decode("latin-1").lower(), []).append(value)
        return found

    def only(self, name: str) -> bytes | None:
        """Give the value of header *name* when it came exactly once: two credentials are none."""
        values = self.every(name)
        return values[0] if len(values) == 1 else None

    def text(self, name: str) -> str | None:
        """Give the first value of header *name* as text."""
        values = self.every(name)
        return values[0].decode("latin-1").strip() if values else None
