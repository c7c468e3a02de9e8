"""How far people have read: over the socket and by REST, on all their devices."""

import pytest

from tests.end_to_end.client import UNKNOWN_ID, Person


async def listed(person: Person, room: str) -> tuple[int, int]:
    """The person's mark and how much is unread, which the list and the room alone agree on."""
    [found] = [one for one in await person.get("/rooms") if one["id"] == room]
    assert await person.get(f"/rooms/{room}") == found
    return found["lastReadSeq"], found["unreadCount"]


async def test_a_mark_is_told_to_the_room_and_to_ones_other_devices(ana: Person, ben: Person, room: str) -> None:
    async with await ana.connect(room) as anas, await ben.connect(room) as bens, await ben.connect() as elsewhere:
        for number in range(3):
            await anas.send(room, str(number), str(number))
        assert await listed(ben, room) == (0, 3)
        assert await listed(ana, room) == (0, 0)
        await bens.say("read.mark", roomId=room, seq=2)
        for socket in (anas, bens, elsewhere):
            told = await socket.expect("read.updated")
            assert told.payload == {"roomId": room, "userId": ben.id, "seq": 2}
            assert told.seq is None
            await socket.settled()
            assert len(socket.told("read.updated")) == 1
        assert await listed(ben, room) == (2, 1)
        await bens.say("read.mark", roomId=room, seq=1)
        await bens.settled()
        await anas.settled()
        assert len(anas.told("read.updated")) == 1
        assert bens.refusals == []
    assert await listed(ben, room) == (2, 1)
    marks = {member["id"]: member["lastReadSeq"] for member in await ana.get(f"/rooms/{room}/members")}
    assert marks == {ana.id: 0, ben.id: 2}


async def test_by_rest_it_does_the_same(ana: Person, ben: Person, room: str) -> None:
    async with await ana.connect(room) as anas, await ben.connect() as bens:
        message = await anas.send(room, "one", "one")
        await anas.send(room, "two", "two")
        assert await ben.post(f"/rooms/{room}/read", {"seq": 1}) == {"ok": True, "lastReadSeq": 1}
        for socket in (anas, bens):
            assert (await socket.expect("read.updated")).payload == {"roomId": room, "userId": ben.id, "seq": 1}
        assert await ben.post(f"/rooms/{room}/read", {"seq": 10**15}) == {"ok": True, "lastReadSeq": 2}
        assert await ben.post(f"/rooms/{room}/read", {"seq": 0}) == {"ok": True, "lastReadSeq": 2}
        await anas.send(room, "three", "three")
        assert await listed(ben, room) == (2, 1)
        three = (await ben.history(room))[-1]
        await anas.say("message.delete", roomId=room, messageId=three["id"])
        await bens.settled()
        await anas.expect("message.deleted", messageId=three["id"])
        assert await listed(ben, room) == (2, 0)
        assert message["seq"] == 1


@pytest.mark.parametrize("seq", [-1, 1.5, "1", None, True, 1 << 63])
async def test_a_seq_that_is_none_is_refused(ana: Person, ben: Person, room: str, seq: object) -> None:
    async with await ana.connect(room) as anas:
        await anas.send(room, "one", "one")
        await anas.say("read.mark", roomId=room, seq=seq)
        assert await anas.refused() == "BAD_MESSAGE"
    refused = await ana.call("POST", f"/rooms/{room}/read", {"seq": seq})
    assert (refused.status, refused.error) == (400, "VALIDATION_FAILED")
    assert await listed(ana, room) == (0, 0)


async def test_who_is_no_member_marks_nothing(ana: Person, cho: Person, room: str) -> None:
    async with await cho.connect() as chos, await ana.connect(room) as anas:
        for where in (room, UNKNOWN_ID):
            await chos.say("read.mark", roomId=where, seq=1)
            assert await chos.refused(roomId=where) == "FORBIDDEN"
            refused = await cho.call("POST", f"/rooms/{where}/read", {"seq": 1})
            assert (refused.status, refused.error) == (403, "FORBIDDEN")
        await anas.settled()
        assert anas.told("read.updated") == []
