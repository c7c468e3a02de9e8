"""Rooms as their members live in them: joining, leaving, renaming, deleting, and being cut off."""

import pytest

from tests.end_to_end.client import UNKNOWN_ID, Person, Socket
from tests.end_to_end.conftest import OpenServer, Server


async def test_joining_answers_the_newest_seq(ana: Person, room: str) -> None:
    async with await ana.connect() as socket:
        assert (await socket.join(room)).payload == {"roomId": room, "seq": 0}
        await socket.send(room, "하나")
        await socket.send(room, "둘")
        assert (await socket.join(room))["seq"] == 2
    async with await ana.connect() as again:
        assert (await again.join(room))["seq"] == 2
        assert again.types == ["room.joined"]


async def test_joining_as_no_member_is_refused_whether_or_not_the_room_is_there(cho: Person, room: str) -> None:
    async with await cho.connect() as socket:
        for room_id in (room, UNKNOWN_ID):
            for since in ({}, {"sinceSeq": 0}, {"sinceSeq": 99}):
                await socket.say("room.join", roomId=room_id, **since)
                assert await socket.refused(roomId=room_id) == "FORBIDDEN"
        assert set(socket.types) == {"error"}


async def test_anything_sent_to_a_room_subscribes_to_it(ana: Person, ben: Person, room: str) -> None:
    async with await ana.connect(room) as anas:
        said = (await anas.send(room, "first", "one"))["id"]
        for type_, fields in (
            ("message.send", {"content": "hello"}),
            ("message.edit", {"messageId": said, "content": "mine"}),
            ("message.delete", {"messageId": said}),
            ("room.rename", {"title": "Other"}),
            ("rtc.hangup", {}),
            ("jarvis.request", {"prompt": "?", "isPersonal": True}),
        ):
            async with await ben.connect() as bens:
                await bens.say(type_, roomId=room, **fields)
                await bens.settled()
                said_now = await anas.send(room, f"after {type_}")
                assert await bens.expect("message.new", id=said_now["id"]) == said_now, type_
                assert bens.told("room.joined") == []


async def test_who_leaves_is_told_on_all_sockets_and_hears_no_more(ana: Person, ben: Person, room: str) -> None:
    async with await ana.connect(room) as anas, await ben.connect(room) as first, await ben.connect(room) as second:
        elsewhere = await ben.connect()
        await first.say("room.leave", roomId=room)
        for socket in (first, second, elsewhere):
            assert (await socket.expect("room.left")).payload == {"roomId": room}
        removed = await anas.expect("room.member.removed")
        assert removed.payload == {"roomId": room, "userId": ben.id, "userName": "Ben"}
        await anas.send(room, "behind his back", "one")
        for socket in (first, second, elsewhere):
            await socket.settled()
            assert socket.told("message.new") == socket.told("room.member.removed") == []
            await socket.say("message.send", roomId=room, content="still here?", clientTempId="ghost")
            assert await socket.refused(clientTempId="ghost") == "FORBIDDEN"
        await elsewhere.close()
    assert await ben.get("/rooms") == []
    assert [member["id"] for member in await ana.get(f"/rooms/{room}/members")] == [ana.id]


async def test_who_leaves_has_heard_all_that_came_before(ana: Person, ben: Person, room: str) -> None:
    async with await ben.connect(room) as bens:
        for number in range(20):
            await bens.say("message.send", roomId=room, content=str(number))
        await bens.say("room.leave", roomId=room)
        await bens.expect("room.left")
        assert bens.seqs(room) == list(range(1, 21))
        assert bens.types[-1] == "room.left"


async def test_who_comes_back_hears_again_and_is_shown_what_was_missed(ana: Person, ben: Person, room: str) -> None:
    async with await ana.connect(room) as anas, await ben.connect(room) as bens:
        await bens.say("room.leave", roomId=room)
        await bens.expect("room.left")
        await anas.send(room, "without Ben", "one")
        await ana.invite(room, ben)
        assert (await bens.expect("room.added"))["room"]["id"] == room
        await bens.join(room, since=0)
        assert [event.type for _, event in bens.log[room]] == [
            "room.member.removed",
            "message.new",
            "room.member.added",
        ]
        await anas.send(room, "with Ben", "two")
        await bens.expect("message.new", content="with Ben")


async def test_the_owner_cannot_leave_others_behind(ana: Person, ben: Person, room: str) -> None:
    async with await ana.connect(room) as anas, await ben.connect(room) as bens:
        await anas.say("room.leave", roomId=room)
        assert await anas.refused(roomId=room) == "OWNER_CANNOT_LEAVE"
        await anas.send(room, "still here", "one")
        await bens.expect("message.new")
        assert bens.types == ["room.joined", "message.new"]


