"""One waiting transaction, and the future of whoever waits for it."""

from __future__ import annotations

import asyncio
from typing import Any

from attrs import field, frozen

from vipex_sdk.gateway.database.statement import Transaction

__all__ = ["MAX_BATCH", "Waiting"]

MAX_BATCH = 256
"""Transactions in one commit at most: a bound on how long the first of them waits for the last."""


@frozen(kw_only=True)
class Waiting:
    """A transaction that waits to be committed, and whom to tell."""

    transaction: Transaction[Any] = field(repr=False)
    future: asyncio.Future[Any]

    def settle(self, result: object) -> None:
        """Hand over *result*, raising it when it is an exception; call it on the event loop."""
        if self.future.done():
            return  # whoever waited was cancelled; the transaction stays committed
        if isinstance(result, BaseException):
            self.future.set_exception(result)
        else:
            self.future.set_result(result)
