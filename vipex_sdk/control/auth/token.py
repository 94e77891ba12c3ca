"""Tokens, and where several processes may share them."""

from __future__ import annotations

from typing import Protocol

from attrs import field, frozen

__all__ = ["Token", "TokenStore"]


@frozen(kw_only=True)
class Token:
    """A token that the control API takes instead of a password. Its representation does not show it.

    Attributes:
        access: sent with each request.
        refresh: exchanged for the next token, where the server gives one.
        expires_at: seconds since 1970 UTC; ``None`` when the server did not say.
        stale_at: when we ask for the next one: before it expires, so that it does not expire on the way.
    """

    access: str = field(repr=False)
    refresh: str | None = field(default=None, repr=False)
    expires_at: float | None = None
    stale_at: float | None = None

    def is_fresh(self, now: float) -> bool:
        """Tell whether it is good at *now*, in seconds since 1970 UTC."""
        return self.stale_at is None or now < self.stale_at


class TokenStore(Protocol):
    """Keeps tokens where other processes find them, so that they need not all ask for one.

    A token is as good as a password: keep it where nobody else can read it. A store that raises is logged and passed
    over. Both methods may take their time; an asynchronous client calls them in a thread.
    """

    def get(self, key: str) -> Token | None:
        """Give the token that was last put under *key*, if there is one."""
        ...

    def put(self, key: str, token: Token) -> None:
        """Keep *token* under *key*."""
        ...
