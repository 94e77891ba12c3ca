"""``vipex profile``: which wire format is spoken."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import attrs
from cyclopts import App, Parameter

from vipex_sdk.cli.output import Json, print_json, show_table
from vipex_sdk.cli.profile_check import check_profile
from vipex_sdk.cli.profile_record import record_profile

if TYPE_CHECKING:
    from vipex_sdk.wire.profile import WireProfile

__all__ = ["app"]

app = App(name="profile", help="Show the wire profile, and learn another.", help_format="plaintext")
app.command(check_profile, name="check")
app.command(record_profile, name="record")


@app.command(name="show")
def show_profile(
    *,
    profile: Annotated[Path | None, Parameter(help="Lay this profile over the default one.")] = None,
    origin: Annotated[bool, Parameter(help="Show every key, its value and the file it comes from.")] = False,
    json: Json = False,
) -> None:
    """Show what is sent and expected on the wire; with --json every key."""
    from vipex_sdk.wire.origins import origins
    from vipex_sdk.wire.profile import load_profile

    loaded = load_profile(profile)
    if origin:
        show_table(origins(loaded), ("key", "value", "file", "line"), as_json=json)
        return
    if json:
        print_json(_as_tables(loaded))
        return
    sys.stdout.write(f"{loaded.name}, version {loaded.version}: {loaded.title}\n")
    prefix = loaded.control.path_prefix
    operations = [
        {"operation": name, "method": each.method, "path": prefix + each.path, "body": each.body}
        for name, each in loaded.control.operations.items()
    ]
    show_table(operations, ("operation", "method", "path", "body"), as_json=False)
    show_table(_webhooks(loaded), ("webhook", "path", "success_status", "max_bytes"), as_json=False)


@app.command(name="openapi")
def show_openapi(
    *,
    profile: Annotated[Path | None, Parameter(help="Lay this profile over the default one.")] = None,
    json: Json = False,
) -> None:
    """Print the control API under a profile as an OpenAPI 3.1 document; it is JSON with and without --json."""
    from vipex_sdk.control.openapi import openapi_document
    from vipex_sdk.wire.profile import load_profile

    del json  # a document has one form; the option is there because every command has it
    print_json(openapi_document(load_profile(profile)))


def _webhooks(profile: WireProfile) -> list[dict[str, Any]]:
    return [
        {"webhook": name, "path": hook.path, "success_status": hook.success_status, "max_bytes": hook.max_bytes}
        for name, hook in profile.webhooks.by_name.items()
    ]


def _as_tables(profile: WireProfile) -> dict[str, Any]:
    """Give the profile as its TOML tables, without the files it was read from."""
    return {
        each.name: getattr(profile, each.name)
        for each in attrs.fields(type(profile))
        if each.init and each.name != "documents"
    }
