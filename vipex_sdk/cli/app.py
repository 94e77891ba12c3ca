"""The commands by name, each loaded when it is called, and what an exit code means."""

from __future__ import annotations

import os
import sys
from typing import Any

import cyclopts

from vipex_sdk.cli.failure import FAILED, report, wrong_use
from vipex_sdk.errors import VipexError

__all__ = ["app", "run"]

_TRY = cyclopts.Group("Try it", sort_key=0)
_RUN = cyclopts.Group("Run the gateway", sort_key=1)
_CALL = cyclopts.Group("Use the telephone exchange", sort_key=2)

# Help stands here a second time so that `vipex --help` loads no command; a test compares it with the command's own.
_COMMANDS = (
    (_TRY, "demo", "trial:demo", "Play scripted calls between simulated services and a gateway."),
    (_TRY, "sandbox", "trial:sandbox", "Run a simulated VIPeX to develop against."),
    (_RUN, "init", "init:init", "Ask what is needed, check it live, and write the configuration."),
    (_RUN, "doctor", "doctor:doctor", "Check everything that can be seen, and say how to mend it."),
    (_RUN, "serve", "serve:serve", "Run the gateway until it is interrupted."),
    (_RUN, "deliveries", "deliveries:app", "Show and repeat deliveries to the CRM."),
    (_RUN, "quarantine", "quarantine:app", "Show, read again or drop messages that nobody understood."),
    (_RUN, "desk", "desk:app", "Show the addresses of the agents' pages."),
    (_RUN, "directory", "directory:app", "Ask the local list of customers, or read it anew."),
    (_RUN, "crm", "crm:app", "Ask the configured CRM."),
    (_RUN, "adapters", "adapters:app", "Show installed CRM adapters."),
    (_RUN, "profile", "profile:app", "Show the wire profile, and learn another."),
    (_CALL, "call", "calls:call", "Ring an extension and connect it with a number."),
    (_CALL, "ivr", "calls:ivr", "Call a number and connect it with an IVR menu."),
    (_CALL, "current", "calls:current", "Show what an extension is doing now."),
    (_CALL, "forward", "forward:app", "Set, show and delete call forwarding."),
    (_CALL, "recording", "recording:recording", "Fetch a recording by the code that came with the end of the call."),
    (_CALL, "users", "users:users", "List the users of the exchange, or show one."),
    (_CALL, "phonebook", "phonebook:app", "Show and change the phonebook of the exchange."),
    (_CALL, "operators", "operators:app", "Show call-centre operators."),
)

_INTERRUPTED = 130

app = cyclopts.App(
    name="vipex",
    help="Connect a VIPeX telephone exchange to a CRM.",
    help_format="plaintext",
    version_flags=["--version"],
    # One spelling per option (no --no-json); a default that matters stands in the help text.
    default_parameter=cyclopts.Parameter(negative=(), show_default=False),
    suppress_keyboard_interrupt=False,
)
for _group, _name, _target, _help in _COMMANDS:
    # The sandbox reads its own options and prints its own help.
    _own: dict[str, Any] = {"help_flags": [], "version_flags": []} if _name == "sandbox" else {}
    app.command(f"vipex_sdk.cli.{_target}", name=_name, group=_group, help=_help, **_own)


def run(arguments: list[str]) -> int:
    """Run one command; an expected error becomes one line on standard error, never a traceback."""
    as_json = "--json" in arguments
    try:
        result = app(arguments, exit_on_error=False, print_error=False, result_action="return_value")
    except cyclopts.CycloptsError as error:
        return report(wrong_use(error), as_json=as_json)
    except VipexError as error:
        return report(error, as_json=as_json)
    except KeyboardInterrupt:
        return _INTERRUPTED
    except BrokenPipeError:
        # The reader (head, less) went away; without this Python complains once more while it shuts down.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return FAILED
    return result if isinstance(result, int) else 0
