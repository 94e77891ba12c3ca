"""``vipex profile check``: what a profile understands of recorded requests, and which lines it lacks."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from vipex_sdk.cli.failure import FAILED
from vipex_sdk.cli.output import Json, print_json

if TYPE_CHECKING:
    from vipex_sdk.cli.profiles.proposals import Proposal
    from vipex_sdk.cli.profiles.understanding import Understanding
    from vipex_sdk.wire.profile import WireProfile
    from vipex_sdk.wire.toml import Key

__all__ = ["check_profile"]


def check_profile(profile: Path, /, *captures: Path, json: Json = False) -> int:
    """Say field by field what PROFILE understands of CAPTURES (files or folders), and propose the lines it lacks.

    Without captures only the profile itself is checked. The exit code is 0 when everything was understood.
    """
    from vipex_sdk import control
    from vipex_sdk.cli.profiles.capture import captures_in
    from vipex_sdk.cli.profiles.proposals import propose
    from vipex_sdk.cli.profiles.understanding import understand
    from vipex_sdk.webhooks import events
    from vipex_sdk.wire.convert import converter_for
    from vipex_sdk.wire.profile import every_model, load_profile

    loaded = load_profile(profile)
    converter_for(loaded).prepare(*every_model(loaded, control, events))
    recorded = captures_in(captures) if captures else []
    understood = [understand(loaded, capture) for capture in recorded]
    proposals = propose(loaded, recorded)
    if json:
        print_json({"captures": [_document(one) for one in understood], "proposals": [_line(one) for one in proposals]})
    else:
        _say(loaded, understood, proposals)
    return 0 if all(one.ok for one in understood) and not proposals else FAILED


def _say(profile: WireProfile, understood: Sequence[Understanding], proposals: Sequence[Proposal]) -> None:
    from vipex_sdk.cli.profiles.proposals import written

    say = sys.stdout.write
    if not understood:
        say(f"{profile.name}, version {profile.version}: no mistake in it\n")
    for one in understood:
        say(f"{one.capture}: {one.event or 'no event'}{f', {one.problem}' if one.problem else ''}\n")
        for refusal in one.refused:
            say(f"  refused      {refusal}\n")
        for field in one.fields:
            if field.verdict != "absent":
                problem = f": {field.problem}" if field.problem else ""
                say(f"  {field.verdict:<13}{field.model}.{field.name} <- {field.place}{problem}\n")
        absent = [f"{field.model}.{field.name}" for field in one.fields if field.verdict == "absent"]
        if absent:
            say(f"  not there    {', '.join(dict.fromkeys(absent))}\n")
        for leaf in one.unread:
            say(f"  nobody reads {leaf.place}\n")
    if proposals:
        say("\nLines for the profile; read each before you keep it:\n\n")
        say(written(proposals, comments=True, standing=_standing(profile, proposals)))


def _standing(profile: WireProfile, proposals: Sequence[Proposal]) -> dict[Key, int]:
    """Give tables that the checked file itself has already, and their lines."""
    own = profile.documents[0]
    tables = {one.key[:-1] for one in proposals}
    return {table: place[0] for table in tables if own.sets(table) and (place := own.place_of(table)) is not None}


def _document(one: Understanding) -> dict[str, Any]:
    """Give no values: a report is sent around."""
    fields = [
        {
            "field": f"{field.model}.{field.name}",
            "verdict": field.verdict,
            "place": field.place or None,
            "expected": field.problem or None,
        }
        for field in one.fields
    ]
    unread = [leaf.place for leaf in one.unread]
    return {
        "capture": one.capture,
        "event": one.event,
        "ok": one.ok,
        "problem": one.problem or None,
        "refused": list(one.refused),
        "fields": fields,
        "unread": unread,
    }


def _line(one: Proposal) -> dict[str, Any]:
    from vipex_sdk.wire.toml import dotted

    return {"key": dotted(one.key), "value": one.value, "reason": one.reason}
