"""Signatures of the raw body, and what a sender adds to a request to be let in."""

from __future__ import annotations

import base64
import hashlib
import hmac
import time
from collections.abc import Callable, Mapping
from typing import Any, Literal, TypeAlias

from attrs import field, frozen

from vipex_sdk.errors import BadCredentials
from vipex_sdk.webhooks.checks import Check, Proof
from vipex_sdk.webhooks.head import RequestHead
from vipex_sdk.webhooks.secret import secret_bytes

__all__ = ["HmacSignature", "StaleSignature", "sign", "sign_body"]

_LONGEST_TIMESTAMP = 10

Algorithm: TypeAlias = Literal["sha1", "sha256", "sha512"]
Encoding: TypeAlias = Literal["hex", "base64"]


class StaleSignature(BadCredentials):
    """The signature is right, but the two clocks differ too much, or the request is a replay."""


class HmacSignature(Check):
    """An HMAC of the raw body in a header; the algorithm's name may stand before it, as in ``sha256=...``.

    Args:
        secret: the shared secret.
        header: where the signature is.
        algorithm: of the HMAC.
        encoding: how the signature is written.
        timestamp_header: when given, a time is signed too, and it (Unix seconds) must be at most *tolerance_seconds*
            away from *clock*.
        signed: what is signed then.
        tolerance_seconds: how far the two clocks may differ.
        clock: seconds since the epoch.
    """

    needs_body = True

    def __init__(
        self,
        secret: str,
        *,
        header: str = "X-Signature",
        algorithm: Algorithm = "sha256",
        encoding: Encoding = "hex",
        timestamp_header: str | None = None,
        signed: str = "{timestamp}.{body}",
        tolerance_seconds: float = 300.0,
        clock: Callable[[], float] = time.time,
    ) -> None:
        key = secret_bytes(secret, what="the signing secret")
        self._signer = _Signer(key, algorithm, encoding, signed if timestamp_header else "{body}")
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
        return _SignatureProof(self._signer, timestamp, signature, fresh=age <= self._tolerance_seconds)

    def _signature(self, head: RequestHead) -> bytes | None:
        return self._signer.well_formed((head.only(self._header) or b"").strip())

    def _timestamp(self, head: RequestHead) -> bytes | None:
        if self._timestamp_header is None:
            return b""
        sent = (head.only(self._timestamp_header) or b"").strip()
        return sent if sent.isdigit() and len(sent) <= _LONGEST_TIMESTAMP else None

    def __repr__(self) -> str:
        return f"HmacSignature(..., header={self._header!r})"


@frozen
class _Signer:
    """What is signed, with what, and how that is written."""

    secret: bytes = field(repr=False)
    algorithm: Algorithm
    encoding: Encoding
    signed: str

    def begin(self, timestamp: bytes) -> hmac.HMAC:
        """Begin with what stands before the body."""
        return hmac.new(self.secret, self._around(0, timestamp), self.algorithm)

    def finish(self, mac: hmac.HMAC, timestamp: bytes) -> bytes:
        """Give the signature, after what stands behind the body."""
        mac = mac.copy()
        mac.update(self._around(1, timestamp))
        if self.encoding == "hex":
            return mac.hexdigest().encode()
        return base64.b64encode(mac.digest())

    def well_formed(self, sent: bytes) -> bytes | None:
        """Give *sent* as :meth:`finish` writes it; ``None`` when no signature is written like that."""
        name = f"{self.algorithm}=".encode()
        if sent[: len(name)].lower() == name:
            sent = sent[len(name) :]
        size = hashlib.new(self.algorithm).digest_size
        if self.encoding == "hex":
            return sent.lower() if len(sent) == 2 * size else None
        return sent if len(sent) == 4 * -(-size // 3) else None

    def _around(self, side: int, timestamp: bytes) -> bytes:
        return self.signed.split("{body}")[side].encode().replace(b"{timestamp}", timestamp)


class _SignatureProof:
    """Hashes the body as it arrives."""

    def __init__(self, signer: _Signer, timestamp: bytes, signature: bytes, *, fresh: bool) -> None:
        self._signer = signer
        self._timestamp = timestamp
        self._mac = signer.begin(timestamp)
        self._signature = signature
        self._fresh = fresh

    def update(self, chunk: bytes) -> None:
        self._mac.update(chunk)

    def holds(self, fields: Mapping[str, Any] | None) -> bool:
        del fields  # the raw body counts, not what it says
        if not hmac.compare_digest(self._signer.finish(self._mac, self._timestamp), self._signature):
            return False
        if not self._fresh:
            raise StaleSignature("the time of the signature is too far from ours")
        return True


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
    algorithm: Algorithm = "sha256",
    encoding: Encoding = "hex",
    timestamp_header: str | None = None,
    signed: str = "{timestamp}.{body}",
    clock: Callable[[], float] = time.time,
) -> dict[str, str]:
    """Give the headers that :class:`HmacSignature` with the same arguments asks for."""
    timestamp = str(int(clock())) if timestamp_header else ""
    signer = _Signer(secret.encode(), algorithm, encoding, signed if timestamp_header else "{body}")
    mac = signer.begin(timestamp.encode())
    mac.update(body)
    headers = {header: signer.finish(mac, timestamp.encode()).decode()}
    if timestamp_header:
        headers[timestamp_header] = timestamp
    return headers
