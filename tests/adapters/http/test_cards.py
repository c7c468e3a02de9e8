"""Idea cards over HTTP."""

from typing import Any

import pytest

from adapters.http.keys import IDEAS
from tests.adapters.http.house import House, actor

NOTHING = "019c0000-0000-7000-8000-000000000000"
EMPTY = {"problem": "", "proposal": "", "impact": "", "constraints": "", "owners": [], "evidence": []}


async def test_a_card_as_it_is_on_the_wire(house: House) -> None:
    ana, user = await house.person("ana")
    room = await house.room(user)
    content = {"problem": "느리다", "owners": ["Ana"], "impact": None, "more": 1}
    graph = {"issues": ["지연"], "systems": None}
    body = {"title": "결제", "content": content, "graph": graph, "sourceMessageId": "stream:1", "kind": "weekly_ai"}
    made = await house.call("POST", f"/rooms/{room}/cards", by=ana, json=body)
    assert made.status == 200
    assert made.json == {
        "id": made.json["id"],
        "roomId": str(room),
        "createdBy": str(user.id),
        "sourceMessageId": None,
        "kind": "manual",
        "weekStart": None,
        "title": "결제",
        "content": {**EMPTY, "problem": "느리다", "owners": ["Ana"]},
        "graph": {"issues": ["지연"], "systems": [], "decisions": []},
        "createdAt": "2020-01-02T03:04:05.678Z",
        "updatedAt": "2020-01-02T03:04:05.678Z",
    }
    assert (await house.call("GET", f"/rooms/{room}/cards", by=ana)).json == [made.json]


async def test_a_card_of_a_message(house: House) -> None:
    ana, user = await house.person("ana")
    room = await house.room(user)
    text = "아주 긴 이야기입니다 " * 10
    said = await house.say(user, room, text)
    answers = [
        await house.call("POST", f"/rooms/{room}/cards", by=ana, json={"sourceMessageId": str(said), **more})
        for more in ({}, {"title": "other"}, {"title": None, "content": None, "graph": None})
    ]
    first = answers[0].json
    assert first["title"] == text[:60] + "…"
    assert first["content"] == {**EMPTY, "problem": text.strip(), "evidence": [f"message:{said}"]}
    assert (first["sourceMessageId"], first["graph"]) == (str(said), None)
    assert all((answer.status, answer.json) == (200, first) for answer in answers)


async def test_it_is_changed_and_removed(house: House) -> None:
    ana, user = await house.person("ana")
    room = await house.room(user)
    made = (await house.call("POST", f"/rooms/{room}/cards", by=ana, json={"content": {"proposal": "캐시"}})).json
    assert made["title"] == "캐시"
    path = f"/rooms/{room}/cards/{made['id']}"
    house.clock.advance(1)
    changed = await house.call("PATCH", path, by=ana, json={"title": "새 제목"})
    assert changed.json == {**made, "title": "새 제목", "updatedAt": "2020-01-02T03:04:06.678Z"}
    removed = await house.call("DELETE", path, by=ana)
    assert (removed.status, removed.json) == (200, {"ok": True})
    assert (await house.call("DELETE", path, by=ana)).outcome == (404, "NOT_FOUND")
    assert (await house.call("GET", f"/rooms/{room}/cards", by=ana)).json == []


async def test_so_many_are_listed_as_are_asked_for(house: House) -> None:
    ana, user = await house.person("ana")
    room = await house.room(user)
    for number in range(82):
        await house.call("POST", f"/rooms/{room}/cards", by=ana, json={"title": str(number)})
    for query, count in (("", 80), ("?take=2", 2), ("?take=999", 82), ("?take=-1", 1)):
        listed = (await house.call("GET", f"/rooms/{room}/cards{query}", by=ana)).json
        assert len(listed) == count
        assert listed[0]["title"] == "81"
    assert (await house.call("GET", f"/rooms/{room}/cards?take=x", by=ana)).outcome == (400, "VALIDATION_FAILED")


@pytest.mark.parametrize(
    ("body", "outcome"),
    [
        ({}, (400, "VALIDATION_FAILED")),
        (None, (400, "VALIDATION_FAILED")),
        ([], (400, "VALIDATION_FAILED")),
        ({"title": 7}, (400, "VALIDATION_FAILED")),
        ({"title": "x" * 101}, (400, "VALIDATION_FAILED")),
        ({"title": "a\x00b"}, (400, "VALIDATION_FAILED")),
        ({"title": "t", "content": {"problem": "가" * 400}}, (400, "VALIDATION_FAILED")),
        ({"title": "t", "content": {"owners": "Ana"}}, (400, "VALIDATION_FAILED")),
        ({"title": "t", "content": []}, (400, "VALIDATION_FAILED")),
        ({"title": "t", "graph": {"issues": [1]}}, (400, "VALIDATION_FAILED")),
        ({"sourceMessageId": "stream:abc"}, (400, "VALIDATION_FAILED")),
        ({"sourceMessageId": NOTHING}, (400, "BAD_SOURCE_MESSAGE")),
        ({"sourceMessageId": "local:1", "title": "t"}, (400, "BAD_SOURCE_MESSAGE")),
        ({"sourceMessageId": 5}, (400, "VALIDATION_FAILED")),
    ],
)
async def test_what_is_refused_changes_nothing(house: House, body: Any, outcome: tuple[int, str]) -> None:
    ana, user = await house.person("ana")
    room = await house.room(user)
    before = house.kept()
    assert (await house.call("POST", f"/rooms/{room}/cards", by=ana, json=body)).outcome == outcome
    assert house.kept() == before
    assert (await house.call("GET", f"/rooms/{room}/cards", by=ana)).json == []


