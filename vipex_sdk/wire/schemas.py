"""What goes over the wire as JSON Schema (2020-12), read from a profile: for the OpenAPI document."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import UTC, datetime
from typing import Any, get_args, get_origin

import attrs

from vipex_sdk.numbers import PhoneNumber
from vipex_sdk.values import OpenEnum, Seconds
from vipex_sdk.wire import plan
from vipex_sdk.wire.convert import converter_for
from vipex_sdk.wire.docstrings import explained
from vipex_sdk.wire.paths import SELF
from vipex_sdk.wire.profile import WireProfile

__all__ = ["Schema", "Schemas", "flattened", "nested", "nullable", "tabular"]

Schema = dict[str, Any]

_NUMBER = PhoneNumber.parse("+36300000001")
_MOMENT = datetime(2026, 3, 2, 9, 15, 12, tzinfo=UTC)
_CLOCK = r"^\d{2,}:[0-5]\d:[0-5]\d$"
_EPOCHS = frozenset({"epoch_s", "epoch_ms"})


class Schemas:
    """Schemas by type; models and vocabularies become components that others refer to.

    Described is what is written. What is read beside it (other names, other words) stands under ``x-also-read``;
    unknown fields are always allowed.
    """

    def __init__(self, profile: WireProfile) -> None:
        self._profile = profile
        self.components: dict[str, Schema] = {}

    def of(self, cls: Any, *, closed: bool = False) -> Schema:
        """Give the schema of a value of type *cls*; with *closed* a vocabulary is only its known words."""
        if plan.is_optional(cls):
            return nullable(self.of(plan.required(cls), closed=closed))
        cls = plan.bare(cls)
        origin, arguments = get_origin(cls), get_args(cls)
        if origin is tuple:
            return {"type": "array", "items": self.of(arguments[0], closed=closed)}
        if isinstance(origin, type) and issubclass(origin, Mapping):
            return {"type": "object", "additionalProperties": self.of(arguments[1], closed=closed)}
        if isinstance(cls, type) and issubclass(cls, OpenEnum):
            words = self._words(cls)
            return {"type": "string", "enum": words} if closed else self._component(cls)
        if cls is PhoneNumber:
            return self._number(hidden=not closed)
        return self._component(cls) if attrs.has(cls) else self._scalar(cls)

    def _component(self, cls: type) -> Schema:
        name = cls.__name__
        if name not in self.components:
            self.components[name] = {}  # a model may hold itself
            self.components[name] = self._vocabulary(cls) if issubclass(cls, OpenEnum) else self.model(cls)
        return {"$ref": f"#/components/schemas/{name}"}

    def model(self, model: type, *, without: Collection[str] = (), closed: bool = False) -> Schema:
        """Give the schema of *model* itself, leaving out the fields named in *without*."""
        notes = explained(model.__doc__)
        properties: dict[str, Schema] = {}
        required = []
        types = plan.field_types(model)
        defaults = {one.name: one.default is not attrs.NOTHING for one in attrs.fields(model)}
        for name, (path, *others) in plan.candidates(self._profile, model).items():
            cls = types[name]
            if name in without:
                continue
            if path == SELF:
                inner = plan.bare(cls)
                properties |= self._beside(inner) if attrs.has(inner) else {}
                continue
            schema = dict(self.of(cls, closed=closed))
            if note := notes.parts.get(name):
                schema["description"] = note
            if others:
                schema["x-also-read"] = others
            properties.setdefault(path, schema)
            if not defaults[name] and not plan.is_optional(cls):
                required.append(path)
        return nested(properties, required=required, description=notes.summary)

    def _beside(self, model: type) -> dict[str, Schema]:
        """Give the fields of a model that stand beside its parent's, by their paths."""
        types = plan.field_types(model)
        return {
            paths[0]: self.of(types[name])
            for name, paths in plan.candidates(self._profile, model).items()
            if paths[0] != SELF
        }

    def _vocabulary(self, cls: type[OpenEnum]) -> Schema:
        spellings = plan.vocabulary(self._profile, cls)
        return {
            "description": f"{explained(cls.__doc__).summary} Another word is kept as it came.",
            "anyOf": [{"type": "string", "enum": self._words(cls)}, {"type": "string"}],
            "x-also-read": {words[0]: list(words[1:]) for words in spellings.values() if len(words) > 1},
        }

    def _words(self, cls: type[OpenEnum]) -> list[str]:
        write = converter_for(self._profile).encode
        return [write(member) for member in cls]

    def _scalar(self, cls: Any) -> Schema:
        if cls in {str, int, float, bool}:
            return {"type": {str: "string", int: "integer", float: "number", bool: "boolean"}[cls]}
        if cls is datetime:
            return self._time()
        if cls == Seconds:
            return self._duration()
        return {}

    def _number(self, *, hidden: bool) -> Schema:
        """A hidden caller is null where the profile has no word for one."""
        schema: Schema = {"type": "string", "examples": [self._written(_NUMBER)]}
        return nullable(schema) if hidden and not self._profile.numbers.write_anonymous else schema

    def _time(self) -> Schema:
        rules = self._profile.time
        example = self._written(_MOMENT)
        if rules.write in _EPOCHS:
            return {"type": "integer", "description": f"Since 1970, as {rules.write}.", "examples": [example]}
        if rules.write == "iso":
            return {"type": "string", "format": "date-time", "examples": [example]}
        shape = "ISO 8601" if rules.write == "naive" else rules.write
        return {"type": "string", "description": f"{shape}, in the zone {rules.zone}.", "examples": [example]}

    def _duration(self) -> Schema:
        match self._profile.durations.unit:
            case "hms":
                return {"type": "string", "pattern": _CLOCK, "examples": ["00:01:30"]}
            case unit:
                return {"type": "integer", "minimum": 0, "x-unit": unit}

    def _written(self, value: object) -> Any:
        return converter_for(self._profile).encode(value)


