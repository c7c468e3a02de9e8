"""The room log, as every store keeps it."""

from domain.events import (
    AnswerPosted,
    MemberAdded,
    MemberRemoved,
    MessageDeleted,
    MessageEdited,
    MessagePosted,
    RoomRenamed,
)
from domain.ids import MessageId, RoomId
from domain.jarvis import JarvisRequest
from domain.messages import DELETED_TEXT, Message, SenderType
from domain.rooms import Member, Role
from domain.users import Actor
from tests.builders import bare
from tests.contracts.stores import Stores


async def _answer(stores: Stores, room_id: RoomId, request: JarvisRequest) -> AnswerPosted:
    async with stores.work() as work:
        room = await work.rooms.lock(room_id)
        message = Message(
            id=MessageId(stores.ids.new()),
            room_id=room_id,
            seq=room.last_seq + 1,
            sender_type=SenderType.BOT,
            sender_id=None,
            content="내일이에요.",
            created_at=stores.clock.now(),
            request_id=request.id,
        )
        await work.messages.add(message)
        answered = AnswerPosted(room_id, message, request.public_id)
        work.record(answered)
    return answered


async def test_every_kind_of_event_is_replayed_as_it_was_published(
    stores: Stores, ana: Actor, ben: Actor, outsider: Actor, room: RoomId
) -> None:
    request = stores.a_request(room, ana, public_id="asked-by-the-client")
    await stores.message_log.append(stores.new_message(room, ana, "자비스야 언제?", "t1", request))
    answered = await _answer(stores, room, request)
    async with stores.work() as work:
        await work.members.add([Member(room, outsider.id, Role.MEMBER, stores.clock.now())])
        work.record(MemberAdded(room, outsider.id, outsider.name))
    async with stores.work() as work:
        await work.members.remove(room, ben.id)
        work.record(MemberRemoved(room, ben.id, ben.name))
    async with stores.work() as work:
        await work.rooms.rename(room, "새 이름")
        work.record(RoomRenamed(room, "새 이름", (ana.id, outsider.id)))
    posted, deleted = await stores.say(room, ana, "첫 말"), await stores.say(room, ana, "지울 말")
    edited = await stores.edit(room, posted.message_id, ana, "고친 말")
    await stores.delete(room, deleted.message_id, ana)

    published, kept = stores.recorder.logged(room), await stores.log(room)
    assert [event.seq for event in kept] == [event.seq for event in published] == list(range(1, 10))
    assert [type(event.event) for event in kept] == [type(event.event) for event in published]
    assert [bare(event) for event in kept[:5]] == [bare(event) for event in published[:5]]
    assert kept[1].event == answered
    assert kept[7].event == MessageEdited(room, edited)
    assert kept[8].event == MessageDeleted(room, deleted.message_id)


async def test_a_replay_shows_things_as_they_stand_now(stores: Stores, ana: Actor, ben: Actor, room: RoomId) -> None:
    kept, gone = await stores.say(room, ana, "erst"), await stores.say(room, ana, "geheim")
    await stores.rooms.rename(ana, room, "eins")
    await stores.rooms.rename(ana, room, "zwei")
    edited = await stores.edit(room, kept.message_id, ana, "dann")
    await stores.edit(room, gone.message_id, ana, "geheimer")
    deleted = await stores.delete(room, gone.message_id, ana)
    events = [event.event for event in await stores.log(room)]
    assert events == [
        MessagePosted(room, edited),
        MessagePosted(room, deleted),
        RoomRenamed(room, "zwei"),
        RoomRenamed(room, "zwei"),
        MessageEdited(room, edited),
        MessageEdited(room, deleted),
        MessageDeleted(room, gone.message_id),
    ]
    assert deleted.content == DELETED_TEXT


async def test_the_log_is_read_from_any_place(stores: Stores, ana: Actor, room: RoomId) -> None:
    other = await stores.room(ana)
    for number in range(5):
        await stores.say(room, ana, str(number))
        await stores.say(other, ana, "elsewhere")

    async def seqs(after: int, take: int) -> list[int]:
        return [event.seq for event in await stores.log(room, after, take)]

    assert await seqs(0, 2) == [1, 2]
    assert await seqs(2, 2) == [3, 4]
    assert await seqs(4, 2) == [5]
    assert await seqs(5, 2) == []
    assert await seqs(99, 2) == []
    assert await seqs(2**53, 2) == []
    assert await stores.log(RoomId(stores.ids.new())) == []


async def test_newest_and_oldest_tell_how_far_the_log_reaches(stores: Stores, ana: Actor, room: RoomId) -> None:
    quiet, nowhere = await stores.room(ana), RoomId(stores.ids.new())
    await stores.say(room, ana, "one")
    await stores.say(room, ana, "two")
    async with stores.work() as work:
        assert await work.log.newest([room, quiet, nowhere]) == {room: 2, quiet: 0}
        assert await work.log.newest([]) == {}
        assert await work.log.oldest(room) == 1
        assert await work.log.oldest(quiet) == 1
    assert (await stores.find_room(room)).last_seq == 2
