"""Read marks and what is unread, as every store keeps them."""

import asyncio

import pytest

from domain.errors import Forbidden
from domain.events import AnswerPosted, ReadMarkMoved
from domain.ids import MessageId, RoomId, UserId
from domain.messages import Message, SenderType
from domain.rooms import Role
from domain.users import Actor
from tests.contracts.stores import Stores


async def unread(stores: Stores, reader: Actor, room: RoomId) -> tuple[int, int]:
    """The reader's mark and how much is unread, the same in the list and alone."""
    listed = {summary.room.id: summary for summary in await stores.rooms.mine(reader)}[room]
    assert await stores.rooms.find(reader, room) == listed
    return listed.last_read_seq, listed.unread


async def test_others_messages_past_the_mark_are_unread(stores: Stores, ana: Actor, ben: Actor, room: RoomId) -> None:
    assert await unread(stores, ana, room) == (0, 0)
    for number in range(5):
        await stores.say(room, ben, str(number))
    await stores.say(room, ana, "my own")
    assert await unread(stores, ana, room) == (0, 5)
    assert await unread(stores, ben, room) == (0, 1)
    assert await stores.reading.mark(ana, room, 3) == 3
    assert await unread(stores, ana, room) == (3, 2)
    assert await stores.reading.mark(ana, room, 6) == 6
    assert await unread(stores, ana, room) == (6, 0)
    assert await unread(stores, ben, room) == (0, 1), "a mark is its reader's own"


async def test_only_the_newest_thousand_past_the_mark_are_looked_at(
    stores: Stores, ana: Actor, ben: Actor, room: RoomId
) -> None:
    for speaker in (ben, ben, ben, ana):
        await stores.say(room, speaker, "early")
    await asyncio.gather(*(stores.say(room, ben, str(number)) for number in range(999)))
    assert await unread(stores, ana, room) == (0, 999), "one's own is among them"
    await stores.reading.mark(ana, room, 5)
    assert await unread(stores, ana, room) == (5, 998)


async def test_what_is_no_message_is_not_unread(stores: Stores, ana: Actor, ben: Actor, room: RoomId) -> None:
    cho = await stores.person("Cho")
    await stores.rooms.invite(ana, room, [cho.id])
    await stores.rooms.rename(ana, room, "Other")
    await stores.roles.give(ana, room, cho.id, Role.ADMIN)
    said = await stores.say(room, ana, "one")
    await stores.edit(room, said.message_id, ana, "two")
    assert await unread(stores, ben, room) == (0, 1)


async def test_a_deleted_message_is_not_unread(stores: Stores, ana: Actor, ben: Actor, room: RoomId) -> None:
    first = await stores.say(room, ben, "one")
    await stores.say(room, ben, "two")
    await stores.messages.delete(ben, room, first.message_id)
    assert await unread(stores, ana, room) == (0, 1)
    await stores.reading.mark(ana, room, 1)
    assert await unread(stores, ana, room) == (1, 1)


async def test_an_answer_of_jarvis_is_unread(stores: Stores, ana: Actor, room: RoomId) -> None:
    async with stores.work() as work:
        seq = (await work.rooms.lock(room)).last_seq + 1
        answer = Message(MessageId(stores.ids.new()), room, seq, SenderType.BOT, None, "네", stores.clock.now())
        await work.messages.add(answer)
        work.record(AnswerPosted(room, answer, "q"))
    assert await unread(stores, ana, room) == (0, 1)


async def test_a_mark_never_goes_back_and_never_past_the_newest(
    stores: Stores, ana: Actor, ben: Actor, room: RoomId
) -> None:
    for number in range(3):
        await stores.say(room, ben, str(number))
    assert await stores.reading.mark(ana, room, 1 << 62) == 3
    told = stores.recorder.of(ReadMarkMoved)
    assert told == [ReadMarkMoved(room, ana.id, 3)]
    for seq in (0, 2, 3, 99):
        assert await stores.reading.mark(ana, room, seq) == 3
    assert stores.recorder.of(ReadMarkMoved) == told, "what changes nothing is not told"
    await stores.say(room, ben, "new")
    assert await unread(stores, ana, room) == (3, 1)


