"""Signatures of the raw body, and what a sender adds to a request to be let in."""

from __future__ import annotations

import base64
import hmac
import time
from collections.abc import Callable, Mapping
from typing import Any

from vipex_sdk.errors import BadCredentials
from vipex_sdk.webhooks.checks import Check, Proof
from vipex_sdk.webhooks.head import RequestHead
from vipex_sdk.webhooks.secret import secret_bytes

__all__ = ["HmacSha256", "StaleSignature", "sign", "sign_body"]

_HEX_DIGITS = 64
_LONGEST_TIMESTAMP = 10


class StaleSignature(BadCredentials):
    """The signature is right, but the two clocks differ too much, or the request is a replay."""


class HmacSha256(Check):
    """A hexadecimal HMAC-SHA256 of the raw body in a header; a prefix ``sha256=`` is allowed.

    Args:
        secret: the shared secret.
        header: where the signature is.
        timestamp_header: when given, what is signed is ``timestamp + "." + body``, and the timestamp (Unix seconds)
            must be at most *tolerance_seconds* away from *clock*.
        tolerance_seconds: how far the two clocks may differ.
        clock: seconds since the epoch.
    """

    needs_body = True

    def __init__(
        self,
        secret: str,
        *,
        header: str = "X-Signature",
        timestamp_header: str | None = None,
        tolerance_seconds: float = 300.0,
        clock: Callable[[], float] = time.time,
    ) -> None:
        self._secret = secret_bytes(secret, what="the signing secret")
        self._header = header
        self._timestamp_header = timestamp_header
        self._tolerance_seconds = tolerance_seconds
        self._clock = clock

    def admits(self, head: RequestHead) -> bool:
        """Whether there is a well-formed signature to look at once the body is read."""
        return self._signature(head) is not None and self._timestamp(head) is not None

    def proof(self, head: RequestHead) -> Proof:
        """Begin to hash the body."""
        signature, timestamp = self._signature(head), self._timestamp(head)
        if signature is None or timestamp is None:
            return super().proof(head)
        age = abs(self._clock() - int(timestamp)) if timestamp else 0.0
        return _SignatureProof(_mac(self._secret, timestamp), signature, fresh=age <= self._tolerance_seconds)

    def _signature(self, head: RequestHead) -> bytes | None:
        sent = (head.only(self._header) or b"").strip().lower().removeprefix(b"sha256=")
        return sent if len(sent) == _HEX_DIGITS else None

    def _timestamp(self, head: RequestHead) -> bytes | None:
        if self._timestamp_header is None:
            return b""
        sent = (head.only(self._timestamp_header) or b"").strip()
        return sent if sent.isdigit() and len(sent) <= _LONGEST_TIMESTAMP else None

    def __repr__(self) -> str:
        return f"HmacSha256(..., header={self._header!r})"


class _SignatureProof:
    """Hashes the body as it arrives."""

    def __init__(self, mac: hmac.HMAC, signature: bytes, *, fresh: bool) -> None:
        self._mac = mac
        self._signature = signature
        self._fresh = fresh

    def update(self, chunk: bytes) -> None:
        self._mac.update(chunk)

    def holds(self, fields: Mapping[str, Any] | None) -> bool:
        del fields  # the raw body counts, not what it says
        if not hmac.compare_digest(self._mac.hexdigest().encode(), self._signature):
            return False
        if not self._fresh:
            raise StaleSignature("the time of the signature is too far from ours")
        return True


def _mac(secret: bytes, timestamp: bytes) -> hmac.HMAC:
    return hmac.new(secret, timestamp + b"." if timestamp else b"", "sha256")


def _signature(secret: bytes, timestamp: bytes, body: bytes) -> bytes:
    mac = _mac(secret, timestamp)
    mac.update(body)
    return mac.hexdigest().encode()


def sign(user: str, password: str) -> dict[str, str]:
    """Give the headers that :class:`~vipex_sdk.webhooks.checks.BasicAuth` asks for.

    >>> sign("vipex", "jelszó")
    {'Authorization': 'Basic dmlwZXg6amVsc3rDsw=='}
    """
    return {"Authorization": "Basic " + base64.b64encode(f"{user}:{password}".encode()).decode()}


def sign_body(
    secret: str,
    body: bytes,
    *,
    header: str = "X-Signature",
    timestamp_header: str | None = None,
    clock: Callable[[], float] = time.time,
) -> dict[str, str]:
    """Give the headers that :class:`HmacSha256` with the same arguments asks for."""
    timestamp = str(int(clock())) if timestamp_header else ""
    headers = {header: _signature(secret.encode(), timestamp.encode(), body).decode()}
    if timestamp_header:
        headers[timestamp_header] = timestamp
    return headers
