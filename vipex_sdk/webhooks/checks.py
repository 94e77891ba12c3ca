"""How a sender proves that it is the customer's VIPeX: credentials in the head of the request.

Sources: ``facts/vipex.md`` 3.2, ``facts/reliability.md`` 3.1. See also :mod:`vipex_sdk.webhooks.signature` and
:mod:`vipex_sdk.webhooks.addresses`.
"""

from __future__ import annotations

import base64
import binascii
from abc import ABC, abstractmethod
from urllib.parse import unquote_to_bytes

from vipex_sdk.errors import BadCredentials, ConfigError
from vipex_sdk.webhooks.head import RequestHead
from vipex_sdk.webhooks.secret import LONGEST_CREDENTIAL, SealedSecret, secret_bytes

__all__ = ["AnyOf", "BasicAuth", "Check", "HeaderToken", "PathSecret", "QueryToken"]


class Check(ABC):
    """One way of proving who is calling.

    Attributes:
        challenge: value of ``WWW-Authenticate`` that asks for this proof.
        needs_body: whether the head alone is not enough.
    """

    challenge: str | None = None
    needs_body: bool = False

    @abstractmethod
    def admits(self, head: RequestHead) -> bool:
        """Whether the head proves it, or promises a proof in the body. Never raises for what was sent."""

    def admits_body(self, head: RequestHead, body: bytes) -> bool:  # noqa: ARG002 - for checks that need it
        """Whether head and raw body prove it together."""
        return self.admits(head)


class BasicAuth(Check):
    """HTTP Basic: a user and a password that are typed into the VIPeX portal."""

    def __init__(self, user: str, password: str) -> None:
        if not user or ":" in user:
            raise ConfigError("the webhook user must not be empty and must not contain a colon")
        secret_bytes(password, what="the webhook password")
        self._pair = SealedSecret(_joined(user, password))
        self.challenge = 'Basic realm="vipex", charset="UTF-8"'

    def admits(self, head: RequestHead) -> bool:
        """Compare user and password, both always."""
        return self._pair.matches(_basic_pair(head.only("authorization")))

    def __repr__(self) -> str:
        return "BasicAuth(...)"


def _joined(user: str, password: str) -> bytes:
    return user.encode() + b":" + password.encode()


def _basic_pair(header: bytes | None) -> bytes | None:
    """Give ``user:password`` from an ``Authorization`` header; ``None`` unless it is well-formed Basic."""
    if header is None or len(header) > LONGEST_CREDENTIAL:
        return None
    scheme, _, credentials = header.strip().partition(b" ")
    if scheme.lower() != b"basic":
        return None
    try:
        raw = base64.b64decode(credentials.strip(), validate=True)
    except (binascii.Error, ValueError):
        return None
    try:
        text = raw.decode()
    except UnicodeDecodeError:
        text = raw.decode("latin-1")
    user, colon, password = text.partition(":")
    return _joined(user, password) if colon else None


class HeaderToken(Check):
    """A fixed token in a header; a value ``Bearer <token>`` is understood too."""

    def __init__(self, name: str, value: str) -> None:
        if not name.isascii() or not name.strip():
            raise ConfigError("the name of the token's header must be plain ASCII")
        self._name = name.lower()
        self._value = SealedSecret(secret_bytes(value, what="the webhook token"))
        self.challenge = 'Bearer realm="vipex"' if self._name == "authorization" else None

    def admits(self, head: RequestHead) -> bool:
        """Compare the header that came exactly once."""
        sent = (head.only(self._name) or b"").strip()
        scheme, _, rest = sent.partition(b" ")
        bearer = rest.strip() if scheme.lower() == b"bearer" else sent
        # Both are compared, so that the time does not tell which form was right.
        return self._value.matches(sent) | self._value.matches(bearer)

    def __repr__(self) -> str:
        return f"HeaderToken({self._name!r}, ...)"


class QueryToken(Check):
    """A fixed token in the query string, for exchanges that can only be given an address.

    The receiver takes it out of a query that it keeps.
    """

    def __init__(self, name: str, value: str) -> None:
        self.name = name
        self._value = SealedSecret(secret_bytes(value, what="the webhook token"))

    def admits(self, head: RequestHead) -> bool:
        """Compare the parameter that came exactly once."""
        if len(head.query) > 16 * LONGEST_CREDENTIAL:
            return False
        pairs = (part.partition(b"=") for part in head.query.split(b"&"))
        values = [_unquoted(value) for name, _, value in pairs if _unquoted(name) == self.name.encode()]
        return self._value.matches(values[0] if len(values) == 1 else None)

    def __repr__(self) -> str:
        return f"QueryToken({self.name!r}, ...)"


def _unquoted(text: bytes) -> bytes:
    return unquote_to_bytes(text.replace(b"+", b" "))


class PathSecret(Check):
    """An unguessable first segment below the mount, ``/{secret}/call-end``; the receiver takes it off again."""

    def __init__(self, secret: str) -> None:
        if "/" in secret:
            raise ConfigError("the secret path segment must not contain a slash")
        self._secret = SealedSecret(secret_bytes(secret, what="the secret path segment"))

    def admits(self, head: RequestHead) -> bool:
        """Compare the first segment."""
        segment = head.path.removeprefix("/").partition("/")[0]
        return self._secret.matches(segment.encode(errors="surrogatepass"))

    def __repr__(self) -> str:
        return "PathSecret(...)"


class AnyOf(Check):
    """Several live credentials of one sender, so that one can be replaced while the other still works."""

    def __init__(self, *checks: Check) -> None:
        if not checks:
            raise ConfigError("AnyOf needs at least one check")
        self.checks = checks
        self.needs_body = any(check.needs_body for check in checks)
        self.challenge = next((check.challenge for check in checks if check.challenge), None)

    def admits(self, head: RequestHead) -> bool:
        """Ask all of them: the time does not tell which credential was right."""
        return any([check.admits(head) for check in self.checks])  # noqa: C419 - no short cut

    def admits_body(self, head: RequestHead, body: bytes) -> bool:
        """Ask all of them; a signature that is only too old is reported when nothing else admits."""
        stale: BadCredentials | None = None
        admitted = False
        for check in self.checks:
            try:
                admitted |= check.admits(head) and check.admits_body(head, body)
            except BadCredentials as error:
                stale = error
        if stale is not None and not admitted:
            raise stale
        return admitted

    def __repr__(self) -> str:
        return f"AnyOf({', '.join(map(repr, self.checks))})"
