"""Roles, taking members out, and direct rooms, over the socket and by REST."""

import asyncio
from pathlib import Path

import aiohttp
import pytest

from tests.end_to_end import replica
from tests.end_to_end.client import UNKNOWN_ID, Person
from tests.end_to_end.houses import over_postgres


async def role_of(person: Person, room: str, asker: Person) -> str:
    members = {member["id"]: member["role"] for member in await asker.get(f"/rooms/{room}/members")}
    return str(members[person.id])


async def test_a_role_is_told_to_the_room_and_lasts(ana: Person, ben: Person, room: str) -> None:
    async with await ana.connect(room) as anas, await ben.connect(room) as bens:
        await anas.say("room.member.update", roomId=room, userId=ben.id, role="admin")
        expected = {"roomId": room, "userId": ben.id, "userName": "Ben", "role": "admin"}
        for socket in (anas, bens):
            told = await socket.expect("room.member.updated")
            assert (told.payload, told.seq) == (expected, 1)
        await bens.say("room.rename", roomId=room, title="Ben's")
        await anas.expect("room.updated", title="Ben's")
        path = f"/rooms/{room}/members/{ben.id}"
        answer = await ana.call("PATCH", path, {"role": "member"})
        assert answer.body == {"ok": True, "userId": ben.id, "role": "member"}
        await bens.expect("room.member.updated", role="member")
        await bens.say("room.rename", roomId=room, title="Again")
        assert await bens.refused(roomId=room) == "OWNER_ONLY"
    async with await ana.connect() as again:
        await again.join(room, since=0)
        assert [event.type for _, event in again.log[room]] == [
            "room.member.updated",
            "room.updated",
            "room.member.updated",
        ]


async def test_a_room_is_handed_over(ana: Person, ben: Person, room: str) -> None:
    async with await ana.connect(room) as anas, await ben.connect(room) as bens:
        assert (await ana.call("PATCH", f"/rooms/{room}/members/{ben.id}", {"role": "owner"})).status == 200
        for person, role in ((ben, "owner"), (ana, "admin")):
            assert (await anas.expect("room.member.updated", userId=person.id))["role"] == role
        await bens.say("room.leave", roomId=room)
        assert await bens.refused(roomId=room) == "OWNER_CANNOT_LEAVE"
        await anas.say("room.delete", roomId=room)
        assert await anas.refused(roomId=room) == "OWNER_ONLY"
        await anas.say("room.leave", roomId=room)
        await anas.expect("room.left")
        assert await role_of(ben, room, ben) == "owner"


async def test_who_is_taken_out_is_told_and_hears_no_more(ana: Person, ben: Person, cho: Person, room: str) -> None:
    await ana.invite(room, cho)
    async with await ana.connect(room) as anas, await ben.connect(room) as bens, await cho.connect() as chos:
        for other in (ana, cho):
            refused = await ben.call("DELETE", f"/rooms/{room}/members/{other.id}")
            assert (refused.status, refused.error) == (403, "ADMIN_ONLY")
        await anas.say("room.member.remove", roomId=room, userId=cho.id)
        for socket in (anas, bens):
            removed = await socket.expect("room.member.removed")
            assert removed.payload == {"roomId": room, "userId": cho.id, "userName": "Cho"}
        assert (await chos.expect("room.left")).payload == {"roomId": room}
        answer = await ana.call("DELETE", f"/rooms/{room}/members/{ben.id}")
        assert (answer.status, answer.body) == (200, {"ok": True})
        await bens.expect("room.left")
        await anas.expect("room.member.removed", userId=ben.id)
        await anas.send(room, "alone", "alone")
        await bens.settled()
        assert bens.told("message.new") == []
        await bens.say("message.send", roomId=room, content="still here?", clientTempId="ghost")
        assert await bens.refused(clientTempId="ghost") == "FORBIDDEN"
        again = await ana.call("DELETE", f"/rooms/{room}/members/{ben.id}")
        assert (again.status, again.error) == (404, "NOT_FOUND")
        gone = await ana.call("DELETE", f"/rooms/{room}/members/{ana.id}")
        assert gone.status == 200, "removing oneself is leaving"
        await anas.expect("room.left")
    assert await ana.get("/rooms") == []