async def test_of_marks_made_at_once_the_furthest_holds(stores: Stores, ana: Actor, ben: Actor, room: RoomId) -> None:
    for number in range(20):
        await stores.say(room, ben, str(number))
    answers = await asyncio.gather(*(stores.reading.mark(ana, room, seq) for seq in (7, 20, 3, 12, 19, 20, 1)))
    assert max(answers) == 20
    assert await unread(stores, ana, room) == (20, 0)
    told = [event.seq for event in stores.recorder.of(ReadMarkMoved)]
    assert max(told) == 20
    assert len(told) == len(set(told))


async def test_a_mark_neither_waits_for_the_room_nor_holds_it(
    stores: Stores, ana: Actor, ben: Actor, room: RoomId
) -> None:
    if stores.serial:
        pytest.skip("units of work follow one another")
    await stores.say(room, ben, "one")
    async with stores.work() as work:
        await work.rooms.lock(room)
        assert await stores.reading.mark(ana, room, 1) == 1
    async with stores.work() as work:
        await work.read_marks.advance(room, ben.id, 1)
        assert (await stores.say(room, ana, "two")).seq == 2


async def test_who_is_no_member_marks_nothing(stores: Stores, outsider: Actor, ana: Actor, room: RoomId) -> None:
    await stores.say(room, ana, "one")
    for where in (room, RoomId(stores.ids.new())):
        with pytest.raises(Forbidden):
            await stores.reading.mark(outsider, where, 1)
    assert stores.recorder.of(ReadMarkMoved) == []
    async with stores.work() as work:
        assert await work.read_marks.find(room, outsider.id) is None
        assert await work.read_marks.advance(room, UserId(stores.ids.new()), 1) is None


async def test_who_comes_later_has_not_missed_what_was_before(
    stores: Stores, ana: Actor, ben: Actor, outsider: Actor, room: RoomId
) -> None:
    for number in range(3):
        await stores.say(room, ben, str(number))
    await stores.rooms.invite(ana, room, [outsider.id])
    assert await unread(stores, outsider, room) == (3, 0)
    await stores.say(room, ana, "welcome")
    assert await unread(stores, outsider, room) == (3, 1)
    await stores.rooms.leave(outsider, room)
    await stores.say(room, ana, "gone")
    await stores.rooms.invite(ana, room, [outsider.id])
    assert await unread(stores, outsider, room) == (7, 0)


async def test_marks_are_shown_with_the_members(stores: Stores, ana: Actor, ben: Actor, room: RoomId) -> None:
    await stores.say(room, ben, "one")
    await stores.reading.mark(ana, room, 1)
    members = await stores.rooms.members(ben, room)
    assert {member.user.id: member.member.last_read_seq for member in members} == {ana.id: 1, ben.id: 0}


@pytest.mark.parametrize(("rooms", "most"), [(1, 1000), (60, 416), (600, 50)])
async def test_how_far_unread_messages_are_counted(
    stores: Stores, ana: Actor, ben: Actor, room: RoomId, rooms: int, most: int
) -> None:
    """With news in few rooms up to a thousand in each, with news in many at least fifty."""
    for _ in range(rooms - 1):
        await stores.say(await stores.room(ana, ben), ben, "one")
    said = [stores.say(room, ben, str(number)) for number in range(most + 20)]
    await asyncio.gather(*said)
    counts = {summary.room.id: summary.unread for summary in await stores.rooms.mine(ana)}
    assert counts.pop(room) == most
    assert set(counts.values()) <= {1}
    assert (await stores.rooms.find(ana, room)).unread == min(most + 20, 1000)
