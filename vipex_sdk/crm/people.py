"""Who of the CRM's users is who of the exchange's: by name, however it is written."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Mapping

from attrs import field, frozen

from vipex_sdk.crm.model import CrmUser

__all__ = ["Pairing", "pair", "same_name"]


@frozen(kw_only=True)
class Pairing:
    """A user of the CRM, of the exchange, or of both.

    Attributes:
        crm_user: id in the CRM; ``None`` for somebody whom only the exchange knows.
        extension: theirs; ``None`` for somebody whom only the CRM knows.
        by: ``configured``, ``profile`` (the CRM knows the extension), ``name`` (a proposal), or empty for nobody.
    """

    name: str = field(repr=False)
    crm_user: str | None = None
    extension: str | None = None
    by: str = ""


def same_name(name: str) -> str:
    """Give what two spellings of a name have in common: no case, no accents, no order of its parts.

    >>> same_name("Nagy Béla") == same_name("béla  NAGY")
    True
    """
    plain = unicodedata.normalize("NFKD", name.casefold())
    letters = "".join(c if c.isalnum() else " " for c in plain if not unicodedata.combining(c))
    return " ".join(sorted(letters.split()))


def pair(users: Iterable[CrmUser], extensions: Mapping[str, str], configured: Mapping[str, str]) -> tuple[Pairing, ...]:
    """Pair the CRM's *users* with the exchange's *extensions* (extension to name).

    *configured* (extension to a CRM user's id or exact name) wins, then what the CRM's profile says, then a name that
    only one on each side has. Who has no partner stands alone.
    """
    named: dict[str, list[str]] = {}
    for number, name in extensions.items():
        if same_name(name) and number not in configured:
            named.setdefault(same_name(name), []).append(number)
    people = list(users)
    twins = [same_name(user.name) for user in people]
    pairs: list[Pairing] = []
    for user in people:
        extension, by = _extension(user, configured)
        candidates = named.get(same_name(user.name), [])
        if extension is None and len(candidates) == 1 and twins.count(same_name(user.name)) == 1:
            extension, by = candidates[0], "name"
        pairs.append(Pairing(name=user.name, crm_user=user.ref.id, extension=extension, by=by))
    taken = {one.extension for one in pairs}
    alone = (Pairing(name=name, extension=number) for number, name in extensions.items() if number not in taken)
    return (*pairs, *alone)


def _extension(user: CrmUser, configured: Mapping[str, str]) -> tuple[str | None, str]:
    wanted = next((number for number, one in configured.items() if one in (user.ref.id, user.name)), None)
    if wanted is not None:
        return wanted, "configured"
    return (user.extension, "profile") if user.extension else (None, "")
