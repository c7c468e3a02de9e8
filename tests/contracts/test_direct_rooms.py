"""Two people have one direct room."""

import asyncio
from dataclasses import replace

import pytest

from domain.errors import DirectRoom, DuplicateEntry, Forbidden, InvalidInput, NoValidUsers, OwnerCannotLeave
from domain.events import MemberAdded, RoomAdded
from domain.ids import RoomId, UserId
from domain.rooms import Role, RoomSummary, RoomType, pair_of
from domain.users import Actor
from tests.contracts.stores import Stores


async def direct(stores: Stores, actor: Actor, *others: UserId) -> RoomSummary:
    return await stores.rooms.create(actor, "any title", type=RoomType.DIRECT, member_ids=others)


async def test_it_is_one_room_whoever_asks_and_however_often(stores: Stores, ana: Actor, ben: Actor) -> None:
    first = await direct(stores, ana, ben.id)
    assert (first.room.type, first.members_count) == (RoomType.DIRECT, 2)
    for actor, others in ((ana, [ben.id]), (ben, [ana.id]), (ana, [ben.id, ana.id, ben.id])):
        again = await direct(stores, actor, *others)
        assert again.room.id == first.room.id
    assert len(await stores.rooms.mine(ana)) == len(await stores.rooms.mine(ben)) == 1
    assert [event.user_ids for event in stores.recorder.of(RoomAdded)] == [(ben.id,)]


async def test_of_many_who_ask_at_once_all_get_the_same(stores: Stores, ana: Actor, ben: Actor) -> None:
    opened = await asyncio.gather(
        *(direct(stores, *((ana, ben.id) if number % 2 else (ben, ana.id))) for number in range(16))
    )
    assert len({summary.room.id for summary in opened}) == 1
    [room] = await stores.rooms.mine(ana)
    assert room.members_count == 2
    roles = {member.user.id: member.member.role for member in await stores.rooms.members(ana, room.room.id)}
    assert sorted(role.value for role in roles.values()) == ["member", "owner"]
    assert len(stores.recorder.of(RoomAdded)) == 1


async def test_its_title_is_the_other_ones_name(stores: Stores, ana: Actor, ben: Actor) -> None:
    room = (await direct(stores, ana, ben.id)).room.id
    assert stores.recorder.of(RoomAdded)[0].summary.room.title == "Ana"
    for reader, title in ((ana, "Ben"), (ben, "Ana")):
        [listed] = await stores.rooms.mine(reader)
        assert listed.room.title == (await stores.rooms.find(reader, room)).room.title == title


async def test_with_nobody_else_it_is_for_notes_to_oneself(stores: Stores, ana: Actor, ben: Actor) -> None:
    notes = await direct(stores, ana)
    assert (notes.room.title, notes.members_count) == ("Ana", 1)
    assert (await direct(stores, ana, ana.id)).room.id == notes.room.id
    assert (await direct(stores, ben)).room.id != notes.room.id
    assert (await direct(stores, ana, ben.id)).room.id != notes.room.id


async def test_it_is_for_two_who_exist(stores: Stores, ana: Actor, ben: Actor, outsider: Actor) -> None:
    with pytest.raises(InvalidInput):
        await direct(stores, ana, ben.id, outsider.id)
    with pytest.raises(NoValidUsers):
        await direct(stores, ana, UserId(stores.ids.new()))
    assert (await direct(stores, ana, ben.id, UserId(stores.ids.new()))).members_count == 2
    assert len(await stores.rooms.mine(ana)) == 1


async def test_nobody_else_comes_in_and_nothing_of_it_is_changed(
    stores: Stores, ana: Actor, ben: Actor, outsider: Actor
) -> None:
    room = (await direct(stores, ana, ben.id)).room.id
    for refused in (
        stores.rooms.invite(ana, room, [outsider.id]),
        stores.rooms.invite(ben, room, [ana.id]),
        stores.rooms.rename(ana, room, "Ours"),
        stores.roles.give(ana, room, ben.id, Role.ADMIN),
        stores.roles.remove(ana, room, ben.id),
    ):
        with pytest.raises(DirectRoom):
            await refused
    with pytest.raises(Forbidden):
        await stores.rooms.invite(outsider, room, [outsider.id])
    assert await stores.log(room) == []


async def test_who_has_left_is_brought_back_by_whoever_asks(stores: Stores, ana: Actor, ben: Actor) -> None:
    room = (await direct(stores, ana, ben.id)).room.id
    await stores.say(room, ana, "kept")
    with pytest.raises(OwnerCannotLeave):
        await stores.rooms.leave(ana, room)
    for asker, other in ((ana, ben), (ben, ana)):
        await stores.rooms.leave(ben, room)
        assert await stores.rooms.mine(ben) == []
        assert (await stores.rooms.find(ana, room)).room.title == "Ben"
        stores.recorder.events.clear()
        again = await asyncio.gather(*(direct(stores, asker, other.id) for _ in range(4)))
        assert {summary.room.id for summary in again} == {room}
        assert stores.recorder.of(MemberAdded) == [MemberAdded(room, ben.id, "Ben")]
        assert [event.user_ids for event in stores.recorder.of(RoomAdded)] == [(ben.id,)]
    assert [message.content for message in await stores.page(room)] == ["kept"]


async def test_after_a_deletion_there_is_a_new_one(stores: Stores, ana: Actor, ben: Actor) -> None:
    room = (await direct(stores, ana, ben.id)).room.id
    await stores.rooms.delete(ana, room)
    again = (await direct(stores, ben, ana.id)).room.id
    assert again != room
    async with stores.work() as work:
        assert await work.rooms.between(pair_of(ana.id, ben.id)) == again
        assert await work.rooms.between(pair_of(ana.id, ana.id)) is None


async def test_deleting_and_asking_at_once(stores: Stores, ana: Actor, ben: Actor) -> None:
    room = (await direct(stores, ana, ben.id)).room.id
    deleted, *opened = await asyncio.gather(
        stores.rooms.delete(ana, room), *(direct(stores, ben, ana.id) for _ in range(6)), return_exceptions=True
    )
    assert deleted is None
    assert all(isinstance(summary, RoomSummary) for summary in opened)
    assert len(await stores.rooms.mine(ana)) <= 1
    assert (await stores.rooms.mine(ana)) != [] or all(
        isinstance(summary, RoomSummary) and summary.room.id == room for summary in opened
    )


async def test_a_second_room_of_a_pair_is_not_kept(stores: Stores, ana: Actor, ben: Actor) -> None:
    room = (await direct(stores, ana, ben.id)).room
    with pytest.raises(DuplicateEntry):
        async with stores.work() as work:
            await work.rooms.add(replace(room, id=RoomId(stores.ids.new())))