async def test_cards_are_for_members(house: House) -> None:
    ana, user = await house.person("ana")
    ben, other = await house.person("ben")
    room = await house.room(user)
    card = (await house.call("POST", f"/rooms/{room}/cards", by=ana, json={"title": "t"})).json["id"]
    for path in (f"/rooms/{room}/cards", f"/rooms/{NOTHING}/cards"):
        assert (await house.call("GET", path, by=ben)).outcome == (403, "FORBIDDEN")
        assert (await house.call("POST", path, by=ben, json={"title": "t"})).outcome == (403, "FORBIDDEN")
        for method in ("PATCH", "DELETE"):
            refused = await house.call(method, f"{path}/{card}", by=ben, json={})
            assert refused.outcome == (403, "FORBIDDEN")
    await house.rooms.invite(actor(user), room, [other.id])
    assert (await house.call("DELETE", f"/rooms/{room}/cards/{card}", by=ben)).outcome == (403, "FORBIDDEN")
    assert (await house.call("DELETE", f"/rooms/{room}/cards/x", by=ana)).outcome == (400, "VALIDATION_FAILED")
    assert (await house.call("GET", f"/rooms/{room}/cards")).outcome == (401, "NO_TOKEN")


async def test_cards_of_a_week_are_made_by_a_worker(house: House) -> None:
    ana, user = await house.person("ana")
    room = await house.room(user)
    headers = {"Prefer": "return=minimal, respond-async"}
    path = f"/rooms/{room}/cards/generate-weekly"
    answer = await house.call("POST", path, by=ana, json={"weekStart": "2020-01-05"}, headers=headers)
    assert (answer.status, answer.json["ok"]) == (202, True)
    assert answer.headers["Location"] == f"/jobs/{answer.json['jobId']}"
    job = await house.call("GET", answer.headers["Location"], by=ana)
    assert (job.json["kind"], job.json["status"], job.json["roomId"]) == ("weekly-ideas", "queued", str(room))
    [kept] = house.store.jobs.values()
    assert kept.job.payload == {"week": "2019-12-30"}


@pytest.mark.parametrize(
    ("named", "outcome"),
    [
        ("soon", (400, "BAD_WEEK_START")),
        ("2026-02-30", (400, "BAD_WEEK_START")),
        (20260216, (400, "BAD_WEEK_START")),
        (["2026-02-16"], (400, "BAD_WEEK_START")),
        (True, (400, "BAD_WEEK_START")),
    ],
)
async def test_what_is_no_week_is_refused_with_a_code_of_its_own(
    house: House, named: object, outcome: tuple[int, str]
) -> None:
    ana, user = await house.person("ana")
    room = await house.room(user)
    path = f"/rooms/{room}/cards/generate-weekly"
    assert (await house.call("POST", path, by=ana, json={"weekStart": named})).outcome == outcome
    assert len(house.store.jobs) == 0
    if isinstance(named, str):
        for graph in (f"/rooms/{room}/graph?weekStart={named}", f"/graph?weekStart={named}"):
            assert (await house.call("GET", graph, by=ana)).outcome == outcome


async def test_where_there_is_no_model_that_is_said_after_what_was_asked_is_checked(house: House) -> None:
    ana, user = await house.person("ana")
    ben, _ = await house.person("ben")
    room = await house.room(user)
    house.client.app[IDEAS]._model = None
    path = f"/rooms/{room}/cards/generate-weekly"
    assert (await house.call("POST", path, by=ana, json={"weekStart": "x"})).outcome == (400, "BAD_WEEK_START")
    assert (await house.call("POST", path, by=ben, json={})).outcome == (403, "FORBIDDEN")
    assert (await house.call("POST", path, by=ana, json={})).outcome == (501, "OPENAI_NOT_CONFIGURED")


async def test_a_graph_as_it_is_on_the_wire(house: House) -> None:
    ana, user = await house.person("ana")
    ben, _ = await house.person("ben")
    room = await house.room(user, title="결제")
    said = await house.say(user, room, "결제가 느려요")
    body = {"sourceMessageId": str(said), "graph": {"issues": ["지연"]}, "title": "느린 결제"}
    card = (await house.call("POST", f"/rooms/{room}/cards", by=ana, json=body)).json["id"]
    graph = (await house.call("GET", f"/rooms/{room}/graph", by=ana)).json
    assert graph == {
        "roomId": str(room),
        "weekStart": None,
        "nodes": [
            {"id": f"room:{room}", "label": "결제", "type": "room", "weight": 1},
            {"id": f"card:{card}", "label": "느린 결제", "type": "card", "weight": 1},
            {"id": "issue:지연", "label": "지연", "type": "issue", "weight": 1},
        ],
        "edges": [
            {"id": f"{kind}|{source}|{target}", "source": source, "target": target, "type": kind, "weight": 1}
            for kind, source, target in (
                ("has", f"room:{room}", f"card:{card}"),
                ("rel", f"room:{room}", "issue:지연"),
                ("tag", f"card:{card}", "issue:지연"),
            )
        ],
    }
    week = (await house.call("GET", f"/rooms/{room}/graph?weekStart=2026-02-22", by=ana)).json
    assert (week["weekStart"], week["nodes"]) == ("2026-02-16T00:00:00.000Z", graph["nodes"])
    whole = (await house.call("GET", "/graph", by=ana)).json
    issue = whole["nodes"][-1]
    assert (issue["id"], issue["roomIds"], issue["evidence"]) == ("issue:지연", [str(room)], [str(said)])
    assert (await house.call("GET", f"/rooms/{room}/graph", by=ben)).outcome == (403, "FORBIDDEN")
    assert (await house.call("GET", "/graph", by=ben)).json == {"weekStart": None, "nodes": [], "edges": []}
