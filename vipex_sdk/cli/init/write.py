"""Write ``vipex.toml`` with a comment on each key, and each secret into a file that only its owner reads."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from attrs import frozen

from vipex_sdk.cli.init.answers import Answers
from vipex_sdk.crm.registry import plugin
from vipex_sdk.errors import ConfigError
from vipex_sdk.gateway.config import SECRETS, Configuration, load, reference

__all__ = ["Written", "write"]

_HEAD = {
    "hu": "# A vipex init írta; szabadon módosítható, a vipex init újra futtatva megtartja, ami itt van.",
    "en": "# Written by vipex init; change it as you like, vipex init keeps what is here when it is run again.",
}
_ORDER = ("gateway", "vipex", "webhooks", "routing", "extensions", "calls", "dialling", "crm", "delivery", "recordings")


@frozen
class Written:
    """What was written.

    Attributes:
        secrets: how many files hold a secret.
    """

    configuration: Configuration
    secrets: int


def write(known: Answers, config: Path, *, adapter: str) -> Written:
    """Write secrets and configuration; the old configuration stays when the new one would not load.

    Raises:
        ConfigError: an answer is not right, or a file cannot be written.
    """
    try:
        count = _write_secrets(known, config, adapter=adapter)
        new = config.with_name(config.name + ".new")
        _write_private(new, _rendered(known))
        try:
            load(new)
        except ConfigError:
            new.unlink()
            raise
        new.replace(config)
        _remove_cleared(known, config, adapter=adapter)
    except OSError as error:
        raise ConfigError(f"cannot write: {error.strerror}", file=config) from error
    return Written(load(config), count)


def _write_secrets(known: Answers, config: Path, *, adapter: str) -> int:
    count = 0
    webhooks = [f"webhooks.{name}" for name in SECRETS.values()]
    for key in ("vipex.password", *webhooks, "recordings.password", *_own(adapter)):
        value = known.get(key)
        if isinstance(value, str) and value:
            name = _file_of(key)
            _write_private(config.parent / "secrets" / name, value + "\n")
            known.put(key, {"file": f"secrets/{name}"})
        count += bool(value)
    return count


def _remove_cleared(known: Answers, config: Path, *, adapter: str) -> None:
    """Remove the files of the adapter's secrets that are no longer there."""
    for key in _own(adapter):
        if not known.get(key):
            (config.parent / "secrets" / _file_of(key)).unlink(missing_ok=True)


def _own(adapter: str) -> list[str]:
    return [f"crm.{adapter}.{question.key}" for question in plugin(adapter).setup.questions if question.secret]


def _file_of(key: str) -> str:
    return key.removesuffix(".password").replace(".", "-")


def _write_private(path: Path, text: str) -> None:
    """Write *path* whole or not at all, readable by its owner only from its first moment."""
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    part = path.with_name(path.name + ".part")
    part.unlink(missing_ok=True)
    with os.fdopen(os.open(part, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600), "w", encoding="utf-8") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())
    part.replace(path)


def _rendered(known: Answers) -> str:
    language = known.text("language") or "hu"
    comments = {row.key: row.hu if language == "hu" else row.en for row in reference()}
    tables = known.tables
    lines = [_HEAD[language], ""]
    lines += _keys({name: value for name, value in tables.items() if not isinstance(value, Mapping)}, "", comments)
    for name in (*_ORDER, *(name for name in tables if name not in _ORDER)):
        if isinstance(tables.get(name), Mapping):
            lines += _table(name, tables[name], comments)
    return "\n".join(lines).rstrip() + "\n"


def _table(name: str, table: Mapping[str, Any], comments: Mapping[str, str]) -> Iterator[str]:
    """Give a table; below ``extensions`` and ``crm`` every table has a head of its own, elsewhere it stays in line."""
    deep = name in ("extensions", "crm")
    inner = {key: value for key, value in table.items() if deep and isinstance(value, Mapping)}
    own = {key: value for key, value in table.items() if key not in inner}
    if own or not inner:
        yield f"[{name}]"
        yield from _keys(own, f"{name}.", comments)
    for key, value in inner.items():
        yield f"[{name}.{key}]"
        yield from _keys(value, f"{name}.NUMBER." if name == "extensions" else f"{name}.{key}.", comments)


def _keys(table: Mapping[str, Any], prefix: str, comments: Mapping[str, str]) -> list[str]:
    lines = []
    for name, value in table.items():
        comment = comments.get(prefix + name)
        if comment:
            lines.append(f"# {comment}")
        lines.append(f"{_bare(name)} = {_value(value)}")
    return [*lines, ""] if table else [""]


def _bare(name: str) -> str:
    return name if name.replace("_", "").replace("-", "").isalnum() and name.isascii() else json.dumps(name)


def _value(value: Any) -> str:
    if isinstance(value, Mapping):
        return "{ " + ", ".join(f"{_bare(name)} = {_value(each)}" for name, each in value.items()) + " }"
    if isinstance(value, list):
        return "[" + ", ".join(_value(each) for each in value) + "]"
    if isinstance(value, bool):
        return str(value).lower()
    # A TOML string may be written as JSON writes it.
    return json.dumps(value, ensure_ascii=False) if isinstance(value, str) else str(value)