async def test_the_last_one_out_deletes_the_room(ana: Person) -> None:
    room = await ana.open_room()
    async with await ana.connect(room) as socket, await ana.connect() as elsewhere:
        await socket.send(room, "alone", "one")
        await socket.say("room.leave", roomId=room)
        await socket.expect("room.left")
        await elsewhere.expect("room.left")
        for other in (socket, elsewhere):
            await other.say("room.join", roomId=room)
            assert await other.refused() == "FORBIDDEN"
            assert other.told("room.deleted") == []
    assert await ana.get("/rooms") == []
    assert (await ana.call("GET", f"/rooms/{room}/messages")).status == 403


@pytest.mark.parametrize(
    ("type_", "fields"), [("room.leave", {}), ("room.rename", {"title": "X"}), ("room.delete", {})]
)
async def test_a_room_is_closed_to_who_is_no_member(
    ana: Person, cho: Person, room: str, type_: str, fields: dict[str, object]
) -> None:
    async with await cho.connect() as chos, await ana.connect(room) as anas:
        for room_id in (room, UNKNOWN_ID):
            await chos.say(type_, roomId=room_id, **fields)
            assert await chos.refused(roomId=room_id) == "FORBIDDEN"
        await anas.join(room)
        assert anas.seqs(room) == []


async def test_only_the_owner_renames_and_deletes(ana: Person, ben: Person, room: str) -> None:
    async with await ben.connect(room) as bens:
        await bens.say("room.rename", roomId=room, title="Ben's")
        assert await bens.refused(roomId=room) == "OWNER_ONLY"
        await bens.say("room.delete", roomId=room)
        assert await bens.refused(roomId=room) == "OWNER_ONLY"
        await bens.join(room)
        assert bens.seqs(room) == []
    assert [found["title"] for found in await ana.get("/rooms")] == ["Room"]


async def told_once(sockets: list[Socket], type_: str, room: str) -> None:
    for socket in sockets:
        await socket.expect(type_, roomId=room)
        await socket.settled()
        await socket.settled()
        assert len(socket.told(type_)) == 1


async def test_a_new_title_reaches_every_member_once_joined_or_not(
    ana: Person, ben: Person, cho: Person, room: str
) -> None:
    sockets = [await ana.connect(room), await ana.connect(), await ben.connect(room), await ben.connect()]
    async with await cho.connect() as chos:
        await sockets[0].say("room.rename", roomId=room, title="  새 이름 ")
        await told_once(sockets, "room.updated", room)
        for socket in sockets:
            [event] = socket.told("room.updated")
            assert (event["title"], event.seq) == ("새 이름", 1)
            await socket.close()
        await chos.settled()
        assert chos.types == []
    assert [found["title"] for found in await ben.get("/rooms")] == ["새 이름"]


async def test_a_deleted_room_is_told_to_every_member_once_and_is_gone(
    ana: Person, ben: Person, cho: Person, room: str
) -> None:
    sockets = [await ana.connect(room), await ana.connect(), await ben.connect(room), await ben.connect()]
    async with await cho.connect() as chos:
        await sockets[0].send(room, "soon gone", "one")
        await sockets[1].say("room.delete", roomId=room)
        await told_once(sockets, "room.deleted", room)
        await chos.settled()
        assert chos.types == []
    for socket in sockets:
        await socket.say("room.join", roomId=room)
        assert await socket.refused() == "FORBIDDEN"
        await socket.say("message.send", roomId=room, content="echo", clientTempId="echo")
        assert await socket.refused(clientTempId="echo") == "FORBIDDEN"
        await socket.close()
    assert await ana.get("/rooms") == await ben.get("/rooms") == []
    assert (await ana.call("GET", f"/rooms/{room}/messages")).status == 403


@pytest.mark.parametrize("title", ["", "  \n ", "x" * 21, "nul\x00"])
async def test_a_title_that_cannot_be_is_refused(open_server: OpenServer, title: str) -> None:
    server = await open_server(JARVIS_TITLE_LENGTH=20)
    ana = await server.person("Ana")
    room = await ana.open_room()
    async with await ana.connect(room) as socket:
        await socket.say("room.rename", roomId=room, title=title)
        assert await socket.refused(roomId=room) == "BAD_MESSAGE"
        await socket.say("room.rename", roomId=room, title=" " + "y" * 20 + " ")
        assert (await socket.expect("room.updated"))["title"] == "y" * 20
        assert socket.seqs(room) == [1]


async def test_somebody_who_leaves_elsewhere_is_cut_off_amid_a_burst(
    server: Server, ana: Person, ben: Person, room: str
) -> None:
    """Once the others know that somebody is out, nothing of what they say then reaches them."""
    async with await ana.connect(room) as anas, await ben.connect(room) as listening, await ben.connect() as leaving:
        for number in range(30):
            await anas.say("message.send", roomId=room, content=str(number))
            if number == 15:
                await leaving.say("room.leave", roomId=room)
        removed = await anas.expect("room.member.removed")
        assert removed.seq is not None
        await anas.send(room, "last", "last")
        await listening.expect("room.left")
        await listening.settled()
        assert listening.seqs(room) == list(range(1, removed.seq))
        assert anas.seqs(room) == list(range(1, 33))
