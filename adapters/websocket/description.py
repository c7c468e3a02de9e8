"""The AsyncAPI document: made of the models that read what clients send and of the types that say what they get."""

import inspect
from collections.abc import Iterator, Mapping
from typing import Any, get_args

from pydantic import TypeAdapter

from adapters.websocket.protocol import ClientFrame
from adapters.wire.schemas.logged import LOGGED
from adapters.wire.schemas.passing import PASSING
from adapters.wire.schemas.values import Id, Seq

Json = dict[str, Any]

_SIGNING_IN: Json = {
    "tokenInAddress": {"type": "httpApiKey", "name": "token", "in": "query"},
    "bearer": {"type": "http", "scheme": "bearer", "bearerFormat": "JWT"},
    "subprotocol": {
        "type": "httpApiKey",
        "name": "Sec-WebSocket-Protocol",
        "in": "header",
        "description": "The subprotocols `jarvis, bearer.<token>`.",
    },
}


def client_messages() -> Iterator[tuple[str, type]]:
    """The types of messages that clients send, each with its model."""
    for model in get_args(ClientFrame):
        for type_ in get_args(model.model_fields["type"].annotation):
            yield type_, model


def asyncapi() -> Json:
    """The description of the socket."""
    models = dict(client_messages())
    said = {**LOGGED, **PASSING}
    schemas, definitions = TypeAdapter.json_schemas(
        [
            *((("receive", name), "validation", TypeAdapter(model)) for name, model in models.items()),
            *((("send", name), "serialization", TypeAdapter(type_)) for name, type_ in said.items()),
            (("envelope", "roomId"), "serialization", TypeAdapter(Id)),
            (("envelope", "seq"), "serialization", TypeAdapter(Seq)),
        ],
        ref_template="#/components/schemas/{model}",
    )
    named = {key: schema for (key, _), schema in schemas.items()}
    envelope = {field: named["envelope", field] for field in ("roomId", "seq")}
    received = {name: _received(name, model, named["receive", name]) for name, model in models.items()}
    sent = {name: _sent(name, type_, named["send", name], envelope) for name, type_ in said.items()}
    messages = {
        **{f"client.{name.removeprefix('client.')}": message for name, message in received.items()},
        **{f"server.{name}": message for name, message in sent.items()},
    }
    return {
        "asyncapi": "3.0.0",
        "info": {
            "title": "Jarvis over the socket",
            "version": "1",
            "description": (
                "JSON text frames over a WebSocket. A token comes with the upgrade, or in client.hello as the first "
                "message. What is refused is answered with a message of type error. Messages may gain fields."
            ),
        },
        "defaultContentType": "application/json",
        "servers": {
            "jarvis": {
                "host": "{host}",
                "protocol": "wss",
                "variables": {"host": {"default": "localhost:8080"}},
                "security": [{"$ref": f"#/components/securitySchemes/{name}"} for name in _SIGNING_IN],
            }
        },
        "channels": {
            "socket": {
                "address": "/ws",
                "messages": {name: {"$ref": f"#/components/messages/{name}"} for name in messages},
                "bindings": {"ws": {"method": "GET"}},
            }
        },
        "operations": {
            "receive": _operation("receive", "What clients send.", messages, "client."),
            "send": _operation("send", "What the server says.", messages, "server."),
        },
        "components": {
            "messages": messages,
            "schemas": definitions.get("$defs", {}),
            "securitySchemes": _SIGNING_IN,
        },
    }


def _operation(action: str, summary: str, messages: Mapping[str, Json], prefix: str) -> Json:
    return {
        "action": action,
        "summary": summary,
        "channel": {"$ref": "#/channels/socket"},
        "messages": [{"$ref": f"#/channels/socket/messages/{name}"} for name in messages if name.startswith(prefix)],
    }


def _received(name: str, model: type, schema: Json) -> Json:
    told = _told(model)
    return {
        "name": name,
        **({"summary": told} if told else {}),
        "payload": {"allOf": [schema, {"properties": {"type": {"const": name}}}]},
    }


def _sent(name: str, type_: Any, schema: Json, envelope: Json) -> Json:
    more = envelope if name in LOGGED else {}
    return {
        "name": name,
        "summary": _told(type_),
        "payload": {
            "type": "object",
            "required": ["type", "payload", *more],
            "properties": {"type": {"const": name}, "payload": schema, **more},
        },
    }


def _told(type_: Any) -> str:
    words = type_.__dict__.get("__doc__") or ""
    return inspect.cleandoc(words)
