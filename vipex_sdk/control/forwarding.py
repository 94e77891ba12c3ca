"""Call forwarding of an extension (*hívásátirányítás*)."""

from __future__ import annotations

from typing import Annotated, TypeAlias

from attrs import frozen

from vipex_sdk.control.operation import Operation
from vipex_sdk.numbers import PhoneNumber
from vipex_sdk.values import OpenEnum, Seconds

__all__ = [
    "Forwarding",
    "ForwardingType",
    "TargetType",
    "delete_all_forwardings",
    "delete_forwarding",
    "get_forwardings",
    "set_forwarding",
]

Target: TypeAlias = Annotated[PhoneNumber | str, "an extension, a number, or the name of a group or queue"]


class ForwardingType(OpenEnum):
    """When a call is forwarded."""

    UNCONDITIONAL = "unconditional"
    BUSY = "busy"
    NO_ANSWER = "no_answer"
    UNREACHABLE = "unreachable"


class TargetType(OpenEnum):
    """What a call is forwarded to."""

    EXTENSION = "extension"
    GROUP = "group"
    QUEUE = "queue"
    NUMBER = "number"
    VOICEMAIL = "voicemail"


@frozen(kw_only=True, weakref_slot=False)
class Forwarding:
    """One forwarding of an extension.

    Attributes:
        target: as VIPeX holds it; ``target.value`` is the plain text.
        ring_seconds: how long the extension rings first; for ``no_answer``.
    """

    type: ForwardingType
    target_type: TargetType | None = None
    target: PhoneNumber | None = None
    ring_seconds: Seconds | None = None
    enabled: bool = True


def set_forwarding(
    extension: str,
    type: ForwardingType,  # noqa: A002 - what VIPeX's users call it
    target: Target,
    *,
    target_type: TargetType,
    ring_seconds: Seconds | None = None,
) -> Operation[Forwarding]:
    """Forward calls of *extension*; replaces a forwarding of the same type.

    Args:
        extension: whose calls.
        type: when.
        target: where to: extension, number, or name of a group or queue; empty for voicemail.
        target_type: what the target is.
        ring_seconds: how long *extension* rings first; for ``no_answer``.

    Raises:
        NotFound: there is no such extension.
        Invalid: VIPeX refused the target.
    """
    arguments = {
        "extension": extension,
        "type": type,
        "target_type": target_type,
        "target": target,
        "ring_seconds": ring_seconds,
    }
    return Operation("forwarding.set", arguments, returns=Forwarding, repeatable=True)


def get_forwardings(extension: str) -> Operation[tuple[Forwarding, ...]]:
    """List the forwardings of *extension*.

    Args:
        extension: whose calls.

    Raises:
        NotFound: there is no such extension.
    """
    return Operation("forwarding.get", {"extension": extension}, returns=tuple[Forwarding, ...], repeatable=True)


def delete_forwarding(
    extension: str,
    type: ForwardingType,  # noqa: A002 - what VIPeX's users call it
) -> Operation[None]:
    """Delete one forwarding of *extension*; the client's method succeeds when it is absent.

    Args:
        extension: whose calls.
        type: when.

    Raises:
        NotFound: there is no such extension, or, if VIPeX minds, no such forwarding.
    """
    arguments = {"extension": extension, "type": type}
    return Operation("forwarding.delete", arguments, returns=None, repeatable=True)


def delete_all_forwardings(extension: str) -> Operation[None]:
    """Delete every forwarding of *extension*; the client's method succeeds when there is none.

    Args:
        extension: whose calls.

    Raises:
        NotFound: there is no such extension, or, if VIPeX minds, no forwarding.
    """
    return Operation("forwarding.delete_all", {"extension": extension}, returns=None, repeatable=True)
