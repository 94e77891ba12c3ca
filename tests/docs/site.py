"""The documentation's source as data, and the site built from it."""

from __future__ import annotations

import re
from pathlib import Path

ROOT = Path(__file__).parents[2]
DOCS = ROOT / "docs"
EDITIONS = ("en", "hu")

_FENCE = re.compile(
    r"^(?P<indent> *)```(?P<language>[\w-]*)[^\n]*\n(?P<code>.*?)^(?P=indent)```$", re.DOTALL | re.MULTILINE
)


def pages(edition: str) -> dict[str, str]:
    """Every page of an edition by its path."""
    folder = DOCS / edition
    return {
        path.relative_to(folder).as_posix(): path.read_text(encoding="utf-8") for path in sorted(folder.rglob("*.md"))
    }


def code_blocks(page: str) -> list[tuple[str, str]]:
    """Every fenced block as language and code."""
    return [(block["language"], block["code"]) for block in _FENCE.finditer(page)]


def headings(page: str) -> list[int]:
    """The levels of all headings, in order."""
    text = _FENCE.sub("", page)
    return [len(marks) for marks in re.findall(r"^(#+) ", text, re.MULTILINE)]


def rows(page: str) -> list[str]:
    """The first cell of every table row, without marks."""
    found = re.findall(r"^\| *([^|]+?) *\|", page, re.MULTILINE)
    return [cell.replace("`", "").replace("&nbsp;", "") for cell in found if not cell.startswith("---")]
