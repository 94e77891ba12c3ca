"""The demo's three programs: a simulated VIPeX, a simulated MiniCRM, and the gateway between them."""

from __future__ import annotations

import json
import secrets
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from importlib.util import find_spec
from pathlib import Path

import httpx
from attrs import frozen

from vipex_sdk.cli.demo.processes import DemoError, Program
from vipex_sdk.gateway.config import SECRETS
from vipex_sdk.wire.profile import load_profile

__all__ = ["CREDENTIALS", "Stage", "staged"]

CRM_MODULE = "vipex_minicrm.simulator"
CREDENTIALS = ("12345", "simulated-rest-key-of-nobody-001")
"""System id and REST key of the simulated MiniCRM: its own constants, invented; they open nothing."""

EXTENSIONS = {"101": ("2001", "Nagy Béla"), "102": ("2002", "Kovács Dóra"), "103": ("2003", "Szabó Éva"),
              "105": ("2004", "Tóth Gábor")}  # fmt: skip

PACE = 600
"""Requests a minute, in place of MiniCRM's 60: who watches the demo should see calls, not the waiting for them."""

CONFIGURATION = """\
language = "{language}"

[gateway]
port = 0
settle_seconds = 0.5

[vipex]
base_url = "{vipex_url}"
user = "{vipex_user}"
password = {{ env = "DEMO_VIPEX_PASSWORD" }}
{profile}
[webhooks]
{webhooks}
{extensions}
[calls]
own_numbers = ["+3610000100"]
unknown_callers = "inbound"

[recordings]
user = "minicrm"
password = {{ env = "DEMO_RECORDING_PASSWORD" }}

[crm]
adapter = "minicrm"

[crm.minicrm]
base_url = "{crm_url}"
system_id = "{system_id}"
api_key = "{api_key}"
voip_key = "simulated-voip-key-of-nobody-001"
requests_per_minute = {pace}
new_cards = {{ category = "21", status = "2601", owner = "2002" }}
"""


@frozen(kw_only=True)
class Stage:
    """Three running programs that know of each other.

    Attributes:
        sandbox: the simulated VIPeX; ``ready`` has its technical user.
        crm: the simulated MiniCRM.
        gateway: ours; ``ready`` has the links of desks and dashboard.
        profile: the wire profile that VIPeX and the gateway speak; ``None`` is the default one.
    """

    sandbox: Program
    crm: Program
    gateway: Program
    profile: Path | None = None


@contextmanager
def staged(folder: Path, *, language: str = "hu", profile: Path | None = None) -> Iterator[Stage]:
    """Start the three programs with their files in *folder*, speaking *profile*; end them afterwards.

    Raises:
        DemoError: a program is not installed or did not start.
    """
    if find_spec(CRM_MODULE.partition(".")[0]) is None:
        raise DemoError("the demo needs the MiniCRM adapter and its simulator: pip install 'vipex-minicrm[simulator]'")
    passwords = {name: secrets.token_urlsafe(24) for name in ("WEBHOOK", "RECORDING")}
    with ExitStack() as programs:
        start = programs.enter_context
        dialect = ["--profile", str(profile)] if profile else []
        sandbox = start(Program("the simulated VIPeX", "vipex_sdk.sandbox", [*_ANY_PORT, *dialect], folder=folder))
        crm = start(Program("the simulated MiniCRM", CRM_MODULE, _ANY_PORT, folder=folder))
        httpx.post(f"{crm.url}/simulator/settings", json={"rate_limit": PACE}).raise_for_status()
        file = folder / "vipex.toml"
        file.write_text(_configuration(sandbox, crm, language=language, profile=profile), encoding="utf-8")
        secret = {f"DEMO_{name}_PASSWORD": value for name, value in passwords.items()}
        gateway = start(
            Program(
                "the gateway",
                "vipex_sdk.cli",
                ["serve", "--config", str(file), "--json"],
                folder=folder,
                environment={**secret, "DEMO_VIPEX_PASSWORD": str(sandbox.ready["password"])},
            )
        )
        stage = Stage(sandbox=sandbox, crm=crm, gateway=gateway, profile=profile)
        _introduce(stage, passwords["WEBHOOK"], passwords["RECORDING"])
        yield stage


_ANY_PORT = ["--port", "0", "--json"]


def _configuration(sandbox: Program, crm: Program, *, language: str, profile: Path | None) -> str:
    extensions = "".join(
        f'[extensions.{extension}]\ncrm_user = "{user}"\nname = "{name}"\n\n'
        for extension, (user, name) in EXTENSIONS.items()
    )
    return CONFIGURATION.format(
        language=language,
        # A JSON text is a TOML text too, whatever characters the path has.
        profile=f"profile = {json.dumps(str(profile.resolve()))}\n" if profile else "",
        vipex_url=sandbox.url,
        vipex_user=sandbox.ready["user"],
        crm_url=crm.url,
        system_id=CREDENTIALS[0],
        api_key=CREDENTIALS[1],
        pace=PACE,
        webhooks=_webhooks(profile),
        extensions=extensions,
    )


def _webhooks(profile: Path | None) -> str:
    """Give each scheme of the profile the one secret that the simulated VIPeX has."""
    schemes = load_profile(profile).webhooks.auth.schemes or ("basic",)
    lines = ['user = "vipex"\n'] if "basic" in schemes else []
    return "".join([*lines, *(f'{SECRETS[scheme]} = {{ env = "DEMO_WEBHOOK_PASSWORD" }}\n' for scheme in schemes)])


def _introduce(stage: Stage, webhook_password: str, recording_password: str) -> None:
    """Do what an administrator enters in VIPeX's portal, and what MiniCRM's support registers."""
    settings = {
        "webhook_url": f"{stage.gateway.url}/vipex",
        "webhook_user": "vipex",
        "webhook_password": webhook_password,
        "notify": "both",
        "retry_intervals": [1, 2, 5],
    }
    httpx.post(f"{stage.sandbox.url}/sandbox/configure", json=settings).raise_for_status()
    scheme, _, address = stage.gateway.url.partition("://")
    template = f"{scheme}://minicrm:{recording_password}@{address}/recordings?Rec={{%RefereceId%}}"
    httpx.post(f"{stage.crm.url}/simulator/settings", json={"recording_template": template}).raise_for_status()
