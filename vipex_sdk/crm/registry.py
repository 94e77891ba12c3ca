"""Adapters that are installed: found by the entry-point group ``vipex.adapters``, loaded when they are asked for.

One broken plug-in is reported by its name and takes no other one with it.
"""

from __future__ import annotations

import logging
from collections.abc import Mapping
from importlib.metadata import EntryPoint, entry_points

from vipex_sdk.crm.adapter import API_VERSION, AdapterPlugin, AnyPlugin
from vipex_sdk.errors import ConfigError

__all__ = ["GROUP", "broken", "names", "plugin", "plugins"]

GROUP = "vipex.adapters"
"""The entry-point group; an entry names an :class:`~vipex_sdk.crm.adapter.AdapterPlugin`."""

_log = logging.getLogger(__name__)


def names() -> tuple[str, ...]:
    """Name every installed adapter, sorted, without loading one."""
    return tuple(sorted(_entries()))


def plugin(name: str) -> AnyPlugin:
    """Load the adapter *name*, and no other.

    Raises:
        ConfigError: there is none of that name, or it is broken; the text says what to do.
    """
    found = _entries().get(name)
    if not found:
        known = ", ".join(names()) or "none"
        raise ConfigError(
            f"no adapter {name!r} is installed (installed: {known}); install its package", key="crm.adapter"
        )
    return _load(name, found)


def plugins() -> Mapping[str, AnyPlugin]:
    """Load every adapter that works; :func:`broken` says what became of the others, and a warning is logged."""
    working, failed = _load_all()
    for name, error in failed.items():
        _log.warning("adapter %s is left out: %s", name, error)
    return working


def broken() -> Mapping[str, ConfigError]:
    """Give, by name, why an installed adapter cannot be used."""
    return _load_all()[1]


def _load_all() -> tuple[dict[str, AnyPlugin], dict[str, ConfigError]]:
    working: dict[str, AnyPlugin] = {}
    failed: dict[str, ConfigError] = {}
    for name, found in sorted(_entries().items()):
        try:
            working[name] = _load(name, found)
        except ConfigError as error:
            failed[name] = error
    return working, failed


def _entries() -> dict[str, tuple[EntryPoint, ...]]:
    grouped: dict[str, list[EntryPoint]] = {}
    for entry in entry_points(group=GROUP):
        grouped.setdefault(entry.name, []).append(entry)
    return {name: tuple(found) for name, found in grouped.items()}


def _load(name: str, found: tuple[EntryPoint, ...]) -> AnyPlugin:
    if len(found) > 1:
        packages = ", ".join(sorted(entry.dist.name if entry.dist else "?" for entry in found))
        raise ConfigError(f"more than one package offers the adapter {name!r} ({packages}); uninstall all but one")
    try:
        loaded = found[0].load()
    except Exception as error:
        # A plug-in is foreign code: whatever its import raises must name the plug-in, not end the program.
        raise ConfigError(
            f"the adapter {name!r} cannot be loaded: {type(error).__name__}: {error}; reinstall or update its package"
        ) from error
    return _accepted(name, loaded)


def _accepted(name: str, loaded: object) -> AnyPlugin:
    if not isinstance(loaded, AdapterPlugin):
        raise ConfigError(f"the adapter {name!r} is no AdapterPlugin but {type(loaded).__name__}; update its package")
    if loaded.api_version != API_VERSION:
        raise ConfigError(
            f"the adapter {name!r} was written for adapter API {loaded.api_version}, this is {API_VERSION}; "
            f"update {'vipex-sdk' if loaded.api_version > API_VERSION else 'its package'}"
        )
    if loaded.name != name:
        raise ConfigError(f"the adapter {name!r} calls itself {loaded.name!r}; its package must use one name")
    return loaded
