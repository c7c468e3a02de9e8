"""Bots over REST: what their owners do with them, and what they may do themselves."""

from typing import Any
from uuid import UUID

import pytest

from adapters.http.app import OPEN_PATHS
from adapters.http.bot_rights import ROUTES
from domain.ids import UserId
from domain.users import Right
from tests.adapters.http.house import House

ALL = ["read", "write", "ask"]
NOT_ALLOWED = (403, "BOT_NOT_ALLOWED")


async def a_bot(house: House, owner: str, *rights: str, name: str = "CI") -> Any:
    answer = await house.call("POST", "/bots", by=owner, json={"name": name, "rights": list(rights)})
    assert answer.status == 200, answer
    return answer.json


def questions(house: House, asker: str) -> int:
    return sum(str(kept.request.asker_id) == asker for kept in house.store.requests.values())


def test_every_call_that_asks_for_a_token_has_a_row(house: House) -> None:
    calls = {
        f"{route.method} {route.resource.canonical}"
        for route in house.client.app.router.routes()
        if route.resource is not None and route.method != "HEAD" and route.resource.canonical not in OPEN_PATHS
    }
    assert set(ROUTES) == calls, "say what right a bot needs for it, in adapters/http/bot_rights.py"


@pytest.mark.parametrize("right", list(Right))
async def test_a_bot_is_let_through_by_the_table_alone(house: House, right: Right) -> None:
    owner, _ = await house.person("owner")
    token = (await a_bot(house, owner, right.value))["token"]
    let_through = set()
    for call in ROUTES:
        method, path = call.split(" ")
        address = "/".join("1" if part.startswith("{") else part for part in path.split("/"))
        answer = await house.call(method, address, by=token)
        if answer.status != 403 or answer.outcome != NOT_ALLOWED:
            let_through.add(call)
    assert let_through == {call for call, needed in ROUTES.items() if needed is right}


async def test_a_call_that_nobody_has_thought_of_is_not_a_bots(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    owner, _ = await house.person("owner")
    token = (await a_bot(house, owner, *ALL))["token"]
    monkeypatch.setattr("adapters.http.bot_rights.ROUTES", {})
    assert (await house.call("GET", "/rooms", by=token)).outcome == NOT_ALLOWED
    assert (await house.call("GET", "/rooms", by=owner)).status == 200


async def test_asking_for_the_head_alone_is_reading(house: House) -> None:
    owner, _ = await house.person("owner")
    for rights, status in ((["read"], 200), (["write", "ask"], 403)):
        token = (await a_bot(house, owner, *rights))["token"]
        async with house.client.head("/rooms", headers={"Authorization": f"Bearer {token}"}) as response:
            assert response.status == status


async def test_a_bot_is_made_listed_changed_renewed_and_revoked(house: House) -> None:
    owner, person = await house.person("owner")
    made = await a_bot(house, owner, "write", "read", name=" Build  bot ")
    token = made.pop("token")
    assert made == {
        "id": made["id"],
        "name": "Build bot",
        "rights": ["read", "write"],
        "createdAt": "2020-01-02T03:04:05.678Z",
        "expiresAt": "2119-12-09T03:04:05.000Z",
    }
    me = (await house.call("GET", "/auth/me", by=token)).json
    assert (me["id"], me["name"]) == (made["id"], "Build bot")
    room_id = await house.room(person)
    for _ in range(2):
        assert (await house.call("PUT", f"/bots/{made['id']}/rooms/{room_id}", by=owner)).json == {"ok": True}
    assert (await house.call("GET", "/bots", by=owner)).json == [{**made, "roomIds": [str(room_id)]}]
    members = (await house.call("GET", f"/rooms/{room_id}/members", by=token)).json
    assert [(member["name"], member["isBot"]) for member in members] == [("owner", False), ("Build bot", True)]
    assert [each["name"] for each in (await house.call("GET", "/users?includeMe=1", by=owner)).json] == ["owner"]

    changed = await house.call("PATCH", f"/bots/{made['id']}", by=owner, json={"rights": ["ask"]})
    assert changed.json == {**made, "rights": ["ask"], "roomIds": [str(room_id)]}
    assert (await house.call("GET", "/auth/me", by=token)).outcome == NOT_ALLOWED
    await house.call("PATCH", f"/bots/{made['id']}", by=owner, json={"rights": ALL})

    renewed = (await house.call("POST", f"/bots/{made['id']}/token", by=owner)).json
    assert (await house.call("GET", "/auth/me", by=token)).outcome == (401, "INVALID_TOKEN")
    assert (await house.call("GET", "/auth/me", by=renewed["token"])).status == 200

    for _ in range(2):
        assert (await house.call("DELETE", f"/bots/{made['id']}/rooms/{room_id}", by=owner)).json == {"ok": True}
    assert (await house.call("GET", f"/rooms/{room_id}", by=renewed["token"])).outcome == (403, "FORBIDDEN")
    for _ in range(2):
        assert (await house.call("DELETE", f"/bots/{made['id']}", by=owner)).json == {"ok": True}
    assert (await house.call("GET", "/auth/me", by=renewed["token"])).outcome == (401, "INVALID_TOKEN")
    assert (await house.call("GET", "/bots", by=owner)).json == []


async def test_of_anothers_bot_nothing_is_said(house: House) -> None:
    owner, _ = await house.person("owner")
    other, person = await house.person("other")
    room_id = await house.room(person)
    bot = (await a_bot(house, owner, *ALL))["id"]
    before = house.kept()
    for id_ in (bot, "00000000-0000-7000-8000-00000000ffff", str(person.id)):
        for method, path, body in (
            ("PATCH", "", {"rights": ["read"]}),
            ("DELETE", "", None),
            ("POST", "/token", None),
            ("PUT", f"/rooms/{room_id}", None),
            ("DELETE", f"/rooms/{room_id}", None),
        ):
            answer = await house.call(method, f"/bots/{id_}{path}", by=other, json=body)
            assert answer.outcome == (404, "NOT_FOUND"), (method, path)
    assert house.kept() == before


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"name": "x"},
        {"rights": ["read"]},
        {"name": "", "rights": ["read"]},
        {"name": "Jarvis", "rights": ["read"]},
        {"name": "x", "rights": []},
        {"name": "x", "rights": ["read", "delete"]},
        {"name": "x", "rights": "read"},
        {"name": 7, "rights": ["read"]},
        {"name": "x", "rights": None},
    ],
)
async def test_what_is_no_bot_changes_nothing(house: House, body: object) -> None:
    owner, _ = await house.person("owner")
    before = house.kept()
    assert (await house.call("POST", "/bots", by=owner, json=body)).outcome == (400, "VALIDATION_FAILED")
    assert house.kept() == before


