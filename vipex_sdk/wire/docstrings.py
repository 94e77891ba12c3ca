"""Our own docstrings as data, so that what people read in an editor and in the OpenAPI document is written once."""

from __future__ import annotations

import inspect
import re
from collections.abc import Mapping

from attrs import frozen

__all__ = ["Explained", "explained"]

_SECTION = re.compile(r"^(Args|Attributes|Raises|Returns):$", re.MULTILINE)
_PART = re.compile(r"^    (\w[\w, ]*): (.*(?:\n {5,}.*)*)", re.MULTILINE)
_ROLE = re.compile(r":\w+:`~?(?:[\w]+\.)*(\w+)`")


@frozen(kw_only=True)
class Explained:
    """A docstring taken apart.

    Attributes:
        summary: its first line.
        text: the paragraphs that follow.
        parts: what it says of each argument or attribute.
    """

    summary: str = ""
    text: str = ""
    parts: Mapping[str, str]


def explained(docstring: str | None) -> Explained:
    """Take a Google-style *docstring* apart."""
    before, *sections = _SECTION.split(_ROLE.sub(r"`\1`", inspect.cleandoc(docstring or "")))
    summary, _, text = before.strip().partition("\n")
    parts: dict[str, str] = {}
    for title, content in zip(sections[::2], sections[1::2], strict=True):
        if title in {"Args", "Attributes"}:
            for names, said in _PART.findall(content):
                parts |= dict.fromkeys(names.split(", "), " ".join(said.split()))
    return Explained(summary=summary, text=text.strip(), parts=parts)
