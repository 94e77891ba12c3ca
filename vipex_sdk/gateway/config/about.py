"""How a setting explains itself, in two languages and with its limits."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

__all__ = ["about"]


def about(*, en: str, hu: str, least: float | None = None, most: float | None = None) -> Mapping[str, Any]:
    """Explain a setting; *least* and *most* are inclusive limits of a number."""
    return {"en": en, "hu": hu, "least": least, "most": most}
