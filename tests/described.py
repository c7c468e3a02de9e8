"""Holds what the server answers to what its OpenAPI document says of it, also where that says more than clients need:
an answer with a field that is not described fails."""

import re
from collections.abc import Iterator
from dataclasses import fields
from functools import cache
from typing import Any

import jsonschema_rs

from adapters.http.app import OPEN_PATHS, HttpOptions, HttpParts, build_app
from adapters.http.openapi import document
from adapters.websocket.description import asyncapi

Json = dict[str, Any]


@cache
def openapi() -> Json:
    """The document of a server in which everything is offered."""
    nothing: Json = {part.name: None for part in fields(HttpParts)}
    app = build_app(HttpParts(**nothing), HttpOptions(jwt_secret="a secret that nothing is signed with"))
    return document(app.router.routes(), OPEN_PATHS)


def closed(schema: Any) -> Any:
    """The schema, with no room for fields that it does not name."""
    if isinstance(schema, list):
        return [closed(each) for each in schema]
    if not isinstance(schema, dict):
        return schema
    shut = {name: closed(each) for name, each in schema.items()}
    if isinstance(shut.get("properties"), dict) and shut.get("type") == "object":
        shut.setdefault("additionalProperties", False)
    return shut


@cache
def _calls() -> list[tuple[re.Pattern[str], Json]]:
    """The paths as patterns, those with fewer open parts first."""
    found = sorted(openapi()["paths"].items(), key=lambda each: each[0].count("{"))
    return [
        (
            re.compile(
                "".join("[^/]+" if part[:1] == "{" else re.escape(part) for part in re.split(r"(\{\w+\})", path))
            ),
            of,
        )
        for path, of in found
    ]


def call_of(method: str, path: str) -> Json | None:
    """What is said of a call to this address."""
    bare = path.partition("?")[0]
    return next((of.get(method.lower()) for pattern, of in _calls() if pattern.fullmatch(bare)), None)


@cache
def _components() -> Json:
    return {"schemas": closed(openapi()["components"]["schemas"])}


@cache
def _validator(operation_id: str, status: str) -> Any:
    [call] = [call for call in _all_calls() if call["operationId"] == operation_id]
    content = call["responses"][status].get("content", {})
    schema = next((media["schema"] for name, media in content.items() if name == "application/json"), None)
    if schema is None:
        return None
    whole = {**(closed(schema) if int(status) < 400 else schema), "components": _components()}
    return jsonschema_rs.validator_for(whole, validate_formats=True)


def _all_calls() -> Iterator[Json]:
    for calls in openapi()["paths"].values():
        yield from calls.values()


def check_answer(method: str, path: str, status: int, body: Any) -> None:
    """Raise AssertionError unless the answer is one that is described."""
    call = call_of(method, path)
    if call is None or (path, status) == ("/auth/dev", 404):
        return  # an address that there is not, or not in production
    about = f"{method} {path} answered {status} {body}"
    assert str(status) in call["responses"], f"{about}: add its error to @operation(errors=...), or its status to also="
    validator = _validator(call["operationId"], str(status))
    if validator is not None:
        faults = [f"{error.instance_path}: {error.message}" for error in validator.iter_errors(body)]
        assert faults == [], f"{about}: describe it where @operation(answer=..., errors=...) points to"


@cache
def _said(type_: str) -> Any:
    whole = asyncapi()
    message = whole["components"]["messages"].get(f"server.{type_}")
    assert message is not None, f"{type_} is not described in adapters/wire/schemas/logged.py or passing.py"
    schemas = closed(whole["components"]["schemas"])
    schema = {**closed(message["payload"]), "components": {"schemas": schemas}}
    return jsonschema_rs.validator_for(schema, validate_formats=True)


def check_said(envelope: Any) -> None:
    """Raise AssertionError unless this is something that the AsyncAPI document says the server may say."""
    faults = [f"{error.instance_path}: {error.message}" for error in _said(envelope["type"]).iter_errors(envelope)]
    assert faults == [], f"{envelope}: describe it in adapters/wire/schemas/logged.py or passing.py"
