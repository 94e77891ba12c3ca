"""The parts of a wire profile: what may differ between deployments, as plain values.

Every attribute is a key of ``default.toml`` with the same name; that file explains them with examples.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cached_property
from typing import Literal
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from attrs import Attribute, field, frozen, validators

from vipex_sdk.errors import ConfigError
from vipex_sdk.numbers import ANONYMOUS_WORDS, NumberRules

__all__ = [
    "AuthFormat",
    "BodyEncoding",
    "ControlFormat",
    "DurationFormat",
    "ErrorFormat",
    "NumberFormat",
    "OperationFormat",
    "PagingFormat",
    "TimeFormat",
    "TokenFormat",
    "XmlFormat",
    "is_name",
    "is_path",
]

BodyEncoding = Literal["none", "json", "form", "multipart", "xml"]


def _is_zone(_instance: object, _attribute: Attribute[str], value: str) -> None:
    try:
        ZoneInfo(value)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        raise ConfigError('expected a time zone such as "Europe/Budapest"', key="zone") from None


def is_path(_instance: object, attribute: Attribute[str], value: str) -> None:
    """Refuse a path that does not begin with a slash."""
    if not value.startswith("/"):
        raise ConfigError('expected a path that begins with "/"', key=attribute.name)


def is_name(_instance: object, attribute: Attribute[str], value: str) -> None:
    """Refuse an empty name."""
    if not value.strip():
        raise ConfigError("expected a name, not nothing", key=attribute.name)


@frozen(kw_only=True)
class TokenFormat:
    """How a token is had and sent, for the schemes that use one.

    Attributes:
        url: where it is asked for: a path below the base URL, or an address of its own.
        body, user, password: how a login is written (``login_token`` only).
        client_auth: how an OAuth2 client proves who it is; without a secret it only says who it is.
        scope: asked for from OAuth2, blank-separated.
        token, refresh, expires_in: candidate paths in the answer; the lifetime is in seconds.
        header, prefix: how requests carry it.
        leeway_seconds: how long before it expires the next one is asked for, but at most a quarter of its life.
    """

    url: str
    body: Literal["json", "form"]
    user: str
    password: str
    client_auth: Literal["client_secret_basic", "client_secret_post"]
    scope: str
    token: tuple[str, ...] = field(validator=validators.min_len(1))
    refresh: tuple[str, ...]
    expires_in: tuple[str, ...]
    header: str
    prefix: str
    leeway_seconds: float = field(validator=validators.ge(0))


@frozen(kw_only=True)
class AuthFormat:
    """How we prove who we are to the control API.

    Attributes:
        scheme: ``basic`` and ``digest`` take the technical user's name and password; ``header_key``, ``query_key``
            and ``body_key`` take a key as the password; ``login_token`` and OAuth2 ask for a token.
        header, prefix: where ``header_key`` puts the key, and what it puts before it.
        parameter: name of the key in query or body.
        token: for the schemes that use one.
    """

    scheme: Literal[
        "basic",
        "digest",
        "header_key",
        "query_key",
        "body_key",
        "login_token",
        "oauth2_client_credentials",
        "oauth2_password",
    ]
    header: str
    prefix: str
    parameter: str
    token: TokenFormat


@frozen(kw_only=True)
class PagingFormat:
    """How long lists are cut into pages.

    Attributes:
        style: ``page`` counts pages, ``offset`` counts items, with ``cursor`` each page says where the next begins,
            ``none`` sends everything at once.
        first: number of the first page.
        page, per_page, total: wire names.
        size: items we ask for on a page.
        cursor: query parameter that says where a page begins (style ``cursor``).
        next: candidate paths, in an answer, of the next cursor or of an address that holds it (style ``cursor``).
    """

    style: Literal["page", "offset", "cursor", "none"]
    first: int
    page: str
    per_page: str
    total: str
    size: int = field(validator=validators.gt(0))
    cursor: str = field(validator=is_name)
    next: tuple[str, ...]


@frozen(kw_only=True)
class ErrorFormat:
    """How an error looks.

    Attributes:
        in_success: whether an error may stand inside a 2xx answer.
        success_field: where such an answer says how it went.
        success_words: what it says there when all is well, in lower case.
        code, message, request_id: candidate paths.
        codes: wire error code to our code, for example ``extension_not_found``.
    """

    in_success: bool
    success_field: str
    success_words: tuple[str, ...]
    code: tuple[str, ...]
    message: tuple[str, ...]
    request_id: tuple[str, ...]
    codes: Mapping[str, str]


@frozen(kw_only=True)
class OperationFormat:
    """One operation of the control API as an HTTP request.

    Attributes:
        method: HTTP method.
        path: template below the prefix; ``{name}`` is an argument, ``{entry.id}`` a field of one.
        body: how arguments are written; with ``none`` they go into the query.
        arguments: our argument name to its wire name, where they differ.
        constants: what is sent beside the arguments, always the same; tells operations apart that share an address.
        flatten: the argument whose own fields are the body.
        status: what a server answers on success; a client takes any 2xx.
    """

    method: Literal["GET", "POST", "PUT", "PATCH", "DELETE"]
    path: str = field(validator=is_path)
    body: BodyEncoding = "none"
    arguments: Mapping[str, str] = field(factory=dict)
    constants: Mapping[str, str] = field(factory=dict)
    flatten: str = ""
    status: int = 200


@frozen(kw_only=True)
class ControlFormat:
    """The control API: what we ask of VIPeX.

    Attributes:
        path_prefix: between the base URL and every operation's path.
        answer: how answers are encoded.
        items: candidate paths of the list in an answer that holds one; a bare array is always understood.
        idempotency_header: carries the caller's own reference, by which a server may know a repeated request.
        not_subscribed: operations this customer's subscription lacks.
        operations: by name, for example ``calls.originate``.
    """

    path_prefix: str
    answer: Literal["json", "form", "xml"]
    items: tuple[str, ...] = field(validator=validators.min_len(1))
    idempotency_header: str
    not_subscribed: tuple[str, ...]
    auth: AuthFormat
    paging: PagingFormat
    errors: ErrorFormat
    operations: Mapping[str, OperationFormat]


@frozen(kw_only=True)
class NumberFormat:
    """How telephone numbers are written.

    Attributes:
        region: whose national numbers are read: its country code and the digit before area codes come from there.
        extension_pattern: what an extension looks like, as a regular expression.
        anonymous_words: of hidden callers, beside those every exchange uses.
        short_codes: public numbers that are too short to be anything else.
        write: ``e164`` +36301234567, ``digits`` 36301234567, ``international`` 0036301234567, ``national`` 06301234567.
        write_anonymous: text for a hidden caller; absent means null.
    """

    region: str
    extension_pattern: str
    anonymous_words: tuple[str, ...]
    short_codes: tuple[str, ...]
    write: Literal["e164", "digits", "international", "national"]
    write_anonymous: str | None = None

    @cached_property
    def rules(self) -> NumberRules:
        """Give the rules that numbers are read by."""
        return NumberRules(
            region=self.region,
            extension_pattern=self.extension_pattern,
            anonymous_words=ANONYMOUS_WORDS | {word.lower() for word in self.anonymous_words},
            short_codes=frozenset(self.short_codes),
        )


@frozen(kw_only=True)
class TimeFormat:
    """How times are read and written.

    Attributes:
        zone: of times that come without one.
        ambiguous: which of the two, in October's doubled hour.
        epoch_unit: of times that are numbers; ``auto`` tells by the size.
        patterns: tried in turn (``strptime``) when a text is not ISO 8601.
        write: how we write times; anything else than the named ones is a ``strftime`` pattern.
    """

    zone: str = field(validator=_is_zone)
    ambiguous: Literal["first", "second"]
    epoch_unit: Literal["auto", "s", "ms"]
    patterns: tuple[str, ...]
    write: str


@frozen(kw_only=True)
class DurationFormat:
    """How durations are written.

    Attributes:
        unit: ``s`` seconds, ``ms`` milliseconds, ``hms`` HH:MM:SS, which is always read.
    """

    unit: Literal["s", "ms", "hms"]


@frozen(kw_only=True)
class XmlFormat:
    """The outermost elements of XML bodies that are written; those that are read may be called anything.

    Attributes:
        request: of requests and events.
        answer: of answers, to the data query too.
    """

    request: str = field(validator=validators.matches_re(r"[^\W\d][\w.-]*"))
    answer: str = field(validator=validators.matches_re(r"[^\W\d][\w.-]*"))
