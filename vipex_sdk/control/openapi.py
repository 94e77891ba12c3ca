"""The control API as an OpenAPI 3.1 document: what this SDK sends and expects under a wire profile."""

from __future__ import annotations

import re
from typing import Any, get_args, get_origin, get_type_hints

from vipex_sdk.control.catalogue import OPERATIONS, argument_types
from vipex_sdk.wire import plan
from vipex_sdk.wire.docstrings import Explained, explained
from vipex_sdk.wire.formats import OperationFormat
from vipex_sdk.wire.paging import Page
from vipex_sdk.wire.profile import WireProfile
from vipex_sdk.wire.schemas import Schema, Schemas, flattened, nested, nullable, tabular

__all__ = ["openapi_document"]

_PLACE = re.compile(r"\{([a-z_.]+)\}")
_SEGMENT = r"^(?!\.{1,2}$)[^\x00-\x1f\x7f]+$"
_PAGING = ("page", "per_page", "cursor")
_MEDIA = {
    "form": "application/x-www-form-urlencoded",
    "json": "application/json",
    "multipart": "multipart/form-data",
    "xml": "application/xml",
}
_FLAT = frozenset({"form", "multipart"})
_NO_CONTENT = 204
_TITLES = {
    "calls": "Start calls, and see what an extension is doing",
    "forwarding": "Call forwarding of an extension",
    "operators": "Call-centre operators",
    "phonebook": "The company phonebook",
    "recordings": "Recordings by their code",
    "users": "The people who have extensions",
}
_ABOUT = """\
What vipex-sdk sends and expects under the wire profile **{name}**, version {version}.

**This is the profile's format, not VIPeX's own.** Opennetworks publishes no wire format of VIPeX's control API. The \
default profile is this project's proposal; a deployment's own profile replaces what differs, and this document is \
generated from whatever profile is in force: `vipex profile openapi --profile my-profile.toml`.

Schemas describe what is written. What is understood beside it when reading (other field names, other words of a \
vocabulary) stands under `x-also-read`; a field nobody knows is never an error. Where operations share an address \
and differ in a constant, the name of the operation follows a `#` that is not sent."""


def openapi_document(profile: WireProfile) -> dict[str, Any]:
    """Describe every operation under *profile*; what the subscription lacks is left out."""
    return _Document(profile).written()


