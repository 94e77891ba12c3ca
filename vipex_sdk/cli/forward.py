"""``vipex forward``: call forwarding of an extension."""

from __future__ import annotations

from typing import Annotated, Literal

from cyclopts import App, Parameter

from vipex_sdk.cli.connection import Here, connect
from vipex_sdk.cli.failure import WrongUse
from vipex_sdk.cli.output import Json, print_json, say, show, show_table

__all__ = ["app"]

app = App(name="forward", help="Set, show and delete call forwarding.", help_format="plaintext")

Target = Literal["extension", "number", "group", "queue", "voicemail"]
Extension = Annotated[str, Parameter(help="Whose calls are forwarded.")]
When = Annotated[
    Literal["unconditional", "busy", "no_answer", "unreachable"],
    # The words are the wire's vocabulary: keep the underscore.
    Parameter(name="TYPE", name_transform=str, help="When calls are forwarded."),
]


@app.command(name="set")
def set_forwarding(
    extension: Extension,
    when: When,
    target: Annotated[str, Parameter(help="Extension or number they go to.")],
    /,
    *,
    target_type: Annotated[Target | None, Parameter(help="What the target is; by default what it looks like.")] = None,
    ring_seconds: Annotated[int | None, Parameter(help="How long the extension rings first (no_answer).")] = None,
    json: Json = False,
    connection: Here = None,
) -> None:
    """Forward the calls of an extension."""
    from vipex_sdk.control.forwarding import ForwardingType, TargetType

    with connect(connection) as client:
        done = client.forwarding.set(
            extension,
            ForwardingType(when),
            target,
            target_type=TargetType(target_type or _kind_of(target)),
            ring_seconds=ring_seconds,
        )
    show(done, as_json=json)


@app.command(name="get")
def get_forwarding(
    extension: Extension, when: When | None = None, /, *, json: Json = False, connection: Here = None
) -> None:
    """List how the calls of an extension are forwarded, or one way of it; none of it set is an empty list."""
    from vipex_sdk.control.forwarding import ForwardingType

    with connect(connection) as client:
        if when is None:
            found = client.forwarding.get(extension)
        else:
            one = client.forwarding.find(extension, ForwardingType(when))
            found = () if one is None else (one,)
    show_table(found, ("type", "target_type", "target", "ring_seconds", "enabled"), as_json=json)


@app.command(name="delete")
def delete_forwarding(
    extension: Extension,
    when: When | None = None,
    /,
    *,
    every: Annotated[bool, Parameter(name="--all", help="Delete every forwarding of the extension.")] = False,
    json: Json = False,
    connection: Here = None,
) -> None:
    """Stop forwarding; one that is not there counts as deleted."""
    if (when is None) is not every:
        raise WrongUse("say which forwarding to delete: a TYPE, or --all")
    from vipex_sdk.control.forwarding import ForwardingType

    with connect(connection) as client:
        if when is None:
            client.forwarding.delete_all(extension)
        else:
            client.forwarding.delete(extension, ForwardingType(when))
    if json:
        print_json({"extension": extension, "deleted": when or "all"})
    else:
        say("deleted")


def _kind_of(target: str) -> Target:
    from vipex_sdk.numbers import NumberKind, PhoneNumber

    return "extension" if PhoneNumber.parse(target).kind is NumberKind.EXTENSION else "number"
