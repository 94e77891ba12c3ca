"""One tree of errors: what happened, and what to do about it.

The text of an error never carries a secret, a phone number or a name; it may be logged and shown as it is.
The class is the decision: a caller who wants to know whether a request may be repeated asks for the class.
"""

from __future__ import annotations

from pathlib import Path

__all__ = [
    "AuthError",
    "BadCredentials",
    "BadPayload",
    "ConfigError",
    "Conflict",
    "CrmError",
    "DecodeError",
    "Forbidden",
    "Invalid",
    "Misconfigured",
    "NeedsReauth",
    "NotFound",
    "NotPermitted",
    "NotSent",
    "NotSubscribed",
    "OutcomeUnknown",
    "PayloadTooLarge",
    "ProfileError",
    "RateLimited",
    "RecordingExpired",
    "RecordingNotReady",
    "RecordingRejected",
    "ServerError",
    "StatusError",
    "StillBusy",
    "StoreUnavailable",
    "Unavailable",
    "UnsupportedMedia",
    "VipexError",
    "WebhookError",
]


class VipexError(Exception):
    """Catch this to catch everything this package raises."""


class ConfigError(VipexError):
    """A setting is missing or wrong; the text names file, line, key and what was expected.

    Args:
        expected: what would have been right, as a sentence for a person.
        file: the configuration file, when there is one.
        line: 1-based line in that file, when known.
        column: 1-based column in that line, when known.
        key: dotted key, for example ``crm.minicrm.system_id``.
    """

    def __init__(
        self,
        expected: str,
        *,
        file: Path | str | None = None,
        line: int | None = None,
        column: int | None = None,
        key: str | None = None,
    ) -> None:
        self.expected = expected
        self.file = str(file) if file is not None else None
        self.line = line
        self.column = column
        self.key = key
        where = ":".join(str(part) for part in (self.file, line, column) if part is not None)
        super().__init__(": ".join(part for part in (where, key, expected) if part))


class ProfileError(ConfigError):
    """A wire profile is missing a key or has a wrong one."""


class NotSent(VipexError):
    """The request certainly never left this machine, so repeating it is safe.

    Args:
        message: what could not be reached.
        operation: name of the operation, for example ``calls.originate``.
        retry_after: seconds to wait, when whoever gives out tokens said so.
    """

    def __init__(self, message: str, *, operation: str | None = None, retry_after: float | None = None) -> None:
        self.operation = operation
        self.retry_after = retry_after
        super().__init__(message)


class OutcomeUnknown(VipexError):
    """The request was sent, no answer came, and it may have been carried out: look before you repeat it.

    After :func:`vipex_sdk.control.calls.originate` ask for the extension's current call; after creating a phonebook
    entry or a CRM record search for it. The error's ``__cause__`` is what happened on the wire.

    Args:
        message: what was sent and what failed.
        operation: name of the operation, for example ``calls.originate``.
    """

    def __init__(self, message: str, *, operation: str | None = None) -> None:
        self.operation = operation
        super().__init__(message)


class StillBusy(VipexError):
    """What was waited for did not happen in time: the extension still has a call.

    Args:
        message: what was waited for, and how long.
        operation: name of the operation that was asked again and again.
    """

    def __init__(self, message: str, *, operation: str | None = None) -> None:
        self.operation = operation
        super().__init__(message)


class StatusError(VipexError):
    """The other side answered with an error.

    Args:
        message: what failed; without personal data.
        status: HTTP status, 0 when the error stood inside a successful answer without one.
        code: the other side's own error code, for example ``extension_not_found``.
        request_id: the other side's request id; quote it to support.
        operation: name of the operation.
        detail: what the other side said, in its own words; may name people, so it is shown to the user, never logged.
    """

    def __init__(
        self,
        message: str,
        *,
        status: int = 0,
        code: str | None = None,
        request_id: str | None = None,
        operation: str | None = None,
        detail: str | None = None,
    ) -> None:
        self.status = status
        self.code = code
        self.request_id = request_id
        self.operation = operation
        self.detail = detail
        super().__init__(f"[{request_id}] {message}" if request_id else message)


class AuthError(StatusError):
    """401: the technical user's name or password is wrong or was revoked."""


class Forbidden(StatusError):
    """403: the credentials are right, the permission is missing."""


class NotSubscribed(Forbidden):
    """The customer's subscription does not include this function."""


class NotFound(StatusError):
    """404: there is no such extension, user, entry or recording."""


class RecordingNotReady(StatusError):
    """The recording exists but cannot be fetched yet; ask again later."""


class RecordingExpired(StatusError):
    """410: the recording was deleted; asking again is useless."""


class RecordingRejected(VipexError):
    """What came is not a whole recording: too large, cut short, or not audio at all."""


class Conflict(StatusError):
    """409: the present state forbids it, for example the extension is busy or offline."""


class Invalid(StatusError):
    """400 or 422: a value was refused; repeating the same request is useless."""


class RateLimited(StatusError):
    """429: too many requests.

    Args:
        message: whose limit was reached.
        retry_after: seconds to wait, when the other side said so.
    """

    def __init__(
        self,
        message: str,
        *,
        retry_after: float | None = None,
        status: int = 429,
        code: str | None = None,
        request_id: str | None = None,
        operation: str | None = None,
        detail: str | None = None,
    ) -> None:
        self.retry_after = retry_after
        super().__init__(message, status=status, code=code, request_id=request_id, operation=operation, detail=detail)


class ServerError(StatusError):
    """5xx: the other side failed."""


class DecodeError(VipexError):
    """An answer or a payload could not be understood; the text names the paths, never the values.

    Args:
        problems: one readable line a problem, for example ``$.legs[0].started_at: expected a time``.
    """

    def __init__(self, problems: tuple[str, ...], *, what: str = "the payload") -> None:
        self.problems = problems
        super().__init__(f"cannot understand {what}: " + "; ".join(problems))


class WebhookError(VipexError):
    """A request to the receiver was refused.

    Attributes:
        status: the HTTP status the receiver answers with.
    """

    status = 400


class BadCredentials(WebhookError):
    """The sender did not prove that it is the customer's VIPeX."""

    status = 401


class PayloadTooLarge(WebhookError):
    """The body is larger than this address accepts."""

    status = 413


class UnsupportedMedia(WebhookError):
    """The body's content type, or its compression, is not accepted here."""

    status = 415


class BadPayload(WebhookError):
    """The sender is known, but what it sent cannot be understood; it is kept in quarantine."""

    status = 202


class StoreUnavailable(VipexError):
    """Nothing could be made durable (disk full, database locked or gone); the sender must repeat later."""


class CrmError(VipexError):
    """The CRM could not do what was asked. The class decides whether and when it is tried again."""


class NeedsReauth(CrmError):
    """The CRM's credential is proved to be dead; deliveries to it pause until it is replaced."""


class NotPermitted(CrmError):
    """The credential is fine, a right is missing; this never disables the connection."""


class Misconfigured(CrmError):
    """An unknown field, a wrong tenant, a missing module: a person must change a setting."""


class Unavailable(CrmError):
    """The CRM cannot be reached and certainly wrote nothing; trying again is safe."""
