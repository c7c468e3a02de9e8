"""Schemathesis against the OpenAPI document: whatever it thinks up, no call fails inside, and no answer is undescribed.

FUZZ_EXAMPLES says how many calls of each kind it makes; ``make fuzz`` makes many."""

import asyncio
from collections.abc import Mapping
from typing import Any

import pytest
import requests
import schemathesis
from hypothesis import HealthCheck, Phase, given, seed, settings
from hypothesis import strategies as st
from hypothesis.errors import Unsatisfiable
from schemathesis import GenerationMode, Response
from schemathesis.checks import CheckContext
from schemathesis.config import GenerationConfig, ProjectConfig, ProjectsConfig, SchemathesisConfig
from schemathesis.core.failures import FailureGroup
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from tests.end_to_end.client import Person
from tests.end_to_end.conftest import OpenServer, Server
from tests.environment import variable

EXAMPLES = int(variable("FUZZ_EXAMPLES") or 3)
SEED = 20260216
NOT_HERE = "_NOT_CONFIGURED"
"""What a refusal's code ends with where the installation has no such service: a status above 500 by contract."""


def no_failure_inside(context: CheckContext, response: Response, case: Any) -> None:
    """Nothing above 500, but that something is not configured."""
    if response.status_code >= 500:
        code = str(response.json().get("error", ""))
        assert code.endswith(NOT_HERE), f"{response.status_code} {code}"


CHECKS: Any = [
    no_failure_inside,
    status_code_conformance,
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
]


async def things(person: Person, other: Person) -> dict[str, str]:
    """Something that there is, for each part of a path that names something."""
    room = await person.open_room(other)
    message = await person.post(f"/rooms/{room}/messages", {"content": "hello"})
    card = await person.post(f"/rooms/{room}/cards", {"title": "Idea"})
    event = {"title": "Tea", "start": "2026-03-02T10:00", "end": "2026-03-02T11:00", "recurrence": "FREQ=DAILY;COUNT=9"}
    invitation = await person.post(f"/rooms/{room}/invitations", {})
    bots = await person.get("/bots") or [await person.post("/bots", {"name": "CI", "rights": ["read"]})]
    return {
        "roomId": room,
        "botId": bots[0]["id"],
        "messageId": message["id"],
        "userId": other.id,
        "cardId": card["id"],
        "matterId": (await person.post(f"/rooms/{room}/tasks", {"title": "Do it"}))["id"],
        "eventId": (await person.post("/calendar/events", event))["id"],
        "invitationId": invitation["id"],
    }


def attempts(operation: Any, mode: GenerationMode, url: str, token: str, known: Mapping[str, str]) -> None:
    """Make calls of this kind, with ids of what there is as often as with others."""
    there = {part: known[part] for part in _parts(operation.path) if part in known}

    @seed(SEED)
    @settings(
        max_examples=EXAMPLES, derandomize=True, database=None, deadline=None,
        suppress_health_check=list(HealthCheck), phases=[Phase.generate],
    )  # fmt: skip
    @given(data=st.data(), real=st.booleans())
    def attempt(data: st.DataObject, real: bool) -> None:
        case = data.draw(operation.as_strategy(generation_mode=mode))
        if real or mode is GenerationMode.NEGATIVE:
            case.path_parameters = {**case.path_parameters, **there}
        case.call_and_validate(
            base_url=url, checks=CHECKS, headers={"Authorization": f"Bearer {token}"}, allow_redirects=False
        )

    attempt()


def _parts(path: str) -> list[str]:
    return [piece.split("}")[0] for piece in path.split("{")[1:]]


def operations(url: str) -> list[Any]:
    """All calls of the document."""
    generation = GenerationConfig(deterministic=True, max_examples=EXAMPLES)
    config = SchemathesisConfig(seed=SEED, projects=ProjectsConfig(default=ProjectConfig(generation=generation)))
    document = requests.get(f"{url}/openapi.json", timeout=10).json()
    found: Any = schemathesis.openapi.from_dict(document, config=config).get_all_operations()
    return [each.ok() for each in found]


@pytest.fixture
async def open_house(open_server: OpenServer) -> Server:
    return await open_server(JARVIS_RATE_LIMITS="off", JARVIS_REGISTRATION="open")


@pytest.mark.timeout(60 + EXAMPLES * 120)
async def test_no_call_fails_inside_and_no_answer_is_undescribed(open_house: Server) -> None:
    faults = []
    ben = await open_house.person("Ben")
    for operation in await asyncio.to_thread(operations, open_house.url):
        ana = await open_house.person("Ana")
        known = await things(ana, ben)
        for mode in (GenerationMode.POSITIVE, GenerationMode.NEGATIVE):
            try:
                await asyncio.to_thread(attempts, operation, mode, open_house.url, ana.token, known)
            except Unsatisfiable:
                assert mode is GenerationMode.NEGATIVE, (
                    operation.label
                )  # it takes anything: nothing is against its schema
            except FailureGroup as group:
                faults += [f"{operation.label}: {group}"]
    assert faults == []
