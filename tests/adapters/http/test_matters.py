"""Decisions and tasks over HTTP."""

import json
from typing import Any
from uuid import UUID

import pytest

from domain.ids import RoomId
from domain.users import User
from tests.adapters.http.house import House

NOWHERE = "019c0000-0000-7000-8000-000000000000"


@pytest.fixture
async def ana(house: House) -> tuple[str, User]:
    return await house.person("ana")


@pytest.fixture
async def room(house: House, ana: tuple[str, User]) -> RoomId:
    return await house.room(ana[1])


async def test_a_task_is_written_down_changed_and_removed(house: House, ana: tuple[str, User], room: RoomId) -> None:
    token, user = ana
    said = await house.say(user, room, "보고서 쓰기")
    made = await house.call(
        "POST", f"/rooms/{room}/tasks", by=token,
        json={"sourceMessageId": str(said), "ownerId": str(user.id), "dueDate": "2026-03-02", "note": None},
    )  # fmt: skip
    assert made.status == 200
    task = made.json
    assert task == {
        "id": task["id"], "roomId": str(room), "title": "보고서 쓰기", "note": "", "state": "open",
        "ownerId": str(user.id), "dueDate": "2026-03-02", "origin": "marked", "sourceMessageId": str(said),
        "createdBy": str(user.id), "createdAt": task["createdAt"], "updatedAt": task["createdAt"],
    }  # fmt: skip
    path = f"/rooms/{room}/tasks/{task['id']}"
    for listed in (
        f"/rooms/{room}/tasks",
        "/tasks",
        "/tasks?state=open&take=1",
        f"/rooms/{room}/tasks?beforeId={NOWHERE[:2]}f",
    ):
        assert (await house.call("GET", listed, by=token)).json in ([task], [])
    assert (await house.call("GET", "/tasks", by=token)).json == [task]
    assert (await house.call("GET", path, by=token)).json == task
    changed = await house.call("PATCH", path, by=token, json={"state": "done", "dueDate": None, "ownerId": None})
    assert changed.json == {**task, "state": "done", "dueDate": None, "ownerId": None}
    assert (await house.call("PATCH", path, by=token, json={})).json == changed.json
    assert (await house.call("GET", f"/rooms/{room}/tasks?state=open", by=token)).json == []
    assert (await house.call("GET", f"/rooms/{room}/decisions", by=token)).json == []
    assert (await house.call("DELETE", path, by=token)).json == {"ok": True}
    assert (await house.call("GET", path, by=token)).outcome == (404, "NOT_FOUND")


async def test_a_decision_has_states_of_its_own(house: House, ana: tuple[str, User], room: RoomId) -> None:
    made = await house.call("POST", f"/rooms/{room}/decisions", by=ana[0], json={"title": "Friday", "state": "decided"})
    assert (made.json["state"], made.json["sourceMessageId"]) == ("decided", None)
    path = f"/rooms/{room}/decisions/{made.json['id']}"
    assert (await house.call("PATCH", path, by=ana[0], json={"state": "revoked"})).json["state"] == "revoked"
    assert (await house.call("GET", "/decisions?state=revoked", by=ana[0])).json == []
    assert (await house.call("GET", f"/rooms/{room}/tasks/{made.json['id']}", by=ana[0])).outcome[0] == 404


@pytest.mark.parametrize(
    ("body", "outcome"),
    [
        ({}, (400, "VALIDATION_FAILED")),
        ({"title": " "}, (400, "VALIDATION_FAILED")),
        ({"title": 7}, (400, "VALIDATION_FAILED")),
        ({"title": "x", "state": "decided"}, (400, "VALIDATION_FAILED")),
        ({"title": "x", "state": "never"}, (400, "VALIDATION_FAILED")),
        ({"title": "x", "dueDate": "2026-02-30"}, (400, "VALIDATION_FAILED")),
        ({"title": "x", "dueDate": "tomorrow"}, (400, "VALIDATION_FAILED")),
        ({"title": "x", "dueDate": ""}, (400, "VALIDATION_FAILED")),
        ({"title": "x", "dueDate": "2026-W10"}, (400, "VALIDATION_FAILED")),
        ({"title": "x", "dueDate": "2026-W10-1"}, (400, "VALIDATION_FAILED")),
        ({"title": "x", "dueDate": "20260302"}, (400, "VALIDATION_FAILED")),
        ({"title": "x", "dueDate": "2026-03-02T09:00:00Z"}, (400, "VALIDATION_FAILED")),
        ({"title": "x", "ownerId": NOWHERE}, (400, "VALIDATION_FAILED")),
        ({"title": "x", "ownerId": "me"}, (400, "VALIDATION_FAILED")),
        ({"title": "x\x00"}, (400, "VALIDATION_FAILED")),
        ({"title": "x\ud800"}, (400, "VALIDATION_FAILED")),
        ({"sourceMessageId": NOWHERE}, (404, "NOT_FOUND")),
    ],
)
async def test_what_is_refused_changes_nothing(
    house: House, ana: tuple[str, User], room: RoomId, body: dict[str, Any], outcome: tuple[int, str]
) -> None:
    before = house.kept()
    answer = await house.call("POST", f"/rooms/{room}/tasks", by=ana[0], data=json.dumps(body).encode())
    assert answer.outcome == outcome
    assert house.kept() == before
    assert len(house.store.contents[room].matters) == 0


async def test_who_is_no_member_learns_nothing(house: House, ana: tuple[str, User], room: RoomId) -> None:
    ben, _ = await house.person("ben")
    made = (await house.call("POST", f"/rooms/{room}/tasks", by=ana[0], json={"title": "x"})).json
    for place in (str(room), NOWHERE):
        for kind in ("tasks", "decisions"):
            for method, path in (
                ("GET", f"/rooms/{place}/{kind}"),
                ("POST", f"/rooms/{place}/{kind}"),
                ("GET", f"/rooms/{place}/{kind}/{made['id']}"),
                ("PATCH", f"/rooms/{place}/{kind}/{made['id']}"),
                ("DELETE", f"/rooms/{place}/{kind}/{made['id']}"),
            ):
                answer = await house.call(method, path, by=ben, json={"title": "y"} if method != "GET" else None)
                assert answer.outcome == (403, "FORBIDDEN")
    assert (await house.call("GET", "/tasks", by=ben)).json == []
    assert (await house.call("GET", "/tasks")).outcome == (401, "NO_TOKEN")


@pytest.mark.parametrize("query", ["state=decided", "state=never", "take=x"])
async def test_lists_take_what_there_is(house: House, ana: tuple[str, User], room: RoomId, query: str) -> None:
    for path in ("/tasks", f"/rooms/{room}/tasks"):
        assert (await house.call("GET", f"{path}?{query}", by=ana[0])).outcome == (400, "VALIDATION_FAILED")
    assert (await house.call("GET", f"/rooms/none/tasks/{UUID(int=1)}", by=ana[0])).outcome == (
        400,
        "VALIDATION_FAILED",
    )
    assert (await house.call("GET", f"/rooms/{room}/tasks/none", by=ana[0])).outcome == (400, "VALIDATION_FAILED")
