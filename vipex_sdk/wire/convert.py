"""Between wire data and our models, compiled from a profile once.

Wire data are what JSON and forms give: mappings, lists, text, numbers, booleans, null. Which wire name belongs to
which field stands in the profile; what a value means stands in the field's type.
"""

from __future__ import annotations

from functools import lru_cache
from typing import Any, TypeVar

from vipex_sdk.errors import DecodeError
from vipex_sdk.wire import plan
from vipex_sdk.wire.collisions import check_collisions
from vipex_sdk.wire.decode import Decoders
from vipex_sdk.wire.encode import Encoders
from vipex_sdk.wire.media import parse_json
from vipex_sdk.wire.profile import WireProfile
from vipex_sdk.wire.scalars import Bad
from vipex_sdk.wire.shadows import Unlearnable
from vipex_sdk.wire.shapes import Shape, key_paths, learn, skeleton

__all__ = ["Converter", "converter_for"]

T = TypeVar("T")

_MOST_SKELETONS = 256
_MOST_LESSONS = 64
_LONGEST_LEARNT = 64 * 1024


class Converter:
    """Decode wire data to models and encode models to wire data, by one profile."""

    def __init__(self, profile: WireProfile) -> None:
        self.profile = profile
        self._decoders = Decoders(profile)
        self._encoders = Encoders(profile)
        self._shapes: dict[type, dict[bytes, Shape]] = {}
        self._lessons = 0

    def decode(self, model: type[T], wire: object) -> T:
        """Build a *model* (an attrs class or any type a field may have) from wire data.

        Unknown keys are kept in ``extra`` where the model has it; an unknown word of a vocabulary becomes an open
        member; null and empty text are absence. Ids, extensions and numbers may come as JSON integers.

        Raises:
            DecodeError: with one readable path for each problem, never a value.
        """
        try:
            decoded: T = self._decoders.reader(model)(wire)
        except Bad as bad:
            problems = tuple(f"${path}: {expected}" for path, expected in bad.problems)
            raise DecodeError(problems, what=plan.snake(getattr(model, "__name__", "list"))) from None
        return decoded

    def decode_json(self, model: type[T], body: bytes) -> T:
        """Build a *model* from the bytes of a JSON object; the same as :meth:`decode` after ``parse_json``, but quick.

        Raises:
            DecodeError: the body is no strict JSON, or see :meth:`decode`.
        """
        shapes, bones = self._shapes.setdefault(model, {}), skeleton(body)
        shape = shapes.get(bones)
        if shape is not None:
            found: T | None = shape.read(body)
            if found is not None:
                return found
        wire = parse_json(body)
        decoded = self.decode(model, wire)
        if len(body) <= _LONGEST_LEARNT:
            shape = self._shape_of(shapes, model, wire, body=body, decoded=decoded)
            if shape is not None:
                _keep(shapes, bones, shape)
        return decoded

    def _shape_of(
        self, shapes: dict[bytes, Shape], model: type, wire: object, *, body: bytes, decoded: object
    ) -> Shape | None:
        """Give a shape that reads this message: a known one, or what can be learnt from it."""
        keys = frozenset(key_paths(wire))
        for shape in {*shapes.values()}:
            if shape.keys == keys and shape.read(body) == decoded:
                return shape
        if self._lessons >= _MOST_LESSONS:
            return None  # a sender that never writes twice the same way is not worth learning from
        self._lessons += 1
        try:
            return learn(self.profile, self._decoders, model, wire)
        except Unlearnable:
            return None

    def encode(self, value: object, *, as_type: Any = None) -> Any:
        """Give JSON-able wire data for *value*.

        Each field is written by the first of its candidate paths, ``None`` as null, ``extra`` as it came; an event
        carries the word that names it.

        Args:
            value: a model, a value a field may have, or a list or table of them.
            as_type: what it is, where the value alone does not say: text that is a number, an integer of seconds.
        """
        if value is None or as_type is None:
            return self._encoders.write(value)
        return self._encoders.writer(as_type)(value)

    def prepare(self, *models: type) -> None:
        """Compile converters of *models* now rather than at their first use.

        Raises:
            ProfileError: the profile names a field that a model does not have, or gives one place to two fields.
        """
        for model in models:
            check_collisions(self.profile, model)
            self._decoders.reader(model)
            self._encoders.writer(model)


def _keep(shapes: dict[bytes, Shape], bones: bytes, shape: Shape) -> None:
    """Remember how a message with these *bones* is written; forget the oldest when there are many."""
    shapes.pop(bones, None)
    shapes[bones] = shape
    while len(shapes) > _MOST_SKELETONS:
        shapes.pop(next(iter(shapes)))


@lru_cache(maxsize=32)
def converter_for(profile: WireProfile) -> Converter:
    """Give the converter of *profile*, compiled once for each profile."""
    return Converter(profile)