async def test_a_message_that_calls_jarvis_is_sent_and_asks_only_by_right(house: House) -> None:
    owner, person = await house.person("owner")
    room_id = await house.room(person)
    for rights, asked in ((["write"], 0), (["write", "ask"], 1)):
        bot = await a_bot(house, owner, *rights)
        await house.call("PUT", f"/bots/{bot['id']}/rooms/{room_id}", by=owner)
        sent = await house.call(
            "POST", f"/rooms/{room_id}/messages", by=bot["token"], json={"content": "자비스야 몇 시야?"}
        )
        assert (sent.status, sent.json["senderUserId"]) == (200, bot["id"])
        assert questions(house, bot["id"]) == asked


async def test_jarvis_talks_with_a_bot_but_does_nothing_as_one(house: House) -> None:
    owner, person = await house.person("owner")
    room_id = await house.room(person)
    bot = await a_bot(house, owner, "ask")
    await house.call("PUT", f"/bots/{bot['id']}/rooms/{room_id}", by=owner)
    path, body = f"/rooms/{room_id}/jarvis", {"prompt": "Open a room for me."}
    refused = await house.call("POST", path, by=bot["token"], json={**body, "mode": "action"})
    assert refused.outcome == NOT_ALLOWED
    assert questions(house, bot["id"]) == 0
    assert (await house.call("POST", path, by=bot["token"], json={**body, "mode": "chat"})).json["accepted"] is True
    assert questions(house, bot["id"]) == 1


async def test_no_other_way_in_is_a_bots(house: House) -> None:
    owner, _ = await house.person("owner")
    bot = await a_bot(house, owner, *ALL)
    async with house.work() as work:
        user = await work.users.find(UserId(UUID(bot["id"])))
    assert user is not None
    assert (await house.call("POST", "/auth/dev", json={"email": user.email})).outcome == (403, "ACCOUNT_DISABLED")
    assert (await house.call("GET", "/auth/me", by=house.tokens.issue(user))).outcome == (401, "INVALID_TOKEN")
