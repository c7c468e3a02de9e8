"""Reactions and pins over the socket: told to the room in the order of its log, and there when one comes back."""

from urllib.parse import quote

import pytest

from tests.end_to_end.client import UNKNOWN_ID, Person
from tests.end_to_end.conftest import OpenServer


def thumbs(*people: Person) -> list[dict[str, object]]:
    return [{"emoji": "👍", "count": len(people), "userIds": [person.id for person in people]}]


async def test_everybody_hears_who_reacted_and_the_message_shows_it(ana: Person, ben: Person, room: str) -> None:
    async with await ana.connect(room) as anas, await ben.connect(room) as bens:
        said = await anas.send(room, "점심?", "t1")
        await bens.say("reaction.add", roomId=room, messageId=said["id"], emoji="👍")
        told = await anas.expect("reaction.updated")
        assert told.payload == {"roomId": room, "messageId": said["id"], "reactions": thumbs(ben)}
        assert told.seq == 2
        await anas.say("reaction.add", roomId=room, messageId=said["id"], emoji="👍")
        await anas.say("reaction.add", roomId=room, messageId=said["id"], emoji="👍")
        await anas.settled()
        assert (await bens.expect("reaction.updated", reactions=thumbs(ben, ana))).seq == 3
        assert await ben.history(room) == [{**said.payload, "reactions": thumbs(ben, ana)}]
        await bens.say("reaction.remove", roomId=room, messageId=said["id"], emoji="👍")
        await anas.expect("reaction.updated", reactions=thumbs(ana))
        await anas.say("reaction.remove", roomId=room, messageId=said["id"], emoji="👍")
        await bens.expect("reaction.updated", reactions=[])
        assert await ben.history(room) == [said.payload]
        assert anas.seqs(room) == [1, 2, 3, 4, 5]


async def test_a_socket_and_rest_are_two_ways_to_the_same(ana: Person, ben: Person, room: str) -> None:
    async with await ana.connect(room) as socket:
        said = await socket.send(room, "both", "t1")
        path = f"/rooms/{room}/messages/{said['id']}/reactions"
        assert await ben.post(path, {"emoji": "👍"}) == {"ok": True, "reactions": thumbs(ben)}
        await socket.expect("reaction.updated", reactions=thumbs(ben))
        await ben.call("DELETE", f"{path}/{quote('👍')}")
        await socket.expect("reaction.updated", reactions=[])
        assert (await ben.post(f"/rooms/{room}/pins", {"messageId": said["id"]}))["pinnedByUserId"] == ben.id
        pinned = await socket.expect("pin.updated", messageId=said["id"], pinnedByUserId=ben.id)
        assert await ana.get(f"/rooms/{room}/pins") == [
            {**said.payload, "pinnedAt": pinned["pinnedAt"], "pinnedByUserId": ben.id}
        ]
        await socket.say("pin.remove", roomId=room, messageId=said["id"])
        await socket.expect("pin.updated", messageId=said["id"], pinnedAt=None, pinnedByUserId=None)
        assert await ben.get(f"/rooms/{room}/pins") == []
        await socket.say("pin.add", roomId=room, messageId=said["id"])
        await socket.expect("pin.updated", pinnedByUserId=ana.id)


async def test_who_comes_back_hears_what_is_now(ana: Person, ben: Person, room: str) -> None:
    async with await ana.connect(room) as anas:
        said, other = await anas.send(room, "one", "t1"), await anas.send(room, "two", "t2")
        for message in (said, other):
            await anas.say("reaction.add", roomId=room, messageId=message["id"], emoji="👍")
            await anas.say("pin.add", roomId=room, messageId=message["id"])
        await anas.say("message.delete", roomId=room, messageId=other["id"])
        await anas.settled()
        await anas.join(room)
        async with await ben.connect() as bens:
            await bens.join(room, since=2)
            assert [event.type for _, event in bens.log[room]] == ["reaction.updated", "pin.updated"] * 2 + [
                "message.deleted"
            ]
            kept, _, lost, unpinned, _ = (event for _, event in bens.log[room])
            assert (kept["reactions"], lost["reactions"], unpinned["pinnedAt"]) == (thumbs(ana), [], None)
        assert [message["id"] for message in await ben.get(f"/rooms/{room}/pins")] == [said["id"]]
        assert "reactions" not in (await ben.history(room))[1]


@pytest.mark.parametrize("type_", ["reaction.add", "reaction.remove", "pin.add", "pin.remove"])
async def test_refusals_come_to_who_asked_and_change_nothing(
    ana: Person, ben: Person, cho: Person, room: str, type_: str
) -> None:
    async with await ana.connect(room) as anas, await cho.connect() as chos:
        said, gone = await anas.send(room, "here", "t1"), await anas.send(room, "gone", "t2")
        await anas.say("message.delete", roomId=room, messageId=gone["id"])
        await anas.expect("message.deleted")
        fields = {"emoji": "👍"} if type_.startswith("reaction") else {}
        for message_id in (said["id"], UNKNOWN_ID):
            await chos.say(type_, roomId=room, messageId=message_id, **fields)
            assert await chos.refused() == "FORBIDDEN"
        await anas.say(type_, roomId=room, messageId=UNKNOWN_ID, **fields)
        assert await anas.refused() == "NOT_FOUND"
        for wrong in ({"messageId": "x"}, {}, {"messageId": None}):
            await anas.say(type_, roomId=room, **fields, **wrong)
            assert await anas.refused() == "BAD_MESSAGE"
        if fields:
            for text in ("ok", "", "👍👍", 1, None):
                await anas.say(type_, roomId=room, messageId=said["id"], emoji=text)
                assert await anas.refused() == "BAD_MESSAGE"
        await anas.say(type_, roomId=room, messageId=gone["id"], **fields)
        await anas.settled()
        assert ("ALREADY_DELETED" in anas.refusals) == type_.endswith(".add")
        assert anas.seqs(room) == [1, 2, 3]
    kept, deleted = await ben.history(room)
    assert kept == said.payload
    assert not {"reactions", "pinnedAt"} & set(deleted)


async def test_more_than_a_message_or_a_room_may_have_is_refused(open_server: OpenServer) -> None:
    server = await open_server()
    ana = await server.person("Ana")
    room = await ana.open_room()
    async with await ana.connect(room) as socket:
        said = await socket.send(room, "much", "t1")
        for number in range(21):
            await socket.say("reaction.add", roomId=room, messageId=said["id"], emoji=chr(0x1F600 + number))
        assert await socket.refused(roomId=room) == "TOO_MANY_REACTIONS"
        for number in range(101):
            message = await socket.send(room, str(number), f"n{number}")
            await socket.say("pin.add", roomId=room, messageId=message["id"])
        assert await socket.refused(roomId=room) == "TOO_MANY_PINS"
    assert len(await ana.get(f"/rooms/{room}/pins")) == 100
    assert len((await ana.history(room))[0]["reactions"]) == 20
