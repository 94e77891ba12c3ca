"""Forwardings one by one: read one, and delete what may not be there."""

from __future__ import annotations

from vipex_sdk.control.forwarding import (
    Forwarding,
    ForwardingType,
    delete_all_forwardings,
    delete_forwarding,
    get_forwardings,
)
from vipex_sdk.control.steps import Plan, Steps
from vipex_sdk.errors import NotFound, VipexError

__all__ = ["ensure_all_deleted", "ensure_deleted", "find_forwarding"]


def find_forwarding(
    plan: Plan,
    extension: str,
    type: ForwardingType,  # noqa: A002 - what VIPeX's users call it
) -> Steps[Forwarding | None]:
    """Give one forwarding of *extension*; ``None`` when calls are not forwarded then.

    Args:
        plan: of the client.
        extension: whose calls.
        type: when.

    Raises:
        NotFound: there is no such extension.
    """
    found = yield from plan.steps(get_forwardings(extension))
    return next((one for one in found if one.type == type), None)


def ensure_deleted(
    plan: Plan,
    extension: str,
    type: ForwardingType,  # noqa: A002 - what VIPeX's users call it
) -> Steps[None]:
    """Delete one forwarding of *extension*; deleting an absent one succeeds.

    When VIPeX answers that something was not found, the list is asked whether it is the forwarding that is absent: a
    wrong address must not look as if calls were no longer forwarded.

    Args:
        plan: of the client.
        extension: whose calls.
        type: when.

    Raises:
        NotFound: there is no such extension.
    """
    try:
        yield from plan.steps(delete_forwarding(extension, type))
    except NotFound as missing:
        yield from _absent(plan, extension, type, missing)


def ensure_all_deleted(plan: Plan, extension: str) -> Steps[None]:
    """Delete every forwarding of *extension*; having none succeeds.

    Args:
        plan: of the client.
        extension: whose calls.

    Raises:
        NotFound: there is no such extension.
    """
    try:
        yield from plan.steps(delete_all_forwardings(extension))
    except NotFound as missing:
        yield from _absent(plan, extension, None, missing)


def _absent(plan: Plan, extension: str, kind: ForwardingType | None, missing: NotFound) -> Steps[None]:
    # Unconfirmed: the code that VIPeX gives an absent extension.
    if missing.code == "extension_not_found":
        raise missing
    try:
        left = yield from plan.steps(get_forwardings(extension))
    except VipexError:
        raise missing from None
    if any(kind is None or one.type == kind for one in left):
        raise missing
