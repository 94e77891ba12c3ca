"""A checked and compiled spec. Everything that can be wrong with a spec is found here, before the first request."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, TypeAlias
from zoneinfo import ZoneInfo

import attrs
import jmespath
from attrs import field, frozen
from jmespath.exceptions import JMESPathError

from vipex_generic.answers import READING, WRITING, Rule
from vipex_generic.filters import Kind
from vipex_generic.names import CALL, NUMBER, PREVIOUS
from vipex_generic.spec import AuthKind, CardSpec, FindRecordSpec, FindSpec, RecordSpec, RequestSpec, Spec, Then
from vipex_generic.template import Template, Vocabulary, parse
from vipex_sdk.crm import AudioPath, Idempotency, TomlDocument, read_toml

__all__ = ["Operation", "Plan", "Select", "load_plan"]

Key: TypeAlias = tuple[str | int, ...]
Select: TypeAlias = Callable[[Any], Any]
_METHODS = frozenset({"GET", "POST", "PUT", "PATCH"})
_HUNDREDS = {f"{digit}xx": digit for digit in range(1, 6)}
_REMEMBERS = frozenset({"call.key", "call.marker", "call.text"})


@frozen(kw_only=True)
class Operation:
    """One compiled request, and how its answer is read.

    Attributes:
        path: template of the path.
        query: places and their templates, like *headers*.
        body: nested tables and lists whose leaves are templates or plain values; empty when there is none.
        form: whether the body is a form.
        rules: the spec's rules.
        selects: compiled selectors by their names in the spec.
    """

    name: str
    method: str
    writes: bool
    path: Template
    query: Mapping[str, Any] = field(factory=dict)
    headers: Mapping[str, Template] = field(factory=dict)
    body: Mapping[str, Any] = field(factory=dict)
    form: bool = False
    rules: tuple[Rule, ...] = ()
    selects: Mapping[str, Select] = field(factory=dict)


@frozen(kw_only=True)
class Plan:
    """A CRM, ready to be talked to."""

    spec: Spec
    zone: ZoneInfo
    check: Operation
    find: Operation
    record: Operation
    find_record: Operation | None
    update: Operation | None


def load_plan(path: Path, *, variables: tuple[str, ...]) -> Plan:
    """Read and compile the spec in the file *path*.

    Args:
        path: the TOML file.
        variables: names that the settings give, for ``{var.NAME}``.

    Raises:
        ConfigError: names file, line, key, and what was expected.
    """
    document = read_toml(path)
    return _Compiler(document, document.structure(Spec), variables).plan()


@frozen
class _Compiler:
    document: TomlDocument
    spec: Spec
    variables: tuple[str, ...]

    def plan(self) -> Plan:
        zone = self._zone()
        self._auth()
        plan = Plan(
            spec=self.spec,
            zone=zone,
            check=self._operation("check", self.spec.check, {}),
            find=self._operation("find", self.spec.find, NUMBER),
            record=self._operation("record", self.spec.record, CALL),
            find_record=self._optional("find_record", self.spec.find_record, CALL),
            update=self._optional("update", self.spec.update, {**CALL, **PREVIOUS}),
        )
        self._promises(plan)
        return plan

    def _zone(self) -> ZoneInfo:
        try:
            return ZoneInfo(self.spec.time_zone)
        except (KeyError, OSError, ValueError) as error:
            raise self.document.error("expected a zone such as Europe/Budapest", key=("time_zone",)) from error

    def _auth(self) -> None:
        auth = self.spec.auth
        if (auth.kind is AuthKind.HEADER) != bool(auth.header):
            raise self.document.error('expected a header name with kind = "header", and only there', key=("auth",))

    def _promises(self, plan: Plan) -> None:
        """Refuse a manifest that the requests cannot keep."""
        idempotency, record = self.spec.idempotency, plan.record
        if idempotency is Idempotency.FINDABLE and plan.find_record is None:
            raise self.document.error('expected a table [find_record]: "findable" needs it', key=("idempotency",))
        if idempotency is not Idempotency.NONE and not _names(record) & _REMEMBERS:
            expected = (
                "expected {call.key}, {call.marker} or {call.text} in the request: the CRM must keep the call's key"
            )
            raise self.document.error(expected, key=("record",))
        if plan.find_record is not None:
            looked_for = _names(plan.find_record) & _REMEMBERS or "marker_in" in plan.find_record.selects
            if not looked_for:
                expected = "expected {call.key} or {call.marker} in the request, or marker_in"
                raise self.document.error(expected, key=("find_record",))
        if (self.spec.audio is AudioPath.LINK) != ("recording.url" in _names(record)):
            raise self.document.error(
                'expected "link" where [record] sends {recording.url}, else "none"', key=("audio",)
            )
        if self.spec.audio in (AudioPath.PUSH, AudioPath.PULL):
            raise self.document.error('expected "link" or "none"', key=("audio",))

    def _optional(self, name: str, spec: RequestSpec | None, names: Mapping[str, Kind]) -> Operation | None:
        return None if spec is None else self._operation(name, spec, names)

    def _operation(self, name: str, spec: RequestSpec, names: Mapping[str, Kind]) -> Operation:
        writes = isinstance(spec, RecordSpec)
        if spec.method not in _METHODS:
            raise self.document.error(f"expected one of: {', '.join(sorted(_METHODS))}", key=(name, "method"))
        if spec.json and spec.form:
            raise self.document.error("expected either json or form, not both", key=(name, "form"))
        known = {**names, **{f"var.{variable}": Kind.TEXT for variable in self.variables}}
        vocabulary = Vocabulary(names=known, words=self.spec.words, zone=self.spec.time_zone)
        return Operation(
            name=name,
            method=spec.method,
            writes=writes,
            path=self._path(spec.path, vocabulary, (name, "path")),
            query=self._flat(spec.query, vocabulary, (name, "query")),
            headers={
                header: self._template(text, vocabulary, (name, "headers", header))
                for header, text in spec.headers.items()
            },
            body=self._flat(spec.form, vocabulary, (name, "form"))
            if spec.form
            else self._nested(spec.json, vocabulary, (name, "json")),
            form=bool(spec.form),
            rules=self._rules(name, spec, WRITING if writes else READING),
            selects=self._selects(name, spec),
        )

    def _template(self, text: str, vocabulary: Vocabulary, key: Key) -> Template:
        try:
            return parse(text, vocabulary)
        except ValueError as error:
            raise self.document.error(str(error), key=key) from error

    def _path(self, text: str, vocabulary: Vocabulary, key: Key) -> Template:
        template = self._template(text, vocabulary, key)
        if not text.startswith("/") or {"?", "#"} & set(
            "".join(part for part in template.parts if isinstance(part, str))
        ):
            raise self.document.error("expected a path from / on, without ? or #; parameters belong in query", key=key)
        if template.may_be_left_out:
            raise self.document.error("expected no placeholder that may be left out in a path", key=key)
        return template

    def _flat(self, table: Mapping[str, Any], vocabulary: Vocabulary, key: Key) -> dict[str, Any]:
        nested = next((name for name, value in table.items() if isinstance(value, Mapping | list)), None)
        if nested is not None:
            raise self.document.error("expected a single value", key=(*key, nested))
        return {name: self._nested(value, vocabulary, (*key, name)) for name, value in table.items()}

    def _nested(self, value: Any, vocabulary: Vocabulary, key: Key) -> Any:
        if isinstance(value, str):
            return self._template(value, vocabulary, key)
        if isinstance(value, Mapping):
            return {name: self._nested(inner, vocabulary, (*key, name)) for name, inner in value.items()}
        if isinstance(value, list | tuple):
            return [self._nested(inner, vocabulary, (*key, index)) for index, inner in enumerate(value)]
        if isinstance(value, bool | int | float):
            return value
        raise self.document.error("expected text, a number, true or false, a table or a list", key=key)

    def _rules(self, name: str, spec: RequestSpec, allowed: frozenset[Then]) -> tuple[Rule, ...]:
        rules = []
        for index, answer in enumerate(spec.answers):
            key: Key = (name, "answers", index)
            if answer.then not in allowed:
                raise self.document.error(f"expected one of: {', '.join(sorted(allowed))}", key=(*key, "then"))
            hundred = _HUNDREDS.get(answer.status) if isinstance(answer.status, str) else None
            if hundred is None and not isinstance(answer.status, int):
                raise self.document.error('expected a status such as 409, or "4xx"', key=(*key, "status"))
            when = self._select(answer.when, (*key, "when")) if answer.when else None
            status = answer.status if isinstance(answer.status, int) else None
            rules.append(Rule(status=status, hundred=hundred, when=when, then=answer.then))
        return tuple(rules)

    def _selects(self, name: str, spec: RequestSpec) -> dict[str, Select]:
        texts: dict[Key, str] = {}
        if isinstance(spec, FindSpec):
            texts[("rows",)] = spec.rows
            for attribute in attrs.fields(CardSpec):
                texts[("card", attribute.name)] = getattr(spec.card, attribute.name)
        if isinstance(spec, FindRecordSpec):
            texts |= {("rows",): spec.rows, ("marker_in",): spec.marker_in}
        if isinstance(spec, RecordSpec | FindRecordSpec):
            texts[("ref",)] = spec.ref
        return {str(key[-1]): self._select(text, (name, *key)) for key, text in texts.items() if text}

    def _select(self, text: str, key: Key) -> Select:
        try:
            compiled = jmespath.compile(text)
        except JMESPathError as error:
            reason = str(error).splitlines()[0]
            raise self.document.error(f"expected a JMESPath expression ({reason})", key=key) from error

        def select(data: Any) -> Any:
            return compiled.search(data)

        return select


def _names(operation: Operation) -> frozenset[str]:
    """Every name that the operation's request sends."""
    found: set[str] = set(operation.path.names)
    waiting: list[Any] = [operation.query, operation.headers, operation.body]
    while waiting:
        value = waiting.pop()
        if isinstance(value, Template):
            found |= value.names
        elif isinstance(value, Mapping):
            waiting.extend(value.values())
        elif isinstance(value, list):
            waiting.extend(value)
    return frozenset(found)
