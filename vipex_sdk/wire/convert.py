"""Between wire data and our models, compiled from a profile once.

Wire data are what JSON and forms give: mappings, lists, text, numbers, booleans, null. Which wire name belongs to
which field stands in the profile; what a value means stands in the field's type.
"""

from __future__ import annotations

from typing import Any, TypeVar

from vipex_sdk.wire.profile import WireProfile

__all__ = ["Converter", "converter_for"]

T = TypeVar("T")


class Converter:
    """Decode wire data to models and encode models to wire data, by one profile."""

    def __init__(self, profile: WireProfile) -> None:
        self.profile = profile

    def decode(self, model: type[T], wire: object) -> T:
        """Build a *model* (an attrs class or any type a field may have) from wire data.

        Unknown keys are kept in ``extra`` where the model has it; an unknown word of a vocabulary becomes an open
        member; null and empty text are absence where a field is optional. Ids, extensions and numbers may come as
        JSON integers.

        Raises:
            DecodeError: with one readable path for each problem, never a value.
        """
        raise NotImplementedError

    def encode(self, value: object) -> Any:
        """Give JSON-able wire data for *value*; each field by the first of its candidate paths, ``extra`` as it came."""
        raise NotImplementedError

    def prepare(self, *models: type) -> None:
        """Compile converters of *models* now rather than at their first use.

        Raises:
            ProfileError: the profile names a field that a model does not have.
        """


def converter_for(profile: WireProfile) -> Converter:
    """Give the converter of *profile*, compiled once for each profile."""
    raise NotImplementedError
