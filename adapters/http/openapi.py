"""The OpenAPI document: made of the routes that there are and of what is said beside their handlers."""

import re
import sys
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any

from aiohttp import web
from pydantic import TypeAdapter
from pydantic.json_schema import JsonSchemaMode

from adapters.http.errors import STATUS
from adapters.http.operations import JSON, PATIENCE, Operation, Option, operation_of
from adapters.http.preferences import APPLIED, RESPOND_ASYNC
from domain.bots import BotNotAllowed
from domain.errors import DomainError, Forbidden, InvalidInput, InvalidToken, NoToken, PayloadTooLarge, RateLimited
from domain.errors import Unavailable as NotAvailable

Json = dict[str, Any]

_ANYWHERE: tuple[type[DomainError], ...] = (InvalidInput, Forbidden, RateLimited, NotAvailable)
"""What any call can be refused with: a page of a foreign origin is forbidden everywhere."""

_PART = re.compile(r"\{([a-z_]+)\}")
_INTERNAL_ERROR = 500
_REFUSAL: Json = {
    "type": "object",
    "description": "Why a call was refused or failed: a stable code, and words for a person.",
    "required": ["error", "message", "requestId"],
    "properties": {
        "error": {"type": "string"},
        "message": {"type": "string"},
        "requestId": {"type": "string"},
        "details": {
            "type": "array",
            "items": {
                "type": "object",
                "required": ["field", "message"],
                "properties": {"field": {"type": "string"}, "message": {"type": "string"}},
            },
        },
    },
}
_LATER: Json = {
    "Location": {"description": "The job to follow.", "schema": {"type": "string"}},
    APPLIED: {"description": "Where it was preferred.", "schema": {"type": "string", "enum": [RESPOND_ASYNC]}},
}
"""The headers of an answer that comes before what was asked for is done."""

_SECURITY: Json = {
    "bearer": {"type": "http", "scheme": "bearer", "bearerFormat": "JWT"},
    "token": {"type": "apiKey", "in": "query", "name": "token", "description": "For what cannot send headers."},
}


@dataclass(frozen=True, slots=True)
class _Described:
    """A route and what is said of it."""

    method: str
    path: str
    handler: Callable[..., Any]
    said: Operation

    @property
    def shown(self) -> str:
        """The path with the parts named as on the wire."""
        return _PART.sub(lambda part: f"{{{_camel(part[1])}}}", self.path)

    @property
    def id(self) -> str:
        return "_".join([self.method.lower(), *re.findall(r"\w+", self.shown)])

    def types(self) -> Iterator[tuple[str, JsonSchemaMode, Any]]:
        """The types that a schema is needed of, each with a name within this operation."""
        if self.said.body is not None:
            yield "body", "validation", self.said.body
        for status, answer in {self.said.status: self.said.answer, **self.said.also}.items():
            if answer is not None:
                yield f"answer {status}", "serialization", answer


def described(routes: Iterable[web.AbstractRoute]) -> Iterator[_Described]:
    """The routes of which something is said."""
    for route in routes:
        said = operation_of(route.handler)
        if said is not None and route.resource is not None and route.method != "HEAD":
            yield _Described(route.method, route.resource.canonical, route.handler, said)


def document(routes: Iterable[web.AbstractRoute], open_paths: Collection[str]) -> Json:
    """The description of these routes; those of ``open_paths`` need no token."""
    all_ = list(described(routes))
    schemas, definitions = TypeAdapter.json_schemas(
        [((each.id, name), mode, TypeAdapter(type_)) for each in all_ for name, mode, type_ in each.types()],
        ref_template="#/components/schemas/{model}",
    )
    named = {key: schema for (key, _), schema in schemas.items()}
    paths: dict[str, Json] = {}
    for each in all_:
        paths.setdefault(each.shown, {})[each.method.lower()] = _operation(each, named, each.path in open_paths)
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "Jarvis",
            "version": "1",
            "description": (
                "A team messenger with an AI teammate. What passes over the socket at /ws is described in "
                "docs/asyncapi.json. Unknown fields of a body are ignored; an answer may have fields that are not "
                "named here."
            ),
        },
        "servers": [{"url": "/"}],
        "tags": [{"name": name, "description": text} for name, text in sorted(_tags(all_).items())],
        "paths": paths,
        "components": {
            "schemas": {"Refusal": _REFUSAL, **definitions.get("$defs", {})},
            "securitySchemes": _SECURITY,
        },
    }


