"""Calls that wait for a job, and how they are told not to."""

from collections.abc import Sequence

import pytest
from aiohttp.test_utils import make_mocked_request
from multidict import CIMultiDict

from adapters.http.preferences import accepted, patience_of
from domain.ids import RoomId
from tests.adapters.http.house import House
from tests.described import openapi

CALLS = {
    "POST /rooms/{room}/cards/generate-weekly": "/rooms/{roomId}/cards/generate-weekly",
    "POST /rooms/{room}/pulse-report": "/rooms/{roomId}/pulse-report",
    "GET /rooms/{room}/catch-up?sinceSeq=0": "/rooms/{roomId}/catch-up",
}


@pytest.fixture
async def asked(house: House) -> tuple[str, RoomId]:
    token, user = await house.person("ana")
    room = await house.room(user)
    await house.say(user, room, "금요일로 확정")
    return token, room


@pytest.mark.parametrize("call", CALLS)
async def test_who_will_not_wait_is_told_so_and_where_to_look(
    house: House, asked: tuple[str, RoomId], call: str
) -> None:
    token, room = asked
    method, path = call.format(room=room).split()
    body: object = {} if method == "POST" else None
    answer = await house.call(method, path, by=token, json=body, headers={"Prefer": "respond-async"})
    assert answer.status == 202
    assert answer.headers["Preference-Applied"] == "respond-async"
    job_id = answer.json.get("jobId") or answer.json["requestId"]
    assert answer.headers["Location"] == f"/jobs/{job_id}"
    assert (await house.call("GET", answer.headers["Location"], by=token)).json["status"] == "queued"


@pytest.mark.parametrize(
    ("lines", "is_preferred"),
    [
        (["respond-async"], True),
        (["Respond-Async"], True),
        (["return=minimal, respond-async"], True),
        (["return=minimal,respond-async , wait=5"], True),
        (["respond-async; foo=bar"], True),
        (["respond-async ;foo"], True),
        (['respond-async=""'], True),
        (["return=minimal", "respond-async"], True),
        (['x="a, b", respond-async'], True),
        ([], False),
        ([""], False),
        (["never-respond-async"], False),
        (["respond-asynchronously"], False),
        (["return=respond-async"], False),
        (["foo; respond-async"], False),
        (['foo="a, respond-async"'], False),
        (['foo="a\\", respond-async"'], False),
    ],
)
def test_preferences_are_read_as_their_standard_says(lines: Sequence[str], is_preferred: bool) -> None:
    request = make_mocked_request("GET", "/", headers=CIMultiDict(("Prefer", line) for line in lines))
    assert patience_of(request, 60) == (0 if is_preferred else 60)
    applied = accepted(request, {}, job_id="7").headers.getall("Preference-Applied", [])
    assert applied == (["respond-async"] if is_preferred else [])


@pytest.mark.parametrize("path", CALLS.values())
def test_it_is_described(path: str) -> None:
    [call] = [call for call in openapi()["paths"][path].values() if "202" in call["responses"]]
    assert "respond-async" in next(part["description"] for part in call["parameters"] if part["name"] == "Prefer")
    assert set(call["responses"]["202"]["headers"]) == {"Location", "Preference-Applied"}