class _Document:
    def __init__(self, profile: WireProfile) -> None:
        self._profile = profile
        self._control = profile.control
        self._schemas = Schemas(profile)

    def written(self) -> dict[str, Any]:
        paths: dict[str, dict[str, Any]] = {}
        templates: dict[str, list[str]] = {}
        wanted = [name for name in self._control.operations if name not in self._control.not_subscribed]
        for name in wanted:
            shape = self._control.operations[name]
            path, names = self._template(shape, templates)
            methods = paths.setdefault(path, {})
            if shape.method.lower() in methods:
                methods = paths[f"{path}#{name}"] = {}  # OpenAPI knows an operation by method and path alone
            methods[shape.method.lower()] = self._operation(name, shape, names)
        groups = sorted({name.partition(".")[0] for name in wanted})
        return {
            "openapi": "3.1.0",
            "info": {
                "title": f"Control API by {self._profile.title}",
                "version": str(self._profile.version),
                "description": _ABOUT.format(name=self._profile.name, version=self._profile.version),
            },
            "servers": [{"url": "https://pbx.example.hu", "description": "The address of your exchange."}],
            "security": [{"technicalUser": []}],
            "tags": [{"name": group, "description": _TITLES.get(group, group)} for group in groups],
            "paths": paths,
            "components": {
                "schemas": dict(sorted((self._schemas.components | {"Error": self._error()}).items())),
                "responses": {"Failed": self._failed()},
                "securitySchemes": {"technicalUser": self._security()},
            },
        }

    def _template(self, shape: OperationFormat, templates: dict[str, list[str]]) -> tuple[str, list[str]]:
        """Give the path and the names of its places: paths that differ in names alone are one path to OpenAPI."""
        path = self._control.path_prefix + shape.path
        own = [place.rpartition(".")[2] for place in _PLACE.findall(shape.path)]
        names = templates.setdefault(_PLACE.sub("{}", path), own)
        left = iter(names)
        return _PLACE.sub(lambda _: f"{{{next(left)}}}", path), names

    def _operation(self, name: str, shape: OperationFormat, names: list[str]) -> dict[str, Any]:
        notes = explained(OPERATIONS[name].__doc__)
        types = argument_types(name)
        places = _PLACE.findall(shape.path)
        parameters = [self._in_path(types, place, called, notes) for place, called in zip(places, names, strict=True)]
        written: dict[str, Any] = {
            "operationId": name.replace(".", "_"),
            "tags": [name.partition(".")[0]],
            "summary": notes.summary,
            "x-repeatable": _is_repeatable(name),
        }
        if notes.text:
            written["description"] = notes.text
        fields = self._fields(shape, types, notes)
        if shape.body == "none":
            parameters += [
                {"name": key, "in": "query", "required": key in fields.get("required", ()), "schema": schema}
                for key, schema in flattened(fields, self._schemas.components)["properties"].items()
            ]
            parameters += self._paging() if _PAGING[0] in types else []
        else:
            written["requestBody"] = {"required": bool(fields.get("required")), "content": self._body(shape, fields)}
        if "client_ref" in types:
            parameters.append(self._idempotency(notes))
        return written | {"parameters": parameters, "responses": self._responses(name, shape)}

    def _in_path(self, types: Any, place: str, called: str, notes: Explained) -> dict[str, Any]:
        root, _, inner = place.partition(".")
        cls = plan.field_types(types[root])[inner] if inner else types[root]
        schema = self._schemas.of(plan.required(cls), closed=True)
        if schema.get("type") == "string" and "enum" not in schema:
            schema = schema | {"minLength": 1, "pattern": _SEGMENT}
        written = {"name": called, "in": "path", "required": True, "schema": schema}
        return written | ({"description": notes.parts[place]} if place in notes.parts else {})

    def _fields(self, shape: OperationFormat, types: Any, notes: Explained) -> Schema:
        """Describe the arguments that are not in the path, as one object."""
        places = _PLACE.findall(shape.path)
        properties: dict[str, Schema] = {
            path: {"type": "string", "const": word} for path, word in shape.constants.items()
        }
        required = list(properties)
        if shape.flatten:
            without = [place.partition(".")[2] for place in places if place.startswith(f"{shape.flatten}.")]
            entry = self._schemas.model(types[shape.flatten], without=without, closed=True)
            return {"allOf": [entry, nested(properties, required=required)]} if properties else entry
        for key, cls in types.items():
            if key in places or key in _PAGING:
                continue
            label = shape.arguments.get(key, key)
            # What is absent is left out of a request, never sent as null.
            properties[label] = dict(self._schemas.of(plan.required(cls), closed=True))
            if key in notes.parts:
                properties[label]["description"] = notes.parts[key]
            required += [] if plan.is_optional(cls) else [label]
        return nested(properties, required=required)

    def _body(self, shape: OperationFormat, fields: Schema) -> dict[str, Any]:
        schema = flattened(fields, self._schemas.components) if shape.body in _FLAT else fields
        return {_MEDIA[shape.body]: {"schema": schema}}

    def _paging(self) -> list[dict[str, Any]]:
        paging = self._control.paging
        if paging.style == "none":
            return []
        first = paging.first if paging.style == "page" else 0
        size: Schema = {"type": "integer", "minimum": 1, "default": paging.size}
        where: tuple[str, Schema] = (paging.page, {"type": "integer", "minimum": first, "default": first})
        if paging.style == "cursor":
            where = (paging.cursor, {"type": "string", "description": "As the page before gave it; absent: the first."})
        return [{"name": name, "in": "query", "schema": schema} for name, schema in (where, (paging.per_page, size))]

    def _idempotency(self, notes: Explained) -> dict[str, Any]:
        return {
            "name": self._control.idempotency_header,
            "in": "header",
            "description": notes.parts.get("client_ref", ""),
            "schema": {"type": "string", "pattern": r"^[\x21-\x7e]+$"},
        }

    def _responses(self, name: str, shape: OperationFormat) -> dict[str, Any]:
        returns = get_args(get_type_hints(OPERATIONS[name])["return"])[0]
        failed = {"$ref": "#/components/responses/Failed"}
        success: dict[str, Any] = {"description": "Done."}
        answers: dict[str, Any] = {str(shape.status): success}
        if returns is bytes:
            success["content"] = {"audio/*": {}, "application/octet-stream": {}}
            success["description"] = "The audio."
            answers |= {"206": success, "416": {"description": "There is no such part."}}
        elif returns is not type(None) and shape.status != _NO_CONTENT:
            success["content"] = self._content(self._answer(returns))
        elif self._control.errors.in_success and shape.status != _NO_CONTENT:
            success["content"] = self._content(tabular("Empty, unless it failed."))
        return answers | {"4XX": failed, "5XX": failed}

    def _content(self, schema: Schema) -> dict[str, Any]:
        if self._control.errors.in_success:
            schema = {"anyOf": [{"$ref": "#/components/schemas/Error"}, schema]}
        elif self._control.answer in _FLAT:
            schema = flattened(schema, self._schemas.components)
        return {_MEDIA[self._control.answer]: {"schema": schema}}

    def _answer(self, returns: Any) -> Schema:
        origin = get_origin(returns)
        if origin is not Page and origin is not tuple:
            return self._schemas.of(returns)
        where = self._control.items[0]
        properties: dict[str, Schema] = {
            where: {"type": "array", "items": self._schemas.of(get_args(returns)[0])},
        }
        paging = self._control.paging
        if origin is Page and paging.style != "none":
            properties[paging.total] = nullable({"type": "integer", "minimum": 0})
            if paging.style == "cursor":
                properties |= {path: nullable({"type": "string"}) for path in paging.next[:1]}
            else:
                properties |= {key: {"type": "integer"} for key in (paging.page, paging.per_page)}
        return nested(properties, required=[where])

    def _error(self) -> Schema:
        errors = self._control.errors
        paths: dict[str, Schema] = {
            each[0]: {"type": "string"} | ({"x-also-read": list(each[1:])} if each[1:] else {})
            for each in (errors.code, errors.message, errors.request_id)
            if each
        }
        required = [each[0] for each in (errors.code, errors.message) if each]
        if errors.in_success:
            paths[errors.success_field] = {"type": "string", "not": {"enum": list(errors.success_words)}}
        return nested(paths, required=required, description="What failed, and why.")

    def _failed(self) -> dict[str, Any]:
        return {
            "description": "It failed; the status and the code in the body say why.",
            "headers": {
                "Retry-After": {"description": "Seconds, or a date.", "schema": {"type": "string"}},
            },
            "content": {_MEDIA[self._control.answer]: {"schema": {"$ref": "#/components/schemas/Error"}}},
        }

    def _security(self) -> dict[str, Any]:
        """Describe how we prove who we are; OpenAPI has no word for a key in the body, so that is text alone."""
        auth = self._control.auth
        about = {"description": "The technical user (Technikai Felhasználó) and its generated password."}
        match auth.scheme:
            case "basic" | "digest":
                return {"type": "http", "scheme": auth.scheme} | about
            case "header_key":
                about = {"description": f"A key{f', after {auth.prefix!r}' if auth.prefix else ''}."}
                return {"type": "apiKey", "in": "header", "name": auth.header} | about
            case "query_key" | "body_key":
                about = {
                    "description": "A key." if auth.scheme == "query_key" else "A key, sent as a field of the body."
                }
                return {"type": "apiKey", "in": "query", "name": auth.parameter} | about
            case "login_token":
                about = {"description": f"A token{f', after {auth.token.prefix!r}' if auth.token.prefix else ''}."}
                return {"type": "apiKey", "in": "header", "name": auth.token.header} | about
            case "oauth2_client_credentials" | "oauth2_password":
                flow = "password" if auth.scheme == "oauth2_password" else "clientCredentials"
                scopes = dict.fromkeys(auth.token.scope.split(), "")
                return {"type": "oauth2", "flows": {flow: {"tokenUrl": auth.token.url, "scopes": scopes}}}


def _is_repeatable(name: str) -> bool:
    """Say whether carrying it out twice is the same as once; the arguments make no difference."""
    return OPERATIONS[name](**dict.fromkeys(argument_types(name), "1")).repeatable