def _tags(all_: Iterable[_Described]) -> Mapping[str, str]:
    modules = {each.handler.__module__ for each in all_}
    return {_tag(name): (sys.modules[name].__doc__ or "").strip() for name in modules}


def _tag(module: str) -> str:
    return module.rpartition(".")[2].replace("_", " ")


def _operation(each: _Described, schemas: Mapping[tuple[str, str], Json], is_open: bool) -> Json:
    said = each.said
    shown: Json = {
        "operationId": each.id,
        "tags": [_tag(each.handler.__module__)],
        "summary": said.summary,
        "parameters": [
            *(_part(name, said) for name in _PART.findall(each.path)),
            *(_option(option, "query") for option in said.query),
            *(_option(option, "header") for option in said.headers),
        ],
        "responses": _answers(each, schemas) | _refusals(each, is_open),
        "security": [] if is_open else [{"bearer": []}, {"token": []}],
    }
    bodies: Json = {media: {"schema": schema} for media, schema in said.uploads.items()}
    if said.body is not None:
        bodies[JSON] = {"schema": schemas[each.id, "body"]}
    if bodies:
        required = bool(said.uploads) or any(field.is_required() for field in _fields(said).values())
        shown["requestBody"] = {"required": required, "content": bodies}
    return shown


def _fields(said: Operation) -> Mapping[str, Any]:
    return {} if said.body is None else said.body.model_fields


def _part(name: str, said: Operation) -> Json:
    schema: Json = {"type": "string"} if name in said.path else {"type": "string", "format": "uuid"}
    shown: Json = {"name": _camel(name), "in": "path", "required": True, "schema": schema}
    return {**shown, "description": said.path[name]} if name in said.path else shown


def _option(option: Option, where: str) -> Json:
    return {
        "name": option.name,
        "in": where,
        "required": option.required,
        "description": option.description,
        "schema": TypeAdapter(option.kind).json_schema(),
    }


def _answers(each: _Described, schemas: Mapping[tuple[str, str], Json]) -> Json:
    said, answers = each.said, {}
    for status in (said.status, *said.also):
        shown: Json = {"description": HTTPStatus(status).phrase}
        schema = schemas.get((each.id, f"answer {status}"))
        if schema is not None:
            shown["content"] = {said.media if status == said.status else JSON: {"schema": schema}}
        if status == HTTPStatus.ACCEPTED and PATIENCE in said.headers:
            shown["headers"] = _LATER
        answers[str(status)] = shown
    return answers


def _refusals(each: _Described, is_open: bool) -> Json:
    said = each.said
    errors = [*_ANYWHERE, *said.errors, *(() if is_open else (NoToken, InvalidToken, BotNotAllowed))]
    if said.body is not None or said.uploads:
        errors.append(PayloadTooLarge)
    codes: dict[int, set[str]] = {_INTERNAL_ERROR: {"INTERNAL_ERROR"}}
    for error in errors:
        codes.setdefault(STATUS[error.kind], set()).add(error.code)
    return {
        str(status): _refusal(status, sorted(of_status))
        for status, of_status in sorted(codes.items())
        if status != said.status and status not in said.also
    }


def _refusal(status: int, codes: list[str]) -> Json:
    shown: Json = {
        "description": ", ".join(codes),
        "content": {
            JSON: {
                "schema": {
                    "allOf": [{"$ref": "#/components/schemas/Refusal"}, {"properties": {"error": {"enum": codes}}}]
                }
            }
        },
    }
    if status == STATUS[RateLimited.kind]:
        shown["headers"] = {"Retry-After": {"description": "Seconds to wait.", "schema": {"type": "integer"}}}
    return shown


def _camel(name: str) -> str:
    first, *rest = name.split("_")
    return first + "".join(part.title() for part in rest)
