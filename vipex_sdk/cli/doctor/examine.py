"""All checks in their order; what an earlier one makes impossible is not tried."""

from __future__ import annotations

import asyncio
import tomllib
from pathlib import Path

from attrs import frozen

from vipex_sdk.cli.doctor.crm import look_at_crm
from vipex_sdk.cli.doctor.exchange import look_at_exchange
from vipex_sdk.cli.doctor.finding import Finding, State, Text, bad, fine
from vipex_sdk.cli.doctor.machine import look_at_machine
from vipex_sdk.cli.doctor.reach import look_at_reach
from vipex_sdk.cli.doctor.secrets import look_at_secrets
from vipex_sdk.cli.doctor.settings import look_at_settings
from vipex_sdk.cli.doctor.store import look_at_store
from vipex_sdk.errors import ConfigError
from vipex_sdk.gateway.config import Configuration, load

__all__ = ["Examined", "examine"]


@frozen
class Examined:
    """What all checks found."""

    findings: tuple[Finding, ...]
    language: str

    @property
    def healthy(self) -> bool:
        """Whether nothing failed; warnings are no failures."""
        return all(finding.state is not State.FAILED for finding in self.findings)


def examine(path: Path) -> Examined:
    """Make all checks on the configuration *path*; they take seconds and change nothing."""
    if not path.is_file():
        return Examined((_missing(path),), "hu")
    secrets = tuple(look_at_secrets(path))
    try:
        configuration = load(path)
    except ConfigError as error:
        return Examined((_wrong(error), *secrets), _language(path))
    right = fine("config", hu=f"A beállítás rendben: {path}", en=f"The configuration is right: {path}")
    machine = tuple(look_at_machine(configuration))
    reach = tuple(look_at_reach(configuration))
    settings = tuple(look_at_settings(configuration))
    outside = asyncio.run(_outside(configuration))
    return Examined((right, *secrets, *machine, *reach, *settings, *outside), configuration.language)


def _language(path: Path) -> str:
    """Give the language of a configuration that cannot be used, as far as it can be read."""
    try:
        return "en" if tomllib.loads(path.read_text(encoding="utf-8")).get("language") == "en" else "hu"
    except (OSError, ValueError):
        return "hu"


async def _outside(configuration: Configuration) -> tuple[Finding, ...]:
    store, exchange, crm = await asyncio.gather(
        look_at_store(configuration), look_at_exchange(configuration), look_at_crm(configuration)
    )
    return (*store, *exchange, *crm)


def _missing(path: Path) -> Finding:
    return bad(
        "config",
        Text(f"Nincs beállításfájl: {path}", f"There is no configuration file: {path}"),
        Text("Készítse el: vipex init minicrm", "Make one: vipex init minicrm"),
    )


def _wrong(error: ConfigError) -> Finding:
    return bad(
        "config",
        Text(f"Hibás a beállítás: {error}", f"The configuration is wrong: {error}"),
        Text("Javítsa a megnevezett sort, és futtassa újra.", "Correct the line that is named, and run it again."),
    )
