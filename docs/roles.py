"""Turns the cross-references of docstrings (``:class:`~package.Name```) into plain code for the API pages."""

from __future__ import annotations

import re
from typing import Any

import griffe

__all__ = ["Roles"]

_ROLE = re.compile(r":\w+:`~?([^`<]+)`")
_BLOCK = re.compile(r"^\.\. code-block:: (\w+)\n\n((?:    .*\n|\n)+)", re.MULTILINE)


class Roles(griffe.Extension):
    """Asked by mkdocstrings for every docstring it shows."""

    def on_object(self, *, obj: griffe.Object, **_kwargs: Any) -> None:
        """Rewrite one docstring."""
        if obj.docstring is not None:
            obj.docstring.value = readable(obj.docstring.value)


def readable(text: str) -> str:
    """Write roles by the last part of their name, and code blocks as Markdown does."""
    text = _ROLE.sub(lambda role: f"`{role[1].rpartition('.')[2]}`", text)
    return _BLOCK.sub(lambda block: f"```{block[1]}\n{_dedented(block[2])}```\n", text + "\n").rstrip()


def _dedented(code: str) -> str:
    return re.sub(r"^    ", "", code.rstrip() + "\n", flags=re.MULTILINE)
