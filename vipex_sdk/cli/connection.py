"""Which exchange a command talks to, and as whom: from options, the environment, or the gateway's configuration."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

from attrs import frozen
from cyclopts import Group, Parameter

from vipex_sdk.cli.failure import WrongUse
from vipex_sdk.errors import ConfigError

if TYPE_CHECKING:
    from vipex_sdk import Client

__all__ = ["Connection", "Here", "connect"]

_GROUP = Group("Connection", sort_key=50)
_DEFAULT_CONFIG = Path("vipex.toml")
_HOW = "give --config vipex.toml, or --url and --user, or set VIPEX_BASE_URL, VIPEX_USER and VIPEX_PASSWORD"


@Parameter(name="*", group=_GROUP)
@frozen(kw_only=True)
class Connection:
    """Where the exchange is.

    Options win over ``--config``, that over the environment, that over a ``vipex.toml`` in the current folder. Sources
    are never mixed, so that no password goes to an address it does not belong to.
    """

    config: Annotated[Path | None, Parameter(help="The gateway's configuration file.")] = None
    url: Annotated[str | None, Parameter(help="Address of the exchange; needs --user.")] = None
    user: Annotated[str | None, Parameter(help="Technical user; the password is asked for.")] = None
    password_file: Annotated[Path | None, Parameter(help="File that holds the password instead.")] = None
    profile: Annotated[Path | None, Parameter(help="Wire profile to use.")] = None


Here = Connection | None
"""The annotation of a command's ``connection`` parameter; ``None`` when no option of it was given."""


def connect(connection: Here) -> Client:
    """Open a client for *connection*; a context manager."""
    options = connection or Connection()
    if options.url or options.user or options.password_file:
        return _from_options(options)
    if options.config is not None:
        return _from_config(options.config, options)
    if os.environ.get("VIPEX_BASE_URL"):
        return _from_environment(options)
    if _DEFAULT_CONFIG.is_file():
        return _from_config(_DEFAULT_CONFIG, options)
    raise WrongUse(f"which exchange? {_HOW}")


def _from_options(options: Connection) -> Client:
    if options.config is not None:
        raise WrongUse("--config says who connects where; leave it out, or leave out --url, --user and --password-file")
    if not options.url:
        raise WrongUse("--user and --password-file need --url")
    user = options.user or os.environ.get("VIPEX_USER")
    if not user:
        raise WrongUse("--url needs --user (or VIPEX_USER)")
    return _client(options.url, user, _password(options.password_file), options.profile)


def _from_environment(options: Connection) -> Client:
    user = os.environ.get("VIPEX_USER")
    if not user:
        raise WrongUse("VIPEX_BASE_URL needs VIPEX_USER")
    return _client(os.environ["VIPEX_BASE_URL"], user, _password(None), options.profile)


def _from_config(path: Path, options: Connection) -> Client:
    from vipex_sdk.gateway.config import load

    vipex = load(path).vipex
    return _client(vipex.base_url, vipex.user, vipex.password.reveal(), options.profile or vipex.profile)


def _password(file: Path | None) -> str:
    if file is not None:
        try:
            return file.read_text(encoding="utf-8").rstrip("\r\n")
        except (OSError, UnicodeDecodeError) as error:
            raise ConfigError("cannot read the password file", file=file) from error
    from_environment = os.environ.get("VIPEX_PASSWORD")
    if from_environment:
        return from_environment
    if not sys.stdin.isatty():
        raise WrongUse("no password: set VIPEX_PASSWORD or give --password-file (never as an argument)")
    import getpass

    try:
        return getpass.getpass("Password of the technical user: ", stream=sys.stderr)
    except EOFError as error:
        raise WrongUse("no password was given") from error


def _client(url: str, user: str, password: str, profile: Path | None) -> Client:
    from vipex_sdk import Client
    from vipex_sdk.wire.profile import load_profile

    return Client(url, user=user, password=password, profile=load_profile(profile))
