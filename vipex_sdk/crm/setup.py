"""What an adapter wants to be asked when a deployment is set up, as data: ``vipex init`` asks it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Protocol, runtime_checkable

from attrs import frozen

__all__ = ["NOTHING_TO_ASK", "OffersChoices", "Question", "Setup"]


@frozen(kw_only=True)
class Question:
    """One question.

    Attributes:
        key: of the adapter's own table, dotted, for example ``new_cards.status``.
        hu: the question in Hungarian.
        en: the question in English.
        default: what an empty answer means; empty with *optional* leaves the key out.
        secret: kept in a file of its own, never shown.
        new_customers: asked only when unknown callers become customers.
        choices: answers are looked up by the adapter (:class:`OffersChoices`) once its credentials are proved.
    """

    key: str
    hu: str
    en: str
    default: str = ""
    optional: bool = False
    secret: bool = False
    new_customers: bool = False
    choices: bool = False


@frozen(kw_only=True)
class Setup:
    """All questions, and what to tell the CRM's support afterwards.

    Attributes:
        questions: in the order they are asked.
        tell_hu: text in Hungarian with the fields ``{public_url}``, ``{host}``, ``{address}`` (its IP address),
            ``{user}`` and ``{password}`` (of whoever fetches recordings), ``{recordings}`` (the proxy's address
            with both in it), and ``{news}`` (address for the CRM's webhooks).
        tell_en: the same in English.
        pulls_from: addresses from which the CRM fetches recordings, as far as it publishes them.
    """

    questions: tuple[Question, ...] = ()
    tell_hu: str = ""
    tell_en: str = ""
    pulls_from: tuple[str, ...] = ()


NOTHING_TO_ASK = Setup()
"""For adapters whose settings a person writes by hand."""


@runtime_checkable
class OffersChoices(Protocol):
    """An adapter that can list what an answer may be."""

    async def choices(self, key: str, chosen: Mapping[str, str]) -> Mapping[str, str]:
        """Give the possible answers to the question *key*: value to what people call it.

        Args:
            key: of the question.
            chosen: the adapter's answers so far, by key.
        """
        ...
