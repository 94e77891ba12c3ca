"""Faults to order: what happens to the next requests, to prove that a caller survives it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from attrs import asdict, define, fields

__all__ = ["HTML_LOGIN", "Faults"]

HTML_LOGIN = "<!DOCTYPE html>\n<html><head><title>Simulated MiniCRM</title></head><body>Bejelentkezés</body></html>"


@define(kw_only=True)
class Faults:
    """Ordered faults; the counters go down with each request they strike.

    Attributes:
        latency_ms: every struck request waits so long first.
        fail_next: so many are answered with ``status`` and not carried out.
        status: for ``fail_next``.
        drop: so many connections are cut before anything is done.
        drop_after_commit: so many connections are cut after it was carried out.
        html_login: so many are answered 200 with a log-in page.
        truncate: so many are carried out and answered with half the body.
        rate_limit: so many are answered 429.
        retry_after: ``Retry-After`` of those, as it is to be sent; empty for none.
        method: strike only this method.
        path: strike only paths that hold this text.
    """

    latency_ms: int = 0
    fail_next: int = 0
    status: int = 500
    drop: int = 0
    drop_after_commit: int = 0
    html_login: int = 0
    truncate: int = 0
    rate_limit: int = 0
    retry_after: str = ""
    method: str = ""
    path: str = ""

    @classmethod
    def ordered(cls, wanted: Mapping[str, Any]) -> Faults:
        """Read an order.

        Raises:
            ValueError: a name is unknown or a value has the wrong type.
        """
        known = {attribute.name: type(attribute.default) for attribute in fields(cls)}
        for name, value in wanted.items():
            if name not in known:
                raise ValueError(f"no fault {name!r}; known: {', '.join(known)}")
            if type(value) is not known[name]:
                raise ValueError(f"{name}: expected {known[name].__name__}")
        return cls(**wanted)

    def strikes(self, method: str, path: str) -> bool:
        """Tell whether a request is meant."""
        return self.path in path and self.method in {"", method}

    def take(self, name: str) -> bool:
        """Use up one of a kind."""
        left: int = getattr(self, name)
        if left > 0:
            setattr(self, name, left - 1)
        return left > 0

    def shown(self) -> dict[str, Any]:
        """Give what is still ordered."""
        return asdict(self)
