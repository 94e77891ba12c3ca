"""The installation's own key, in the data folder, and what is derived from it: links for agents, tokens, signatures."""

from __future__ import annotations

import hashlib
import hmac
import os
import secrets
from pathlib import Path

from attrs import field, frozen

from vipex_sdk.errors import ConfigError

__all__ = ["InstallKey", "admin_token", "open_install_key"]


@frozen
class InstallKey:
    """32 random bytes that never leave the data folder."""

    secret: bytes = field(repr=False)

    def derive(self, purpose: str, *, length: int = 32) -> str:
        """Give *length* hexadecimal digits that only this installation can know; other purposes reveal nothing."""
        return hmac.new(self.secret, purpose.encode(), hashlib.sha256).hexdigest()[:length]

    def proves(self, purpose: str, presented: str) -> bool:
        """Whether *presented* is what :meth:`derive` gives; takes the same time for every wrong answer."""
        return hmac.compare_digest(self.derive(purpose).encode(), presented.encode("utf-8", "surrogateescape"))


def open_install_key(data: Path) -> InstallKey:
    """Read ``install.key`` of the data folder, making it at the first start.

    Raises:
        ConfigError: the file cannot be read or written, or is damaged.
    """
    text = _private_text(data / "install.key")
    try:
        secret = bytes.fromhex(text)
    except ValueError:
        secret = b""
    if len(secret) != 32:  # noqa: PLR2004 - bytes
        raise ConfigError("the file is damaged; delete it to make all links anew", file=data / "install.key")
    return InstallKey(secret)


def admin_token(data: Path) -> str:
    """Read the bearer token of ``/admin`` from the data folder, making it at the first start.

    Raises:
        ConfigError: the file cannot be read or written.
    """
    return _private_text(data / "admin.token")


def _private_text(path: Path) -> str:
    """Read *path*; when it is missing, fill it with a random text that only its owner can read."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        try:
            handle = os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600)
        except FileExistsError:
            return path.read_text(encoding="ascii").strip()
        text = secrets.token_hex(32)
        with os.fdopen(handle, "w", encoding="ascii") as file:
            file.write(text + "\n")
            file.flush()
            os.fsync(file.fileno())
    except (OSError, UnicodeDecodeError) as error:
        reason = error.strerror if isinstance(error, OSError) else "not text"
        raise ConfigError(f"cannot use the file: {reason}", file=path) from error
    return text