@pytest.mark.parametrize("role", ["king", "", None, 1])
async def test_a_role_that_is_none_is_refused(ana: Person, ben: Person, room: str, role: object) -> None:
    refused = await ana.call("PATCH", f"/rooms/{room}/members/{ben.id}", {"role": role})
    assert (refused.status, refused.error) == (400, "VALIDATION_FAILED")
    async with await ana.connect(room) as anas:
        await anas.say("room.member.update", roomId=room, userId=ben.id, role=role)
        assert await anas.refused() == "BAD_MESSAGE"
    assert await role_of(ben, room, ana) == "member"


async def test_who_is_no_member_is_told_nothing_of_the_members(cho: Person, ben: Person, room: str) -> None:
    async with await cho.connect() as chos:
        for where in (room, UNKNOWN_ID):
            for method, body in (("PATCH", {"role": "admin"}), ("DELETE", None)):
                refused = await cho.call(method, f"/rooms/{where}/members/{ben.id}", body)
                assert (refused.status, refused.error) == (403, "FORBIDDEN")
            await chos.say("room.member.update", roomId=where, userId=ben.id, role="admin")
            assert await chos.refused(roomId=where) == "FORBIDDEN"
            await chos.say("room.member.remove", roomId=where, userId=ben.id)
            assert await chos.refused(roomId=where) == "FORBIDDEN"


async def direct(person: Person, *others: Person) -> dict[str, object]:
    room: dict[str, object] = await person.post(
        "/rooms", {"type": "direct", "title": "ignored", "memberUserIds": [other.id for other in others]}
    )
    return room


async def test_a_direct_room_is_one_and_bears_the_other_ones_name(ana: Person, ben: Person, cho: Person) -> None:
    async with await ben.connect() as bens:
        room = await direct(ana, ben)
        told = (await bens.expect("room.added"))["room"]
        assert (room["title"], told["title"], told["id"], told["type"]) == ("Ben", "Ana", room["id"], "direct")
        assert (await direct(ben, ana))["id"] == (await direct(ana, ben))["id"] == room["id"]
        await bens.settled()
        assert len(bens.told("room.added")) == 1
    assert [one["title"] for one in await ana.get("/rooms")] == ["Ben"]
    assert [one["title"] for one in await ben.get("/rooms")] == ["Ana"]
    refused = await ana.call("POST", f"/rooms/{room['id']}/members", {"userIds": [cho.id]})
    assert (refused.status, refused.error) == (409, "DIRECT_ROOM")
    refused = await ana.call("PATCH", f"/rooms/{room['id']}", {"title": "Ours"})
    assert (refused.status, refused.error) == (409, "DIRECT_ROOM")
    refused = await ana.call("POST", "/rooms", {"type": "direct", "memberUserIds": [ben.id, cho.id]})
    assert (refused.status, refused.error) == (400, "VALIDATION_FAILED")


async def test_who_left_a_direct_room_is_back_when_the_other_asks(ana: Person, ben: Person) -> None:
    room = str((await direct(ana, ben))["id"])
    async with await ana.connect(room) as anas, await ben.connect(room) as bens:
        await anas.send(room, "kept", "kept")
        await bens.say("room.leave", roomId=room)
        await bens.expect("room.left")
        assert (await direct(ana, ben))["id"] == room
        assert (await bens.expect("room.added"))["room"]["unreadCount"] == 0
        await anas.expect("room.member.added", userId=ben.id)
    assert [message["content"] for message in await ben.history(room)] == ["kept"]


async def test_two_servers_asked_at_once_open_one_direct_room(tmp_path: Path, postgres_dsn: str) -> None:
    async with over_postgres(tmp_path, postgres_dsn) as house, aiohttp.ClientSession() as session:
        for number in range(5):
            pair = [
                await replica.Person.sign_in(session, house.urls[0], f"{name}{number}@local") for name in ("a", "b")
            ]
            answers = await asyncio.gather(
                *(
                    pair[place % 2].call(
                        "POST",
                        "/rooms",
                        {"type": "direct", "memberUserIds": [pair[1 - place % 2].id]},
                        house.urls[place // 2 % 2],
                    )
                    for place in range(12)
                )
            )
            assert {status for status, _ in answers} == {200}
            assert len({room["id"] for _, room in answers}) == 1
            assert {room["membersCount"] for _, room in answers} == {2}
