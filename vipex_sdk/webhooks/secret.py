"""Secrets that can be compared and nothing else."""

from __future__ import annotations

import hmac
import os
from hashlib import blake2b

from vipex_sdk.errors import ConfigError

__all__ = ["LONGEST_CREDENTIAL", "SealedSecret", "secret_bytes"]

LONGEST_CREDENTIAL = 4096
"""Bytes of a credential that are looked at; a longer one is wrong without looking."""


class SealedSecret:
    """A secret kept as a digest under a key of this process: no representation, no dump shows it."""

    __slots__ = ("_digest", "_key")

    def __init__(self, secret: bytes) -> None:
        self._key = os.urandom(32)
        self._digest = self._seal(secret)

    def _seal(self, text: bytes) -> bytes:
        return blake2b(text, key=self._key).digest()

    def matches(self, presented: bytes | None) -> bool:
        """Compare in constant time, whatever the lengths are."""
        if presented is None or len(presented) > LONGEST_CREDENTIAL:
            return False
        return hmac.compare_digest(self._seal(presented), self._digest)


def secret_bytes(text: str, *, what: str) -> bytes:
    """Give *text* as bytes.

    Raises:
        ConfigError: it is empty; an empty secret would admit everybody.
    """
    if not text.strip():
        raise ConfigError(f"{what} must not be empty")
    return text.encode()
