"""How a sender proves that it is the customer's VIPeX: credentials in the head of the request.

Sources: ``facts/vipex.md`` 3.2, ``facts/reliability.md`` 3.1. See also :mod:`vipex_sdk.webhooks.signature` and
:mod:`vipex_sdk.webhooks.addresses`.
"""

from __future__ import annotations

import base64
import binascii
from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from typing import Any, Protocol
from urllib.parse import unquote_to_bytes

from vipex_sdk.errors import BadCredentials, ConfigError
from vipex_sdk.webhooks.head import RequestHead
from vipex_sdk.webhooks.secret import LONGEST_CREDENTIAL, SealedSecret, secret_bytes
from vipex_sdk.wire.paths import value_at

__all__ = ["AnyOf", "BasicAuth", "BodyToken", "Check", "HeaderToken", "PathSecret", "Proof", "QueryToken"]


class Proof(Protocol):
    """What a check makes of one request, while its body arrives."""

    def update(self, chunk: bytes) -> None:
        """Look at the next raw bytes of the body."""
        ...

    def holds(self, fields: Mapping[str, Any] | None) -> bool:
        """Decide, now that all of the body is here; *fields* is ``None`` when nobody can read it.

        Raises:
            StaleSignature: a signature is right but too old.
        """
        ...


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

    def proof(self, head: RequestHead) -> Proof:
        """Begin to look at the body of the request with *head*."""
        return _OfHead(self.admits(head))


class _OfHead:
    """The head has said it all."""

    def __init__(self, admitted: bool) -> None:  # noqa: FBT001 - its only argument
        self._admitted = admitted

    def update(self, chunk: bytes) -> None:
        del chunk

    def holds(self, fields: Mapping[str, Any] | None) -> bool:
        del fields
        return self._admitted


class BasicAuth(Check):
    """HTTP Basic: a user and a password that are typed into the VIPeX portal."""

    def __init__(self, user: str, password: str) -> None:
        if not user or ":" in user:
            raise ConfigError("the webhook user must not be empty and must not contain a colon")
        secret_bytes(password, what="the webhook password")
        pair = _joined(user, password)
        self._pair = SealedSecret(pair)
        self._usual = SealedSecret(b"Basic " + base64.b64encode(pair))
        self.challenge = 'Basic realm="vipex", charset="UTF-8"'

    def admits(self, head: RequestHead) -> bool:
        """Compare user and password, both always; spelled as most write them, they need not be taken apart."""
        sent = head.only("authorization")
        return self._usual.matches(sent) or self._pair.matches(_basic_pair(sent))

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


class BodyToken(Check):
    """A fixed token among the fields of the body, for exchanges that can send nothing else.

    A stranger is known only when all of the body is here; combine it with another check where that can be done. A body
    that cannot be read proves nothing. The receiver takes the token out of what it keeps.

    Args:
        path: dotted, for example ``"crm_token"`` or ``"auth.secret"``.
        value: the token.
    """

    needs_body = True

    def __init__(self, path: str, value: str) -> None:
        self.path = path
        self._value = SealedSecret(secret_bytes(value, what="the webhook token"))

    def admits(self, head: RequestHead) -> bool:  # noqa: ARG002 - it says nothing about this
        """Promise a proof in the body."""
        return True

    def proof(self, head: RequestHead) -> Proof:  # noqa: ARG002 - as above
        """Wait for the fields."""
        return _TokenProof(self.path, self._value)

    def __repr__(self) -> str:
        return f"BodyToken({self.path!r}, ...)"


class _TokenProof:
    def __init__(self, path: str, value: SealedSecret) -> None:
        self._path = path
        self._value = value

    def update(self, chunk: bytes) -> None:
        del chunk

    def holds(self, fields: Mapping[str, Any] | None) -> bool:
        sent = value_at(fields, self._path)
        return self._value.matches(sent.encode(errors="surrogatepass") if isinstance(sent, str) else None)


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

    def proof(self, head: RequestHead) -> Proof:
        """Begin with all of them."""
        return _AnyProof([(check.admits(head), check.proof(head)) for check in self.checks])

    def __repr__(self) -> str:
        return f"AnyOf({', '.join(map(repr, self.checks))})"


class _AnyProof:
    """Asks all of them; a signature that is only too old is reported when nothing else admits."""

    def __init__(self, proofs: Sequence[tuple[bool, Proof]]) -> None:
        self._proofs = proofs

    def update(self, chunk: bytes) -> None:
        for _, proof in self._proofs:
            proof.update(chunk)

    def holds(self, fields: Mapping[str, Any] | None) -> bool:
        stale: BadCredentials | None = None
        held = False
        for admitted, proof in self._proofs:
            try:
                held |= admitted and proof.holds(fields)
            except BadCredentials as error:
                stale = error
        if stale is not None and not held:
            raise stale
        return held
