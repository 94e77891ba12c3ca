"""What the customer's administrator would set on VIPeX's portal, and how the simulation itself behaves.

Set by the command line, the environment, or ``POST /sandbox/configure`` at any time.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Literal

from attrs import Attribute, asdict, field, frozen, validators
from cattrs import Converter, transform_error
from cattrs.errors import ClassValidationError, ForbiddenExtraKeysError
from cattrs.v import format_exception

from vipex_sdk.errors import ConfigError
from vipex_sdk.wire.profile import WireProfile

__all__ = ["HOOKS", "CalledParty", "HookSettings", "Settings", "structured", "updated", "usual"]

HOOKS = ("data_query", "incoming_call", "call_end", "recording_upload")

_Check = Callable[[Any, "Attribute[Any]", Any], None]
_positive: _Check = validators.gt(0)
_not_negative: _Check = validators.ge(0)


@frozen(kw_only=True)
class HookSettings:
    """One outgoing API where it differs from the common settings; ``None`` takes the common one."""

    url: str | None = None
    user: str | None = None
    password: str | None = field(default=None, repr=False)
    enabled: bool = True


@frozen(kw_only=True)
class CalledParty:
    """How the other side of an outbound call behaves.

    Attributes:
        mode: ``scripted`` plays by itself, ``manual`` waits for a person at the page of phones.
        extension_answers: whether the extension that places the call takes its telephone.
        extension_seconds: how long that telephone rings.
        result: what the called party does.
        ring_seconds: how long it rings.
        talk_seconds: the conversation, when answered.
        hangup_by: who ends it.
        speed: seconds of the call in one real second.
    """

    mode: Literal["scripted", "manual"] = "scripted"
    extension_answers: bool = True
    extension_seconds: int = field(default=3, validator=_not_negative)
    result: Literal["answered", "no_answer", "busy", "rejected"] = "answered"
    ring_seconds: int = field(default=8, validator=_not_negative)
    talk_seconds: int = field(default=95, validator=_not_negative)
    hangup_by: Literal["caller", "callee"] = "callee"
    speed: float = field(default=600.0, validator=_positive)


@frozen(kw_only=True)
class Settings:
    """Everything that can be set.

    Attributes:
        webhook_url: base address of the receiver; the profile's paths are appended. ``None`` sends nothing.
        webhook_user, webhook_password: credentials sent to the receiver, by Basic unless the profile says otherwise;
            then the password is the secret.
        hooks: deviations of single webhooks, by ``data_query``, ``incoming_call``, ``call_end``,
            ``recording_upload``.
        notify: when the incoming-call notice is sent.
        retry_count: how many more times a failed end of call is sent.
        retry_intervals: seconds before each repetition; the last one serves for the rest.
        query_timeout: seconds the caller waits for the answer to the data query.
        delivery_timeout: seconds after which any other webhook counts as failed.
        recording_mode: how recordings are sent with the end of call, or in messages of their own after it.
        recording_ready_seconds: how long after the end a recording cannot be fetched yet.
        recording_lifetime_seconds: how long it can be fetched; ``None`` for ever.
        main_number: the customer's own number.
        default_target: where the call logic leads: ``group:sales``, ``extension:101`` or ``number:+36...``.
        ring_seconds: how long a telephone rings before the call logic gives up.
        wrap_up_seconds: an operator's pause after a call.
        speed: seconds of a scripted call in one real second.
        outbound: how the other side of an outbound call behaves by default.
    """

    webhook_url: str | None = None
    webhook_user: str | None = None
    webhook_password: str | None = field(default=None, repr=False)
    hooks: Mapping[str, HookSettings] = field(factory=dict)
    notify: Literal["ringing", "answered", "both", "none"] = "ringing"
    retry_count: int = field(default=3, validator=_not_negative)
    retry_intervals: tuple[float, ...] = field(
        default=(5.0, 30.0, 120.0), validator=validators.deep_iterable(_not_negative, validators.min_len(1))
    )
    query_timeout: float = field(default=2.0, validator=_positive)
    delivery_timeout: float = field(default=10.0, validator=_positive)
    recording_mode: Literal["by_code", "inline_base64", "multipart", "separate", "none"] = "by_code"
    recording_ready_seconds: float = field(default=0.0, validator=_not_negative)
    recording_lifetime_seconds: float | None = field(default=None, validator=validators.optional(_not_negative))
    main_number: str = "+3610000100"
    default_target: str = field(
        default="group:sales", validator=validators.matches_re(r"(extension|group|queue|number|voicemail):.+")
    )
    ring_seconds: int = field(default=60, validator=_positive)
    wrap_up_seconds: int = field(default=15, validator=_not_negative)
    speed: float = field(default=600.0, validator=_positive)
    outbound: CalledParty = field(factory=CalledParty)

    def hook(self, kind: str) -> HookSettings:
        """Give the deviations of one webhook."""
        return self.hooks.get(kind, HookSettings())

    def shown(self) -> dict[str, Any]:
        """Give the settings as data, passwords left out."""
        data = asdict(self)
        for part in (data, *data["hooks"].values()):
            for name in ("password", "webhook_password"):
                if part.get(name) is not None:
                    part[name] = "***"
        return data


def usual(profile: WireProfile) -> Settings:
    """Give the settings to begin with: recordings come as *profile* expects them."""
    modes: Mapping[str, Any] = {"inline": "inline_base64", "auto": "by_code", "code": "by_code"}
    return Settings(recording_mode=modes.get(profile.recordings.mode, profile.recordings.mode))


def structured(model: type[Any], data: Mapping[str, Any], *, what: str) -> Any:
    """Build a settings *model* from *data*, refusing what it does not know.

    Raises:
        ConfigError: an unknown key, a wrong type, a value out of range; the text names the key.
    """
    try:
        return _converter.structure(data, model)
    except ClassValidationError as error:
        raise ConfigError("; ".join(transform_error(error, path=what, format_exception=_said))) from None
    except (TypeError, ValueError) as error:
        raise ConfigError(f"{what}: {error}") from None


def updated(settings: Settings, changes: Mapping[str, Any]) -> Settings:
    """Give *settings* with *changes* laid over them; ``hooks`` and ``outbound`` are merged key by key.

    Raises:
        ConfigError: as :func:`structured`, or *changes* name a webhook that does not exist.
    """
    merged = _laid_over(asdict(settings), changes)
    hooks = merged.get("hooks")
    unknown = set(hooks) - set(HOOKS) if isinstance(hooks, Mapping) else set()
    if unknown:
        raise ConfigError(f"expected {', '.join(HOOKS)}", key="hooks")
    result: Settings = structured(Settings, merged, what="settings")
    return result


def _said(problem: BaseException, wanted: type[Any] | None) -> str:
    if isinstance(problem, ForbiddenExtraKeysError):
        return f"unknown: {', '.join(sorted(problem.extra_fields))}"
    return str(problem) if isinstance(problem, (ValueError, TypeError)) else format_exception(problem, wanted)


def _laid_over(base: Mapping[str, Any], changes: Mapping[str, Any]) -> dict[str, Any]:
    merged = dict(base)
    for key, value in changes.items():
        below = merged.get(key)
        merged[key] = _laid_over(below, value) if isinstance(below, Mapping) and isinstance(value, Mapping) else value
    return merged


def _strict(value: Any, kind: type[Any]) -> Any:
    number = kind in (int, float)
    fits = isinstance(value, (int, float) if kind is float else kind)
    if not fits or (number and isinstance(value, bool)):
        raise ValueError(f"expected {'a number' if number else 'true or false' if kind is bool else 'text'}")
    return kind(value)


_converter = Converter(forbid_extra_keys=True)
for _kind in (int, float, str, bool):
    _converter.register_structure_hook(_kind, _strict)
