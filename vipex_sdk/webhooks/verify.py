"""Let a request in, or refuse it: every configured check must pass."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from vipex_sdk.errors import BadCredentials
from vipex_sdk.webhooks.checks import Check
from vipex_sdk.webhooks.head import RequestHead

__all__ = ["BodyVerifier", "challenges", "needs_body", "verify", "verify_body"]

_REFUSED = "the sender did not prove who it is"


def verify(checks: Sequence[Check], head: RequestHead) -> None:
    """Ask every check about the head, before a byte of the body is read. No checks admit nobody.

    When :func:`needs_body` says so, :func:`verify_body` has to follow.

    Raises:
        BadCredentials: a check did not pass; the text does not tell which.
    """
    # A list, not a generator: all are asked, so that the time does not tell which one failed.
    passed = [check.admits(head) for check in checks]
    if not passed or not all(passed):
        raise BadCredentials(_REFUSED)


def needs_body(checks: Iterable[Check]) -> bool:
    """Whether a check can only be decided with the raw body."""
    return any(check.needs_body for check in checks)


class BodyVerifier:
    """Asks every check about head and raw body together, while the body arrives."""

    def __init__(self, checks: Sequence[Check], head: RequestHead) -> None:
        self._proofs = [check.proof(head) for check in checks] if needs_body(checks) else None

    def update(self, chunk: bytes) -> None:
        """Look at the next raw bytes."""
        for proof in self._proofs or ():
            proof.update(chunk)

    def finish(self, fields: Mapping[str, Any] | None) -> None:
        """Decide; *fields* is ``None`` when nobody can read the body.

        Raises:
            BadCredentials: a check did not pass.
            StaleSignature: a signature is right but too old.
        """
        if self._proofs is None:
            return
        passed = [proof.holds(fields) for proof in self._proofs]
        if not all(passed):
            raise BadCredentials(_REFUSED)


def verify_body(
    checks: Sequence[Check], head: RequestHead, body: bytes, *, fields: Mapping[str, Any] | None = None
) -> None:
    """Ask every check about head and raw body together; *fields* are what the body says, for tokens in it.

    Raises:
        BadCredentials: a check did not pass.
        StaleSignature: a signature is right but too old.
    """
    proofs = [check.proof(head) for check in checks]
    for proof in proofs:
        proof.update(body)
    passed = [proof.holds(fields) for proof in proofs]
    if not passed or not all(passed):
        raise BadCredentials(_REFUSED)


def challenges(checks: Iterable[Check]) -> tuple[str, ...]:
    """Give the values of ``WWW-Authenticate`` that a refusal carries."""
    return tuple(check.challenge for check in checks if check.challenge)
