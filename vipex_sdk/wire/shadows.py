"""Classes laid out as our models, whose objects msgspec fills and which then become models.

To msgspec they are dataclasses whose fields are the keys of a message; the slots behind them are those of the model.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Mapping
from types import MemberDescriptorType
from typing import Any

import attrs

__all__ = ["Code", "Ignored", "Kept", "Shadow", "Unlearnable", "default_of"]

_SLOT = "_vipex_"
"""Begins the names by which the code made below reaches the slots of an object that is not yet a model."""


class Unlearnable(Exception):
    """The message has something that only the readers understand."""


@attrs.frozen
class Code:
    """The function that finishes what msgspec decoded, while it is written: one for the whole tree of objects.

    Attributes:
        it: the variable that holds the object the next lines are about.
    """

    lines: list[str] = attrs.Factory(list)
    names: dict[str, Any] = attrs.Factory(dict)
    it: str = "it"
    indent: str = "    "

    def write(self, line: str) -> None:
        """Add a line."""
        self.lines.append(self.indent + line)

    def slot(self, name: str) -> str:
        """Write the value of a field."""
        return f"{self.it}.{_SLOT}{name}"

    def name(self, value: object) -> str:
        """Give a name for *value* inside the function."""
        found = f"c{len(self.names)}"
        self.names[found] = value
        return found

    def inner(self, head: str) -> Code:
        """Begin an indented block, about another object, whose variable replaces ``{0}`` in *head*."""
        it = f"it{len(self.lines)}"
        self.lines.extend(self.indent + line for line in head.format(it).split("\n"))
        return attrs.evolve(self, it=it, indent=self.indent + "    ")

    def compiled(self) -> Callable[[Any], None]:
        """Compile the function."""
        source = "\n".join(["def finish(it):", *self.lines])
        exec(source, self.names)  # noqa: S102 - our own text: no name or word from the wire or a profile is in it
        made: Callable[[Any], None] = self.names["finish"]
        return made


class Kept:
    """Takes the value of a key that nobody knows into a table."""

    def __init__(self, key: str, slot: MemberDescriptorType) -> None:
        self._key = key
        self._slot = slot

    def __get__(self, it: object, _owner: type) -> object:
        """Answer msgspec, which asks whether the key was there."""
        try:
            return self._slot.__get__(it, None)[self._key]
        except KeyError:
            raise AttributeError from None

    def __set__(self, it: object, value: object) -> None:
        try:
            self._slot.__get__(it, None)[self._key] = value
        except AttributeError:
            self._slot.__set__(it, {self._key: value})


class Ignored:
    """Stands for a key that may come as null only."""

    def __get__(self, it: object, _owner: type) -> None:
        """Answer msgspec that it has been there."""

    def __set__(self, it: object, value: object) -> None:
        del value


@attrs.frozen
class Shadow:
    """A class laid out as *model*, while it is made; *slots* are its own, by the model's names."""

    model: type
    cls: type
    slots: Mapping[str, MemberDescriptorType]
    code: Code

    @classmethod
    def of(cls, model: type, code: Code) -> Shadow:
        """Lay one out, with the slots under names that no key of a message has."""
        names = getattr(model, "__slots__", None)
        if not names or "__weakref__" in names or model.__mro__[1:] != (object,):
            raise Unlearnable  # its objects cannot take the place of a shadow's
        made = type(f"{model.__name__}Shape", (), {"__slots__": names})
        slots = {name: made.__dict__[name] for name in names}
        for name, slot in slots.items():
            delattr(made, name)
            setattr(made, _SLOT + name, slot)
        return cls(model, made, slots, code)

    def becomes(self, types: Mapping[str, Any]) -> type:
        """Tell msgspec which keys have which types; write that an object becomes the model."""
        self.code.write(f"{self.code.it}.__class__ = {self.code.name(self.model)}")
        self.cls.__annotations__ = dict(types)
        self.cls.__dataclass_fields__ = {  # type: ignore[attr-defined] # how msgspec asks
            key: _field(key) for key in types
        }
        return self.cls


def default_of(one: attrs.Attribute[Any], code: Code) -> str:
    """Write what stands in a field that no key fills."""
    if one.default is None or one.default is attrs.NOTHING:
        return "None"
    if isinstance(one.default, attrs.Factory):  # type: ignore[arg-type] # a class at run time
        return "{}" if one.default.factory is dict else f"{code.name(one.default.factory)}()"
    return code.name(one.default)


def _field(name: str) -> Any:
    """Describe a field without a default, as dataclasses do."""
    made: Any = dataclasses.field()
    made.name, made._field_type = name, dataclasses._FIELD  # type: ignore[attr-defined] # noqa: SLF001
    return made