def nullable(schema: Schema) -> Schema:
    """Give *schema* with null allowed."""
    kind = schema.get("type")
    if kind is None:
        return {"anyOf": [schema, {"type": "null"}]}
    kinds = kind if isinstance(kind, list) else [kind]
    allowed = schema | {"type": kinds if "null" in kinds else [*kinds, "null"]}
    return allowed | ({"enum": [*schema["enum"], None]} if "enum" in schema else {})


def nested(properties: Mapping[str, Schema], *, required: Collection[str] = (), description: str = "") -> Schema:
    """Give the schema of an object from its fields by dotted paths; what holds a required field is required too."""
    root: Schema = tabular(description)
    for path, schema in properties.items():
        *outer, last = path.split(".")
        table = root
        for part in (*outer, last):
            if path in required and part not in table.setdefault("required", []):
                table["required"].append(part)
            if part is not last:
                table = table["properties"].setdefault(part, tabular())
        table["properties"][last] = schema
    return root


def tabular(description: str = "") -> Schema:
    """Give the schema of an object without fields."""
    return {"type": "object", "properties": {}} | ({"description": description} if description else {})


def flattened(schema: Schema, components: Mapping[str, Schema]) -> Schema:
    """Give the schema of an object as form fields: ``a.b``, ``list[]``, ``list[0].name``."""
    flat: dict[str, Schema] = {}
    patterns: dict[str, Schema] = {}
    required = []
    pending = [("", schema, True)]
    while pending:
        prefix, one, always = pending.pop(0)
        one = _resolved(one, components)
        for name, inner in one.get("properties", {}).items():
            sure = always and name in one.get("required", ())
            pending.append((f"{prefix}.{name}" if prefix else name, inner, sure))
        if isinstance(one.get("additionalProperties"), dict):
            patterns[f"^{_literal(prefix)}\\."] = one["additionalProperties"]
        elif "items" in one:
            patterns |= _items(prefix, _resolved(one["items"], components))
        elif "properties" not in one:
            flat[prefix] = one
            required += [prefix] if always else []
    found: Schema = {"type": "object", "properties": flat}
    return found | ({"patternProperties": patterns} if patterns else {}) | ({"required": required} if required else {})


def _items(prefix: str, item: Schema) -> dict[str, Schema]:
    start = f"^{_literal(prefix)}"
    if "properties" not in item:
        return {f"{start}\\[\\]$": item}
    return {f"{start}\\[\\d+\\]\\.{_literal(name)}(\\.|\\[|$)": {} for name in item["properties"]}


def _literal(text: str) -> str:
    return text.replace(".", "\\.")


def _resolved(schema: Schema, components: Mapping[str, Schema]) -> Schema:
    """Give what *schema* refers to, without null and without the choice of other words."""
    while True:
        if "$ref" in schema:
            schema = components[schema["$ref"].rpartition("/")[2]]
        elif "anyOf" in schema and {"type": "null"} in schema["anyOf"]:
            schema = schema["anyOf"][0]
        else:
            return schema
