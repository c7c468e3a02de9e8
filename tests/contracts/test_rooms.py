"""Rooms, as every store keeps them."""

from dataclasses import replace

import pytest

from domain.errors import NotFound
from domain.events import AnswerPosted, RoomRenamed
from domain.ids import MessageId, RoomId, UserId
from domain.messages import Message, SenderType
from domain.rooms import Member, Role, RoomSummary, RoomType
from domain.users import Actor
from tests.contracts.stores import Stores


async def test_a_room_comes_back_as_added(stores: Stores, ana: Actor) -> None:
    room = replace(stores.a_room(ana, "회의실 👋"), type=RoomType.DIRECT)
    async with stores.work() as work:
        await work.rooms.add(room)
        await work.members.add([Member(room.id, ana.id, Role.OWNER, room.created_at)])
    async with stores.work() as work:
        assert await work.rooms.lock(room.id) == room
        assert await work.rooms.summary(room.id, ana.id) == RoomSummary(room, 1)


async def test_an_unknown_room_is_missing(stores: Stores) -> None:
    nowhere = RoomId(stores.ids.new())
    with pytest.raises(NotFound):
        await stores.find_room(nowhere)
    with pytest.raises(NotFound):
        async with stores.work() as work:
            await work.rooms.summary(nowhere, UserId(stores.ids.new()))


async def test_a_renamed_room_has_the_new_title(stores: Stores, room: RoomId) -> None:
    async with stores.work() as work:
        await work.rooms.rename(room, "새 이름")
        work.record(RoomRenamed(room, "새 이름"))
    assert (await stores.find_room(room)).title == "새 이름"


async def test_the_summary_counts_the_members(stores: Stores, ana: Actor, ben: Actor, room: RoomId) -> None:
    async with stores.work() as work:
        assert (await work.rooms.summary(room, ana.id)).members_count == 2
        await work.members.remove(room, ben.id)
        assert (await work.rooms.summary(room, ana.id)).members_count == 1


async def test_a_deleted_room_takes_everything_with_it(stores: Stores, ana: Actor, ben: Actor, room: RoomId) -> None:
    other = await stores.room(ana)
    said = await stores.say(room, ana, "here", "one")
    kept = await stores.say(other, ana, "there")
    await stores.ask(stores.a_request(room, ana, public_id="q"))
    await stores.ask(stores.a_request(room, ben, personal=True, public_id="p"))
    async with stores.work() as work:
        await work.rooms.delete(room)
    async with stores.work() as work:
        assert await work.members.find(room, ana.id) is None
        assert await work.members.ids(room) == []
        assert await work.members.profiles(room) == []
        assert await work.messages.page(room, before=None, take=10) == []
        assert await work.messages.page(room, before=said.message_id, take=10) == []
        assert await work.log.after(room, 0, take=10) == []
        assert await work.log.newest([room, other]) == {other: 1}
        assert await work.backlog.waiting(now=stores.clock.now()) == []
        assert [summary.room.id for summary in await work.rooms.of_user(ana.id)] == [other]
        assert [message.id for message in await work.messages.page(other, before=None, take=10)] == [kept.message_id]
    with pytest.raises(NotFound):
        async with stores.work() as work:
            await work.messages.lock(room, said.message_id)
    assert await stores.ask(stores.a_request(other, ana, public_id="q")), "its public ids are free again"


async def test_a_users_rooms_come_by_their_newest_message_or_creation(stores: Stores, ana: Actor, ben: Actor) -> None:
    first = await stores.room(ana, title="first")
    stores.clock.advance(1)
    second = await stores.room(ana, ben, title="second")
    stores.clock.advance(1)
    third = await stores.room(ana, title="third")
    stores.clock.advance(1)

    async def order() -> list[RoomId]:
        async with stores.work() as work:
            return [summary.room.id for summary in await work.rooms.of_user(ana.id)]

    assert await order() == [third, second, first]
    await stores.say(first, ana, "up")
    assert await order() == [first, third, second]
    stores.clock.advance(1)
    async with stores.work() as work:
        room = await work.rooms.lock(second)
        answer = Message(
            MessageId(stores.ids.new()), second, room.last_seq + 1, SenderType.BOT, None, "네", stores.clock.now()
        )
        await work.messages.add(answer)
        work.record(AnswerPosted(second, answer, "q"))
    assert await order() == [second, first, third]
    async with stores.work() as work:
        (mine,) = await work.rooms.of_user(ben.id)
        assert await work.rooms.of_user((await stores_outsider(stores)).id) == []
    assert mine.members_count == 2
    assert mine.room.last_message_at == answer.created_at
    assert mine.room.last_seq == 1


async def stores_outsider(stores: Stores) -> Actor:
    return Actor(stores.user("Nobody").id, "Nobody")
