"""The technical user's name and secrets, as one value that shows nothing."""

from __future__ import annotations

import re

from attrs import field, frozen

from vipex_sdk.errors import ConfigError

__all__ = ["Credentials"]

_VISIBLE = re.compile(r"[\x21-\x7e]+")


@frozen(kw_only=True, repr=False)
class Credentials:
    """Who we are.

    Attributes:
        user: name of the technical user; the client id where OAuth2 client credentials are used; empty with a key.
        password: its generated password, or the key, or the client secret.
        client_id: of the program, for the OAuth2 password grant.
        client_secret: of the program, for the OAuth2 password grant; empty when it has none.
    """

    user: str = field(default="")
    password: str = field(default="")
    client_id: str = field(default="")
    client_secret: str = field(default="")

    def __repr__(self) -> str:
        return "<Credentials>"

    def needs_user(self, *, without_colon: bool = False) -> None:
        """Check that there is a user.

        Raises:
            ConfigError: there is none.
        """
        if not self.user or (without_colon and ":" in self.user):
            raise ConfigError("expected the technical user's name" + ", without a colon" * without_colon, key="user")

    def needs_password(self) -> None:
        """Check that there is a password.

        Raises:
            ConfigError: there is none.
        """
        if not self.password:
            raise ConfigError("expected the technical user's generated password", key="password")

    def needs_key(self) -> None:
        """Check that the password can be sent as a key.

        Raises:
            ConfigError: there is none, or it holds blanks, line ends or letters with accents.
        """
        if not _VISIBLE.fullmatch(self.password):
            raise ConfigError("expected a key of visible ASCII characters", key="password")
