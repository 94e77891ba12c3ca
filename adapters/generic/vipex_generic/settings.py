"""The table ``[crm.generic]`` of the configuration: which CRM, where, and with which credentials."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from attrs import Attribute, field, frozen

__all__ = ["GenericSettings"]


def _web_address(_instance: object, attribute: Attribute[str], value: str) -> None:
    parts = urlsplit(value)
    if parts.scheme not in {"http", "https"} or not parts.hostname:
        raise ValueError(f"{attribute.name}: expected an address such as https://crm.example.hu")
    if parts.username or parts.password or parts.query or parts.fragment:
        raise ValueError(f"{attribute.name}: expected no credentials and no query in the address")


def _positive(_instance: object, attribute: Attribute[Any], value: float) -> None:
    if value <= 0:
        raise ValueError(f"{attribute.name}: expected a number above 0")


@frozen(kw_only=True)
class GenericSettings:
    """Everything that differs between two customers of the same CRM; what they share stands in the spec.

    Attributes:
        spec: the TOML file that describes the CRM.
        base_url: address in front of every path of the spec.
        user: for ``auth.kind = "basic"``.
        password: for ``auth.kind = "basic"``.
        token: for ``auth.kind = "bearer"`` or ``"header"``.
        variables: values that the spec names as ``{var.NAME}``; not for secrets.
        connect_timeout: seconds.
        read_timeout: seconds between two pieces of an answer.
        total_timeout: seconds for a whole exchange.
        max_answer_bytes: a longer answer is refused.
    """

    spec: Path
    base_url: str = field(validator=_web_address)
    user: str = ""
    password: str = field(default="", repr=False)
    token: str = field(default="", repr=False)
    variables: Mapping[str, str] = field(factory=dict)
    connect_timeout: float = field(default=3.0, validator=_positive)
    read_timeout: float = field(default=10.0, validator=_positive)
    total_timeout: float = field(default=20.0, validator=_positive)
    max_answer_bytes: int = field(default=8 * 1024 * 1024, validator=_positive)
