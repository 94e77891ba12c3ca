"""What a call link looks like, and how the number is read out of it."""

from __future__ import annotations

from collections.abc import Mapping
from urllib.parse import quote

from vipex_sdk.gateway.access import Site
from vipex_sdk.gateway.keys import InstallKey

__all__ = ["PARAMETERS", "call_link", "link_key", "number_in"]

PARAMETERS = ("number", "tel", "phone", "szam", "n")
"""Query parameters a CRM may put the number into; how MiniCRM does it is not published (``facts/minicrm.md`` 1.12)."""

MAX_LENGTH = 40


def link_key(extension: str, key: InstallKey) -> str:
    """Give the secret part of *extension*'s call link; it opens nothing else."""
    return key.derive(f"call-link:{extension}")


def call_link(extension: str, *, key: InstallKey, site: Site) -> str:
    """Give *extension*'s call link, to which the number is appended; as good as a password."""
    return f"{site.url}/desk/{quote(extension, safe='')}/call/{link_key(extension, key)}?number="


def number_in(path: str, query: Mapping[str, str]) -> str:
    """Read the number that a CRM put at the end of the path or into the query.

    A ``+`` that was not encoded arrives as a blank, so a leading blank before digits is one.
    """
    text = path or next((query[name] for name in PARAMETERS if query.get(name)), "")
    if text[:1] == " " and text.strip()[:1].isdigit():
        text = "+" + text.strip()
    return text.strip().removeprefix("tel:")[:MAX_LENGTH]
