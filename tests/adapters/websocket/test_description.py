"""The AsyncAPI document knows every message that clients may send and every one that the server can say."""

import ast
import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from random import Random
from typing import Any

import jsonschema_rs
import pytest

from adapters.websocket.description import asyncapi, client_messages
from adapters.wire import encoder
from adapters.wire.schemas.logged import LOGGED
from adapters.wire.schemas.passing import PASSING
from domain.call_events import CallSignalled
from domain.calls import SignalType
from domain.events import LoggedEvent
from tests.architecture.source import ROOT, modules
from tests.described import check_said
from tests.samples import sample

AT = datetime(2026, 1, 2, tzinfo=UTC)
DOCUMENT = ROOT / "docs" / "asyncapi.json"


def test_the_kept_document_is_up_to_date() -> None:
    assert json.loads(DOCUMENT.read_text(encoding="utf-8")) == asyncapi(), "make it anew: make asyncapi"


def test_the_document_leads_nowhere_that_is_not_there() -> None:
    whole = asyncapi()

    def references(part: Any) -> Iterator[str]:
        if isinstance(part, dict):
            if isinstance(part.get("$ref"), str):
                yield part["$ref"]
            for each in part.values():
                yield from references(each)
        elif isinstance(part, list):
            for each in part:
                yield from references(each)

    for reference in references(whole):
        found = whole
        for step in reference.removeprefix("#/").split("/"):
            found = found[step]
    for schema in whole["components"]["schemas"].values():
        jsonschema_rs.meta.validate(schema)
    assert not [name for name in whole["components"]["schemas"] if "__" in name], "two types have the same name"


def test_every_message_of_clients_is_described_as_it_is_read() -> None:
    described = {name.removeprefix("client.") for name in asyncapi()["components"]["messages"] if name[:7] == "client."}
    assert described == {name.removeprefix("client.") for name, _ in client_messages()}


def _named() -> set[str]:
    """The types of messages that stand in the source as what is said."""
    found: set[str] = set()
    for module in modules("adapters/wire", "adapters/websocket"):
        for node in ast.walk(module.tree):
            match node:
                case ast.Call(func=ast.Name("frame") | ast.Attribute(attr="frame" | "tell"), args=[named, *_]):
                    pass
                case _:
                    continue
            match named:
                case ast.Constant(str() as name):
                    found.add(name)
                case ast.JoinedStr(values=[ast.Constant("rtc."), _]):
                    found |= {f"rtc.{signal.value}" for signal in SignalType}
                case ast.Name("type_"):
                    pass
                case _:
                    raise AssertionError(f"{module.path}:{node.lineno} names what it says in a way not known here")
    return found


def test_everything_that_the_server_says_is_described_and_nothing_else() -> None:
    assert _named() == set(PASSING), "describe it in adapters/wire/schemas/logged.py or passing.py"


SIGNALS: dict[SignalType, dict[str, Any]] = {
    SignalType.OFFER: {"sdp": {"type": "offer"}},
    SignalType.ANSWER: {"sdp": "text"},
    SignalType.ICE: {"candidate": None},
    SignalType.HANGUP: {},
}
"""What clients may send with each, by their models."""

EVENTS = [*encoder._LOGGED, *encoder._PASSING]


@pytest.mark.parametrize("event", EVENTS, ids=[event.__name__ for event in EVENTS])
def test_what_the_encoder_makes_of_an_event_is_what_is_described(event: type) -> None:
    random, encode = Random(7), encoder.WireEncoder().encode
    for turn in range(40):
        made = sample(event, random)
        if isinstance(made, CallSignalled):
            made = replace(made, body=SIGNALS[made.signal])
        for notice in encode(LoggedEvent(turn + 1, made, AT) if event in encoder._LOGGED else made):
            if notice.body:
                check_said(json.loads(notice.body))


def test_every_logged_type_is_one_that_the_encoder_makes_and_names() -> None:
    random, said, wire = Random(7), set[str](), encoder.WireEncoder()
    for event in encoder._LOGGED:
        for turn in range(20):
            logged = LoggedEvent(turn + 1, sample(event, random), AT)
            [type_] = {json.loads(notice.body)["type"] for notice in wire.encode(logged)}
            assert wire.name_of(logged) == type_
            said.add(type_)
    assert said == set(LOGGED)
