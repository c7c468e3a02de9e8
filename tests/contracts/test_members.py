"""Memberships, as every store keeps them."""

from domain.ids import RoomId, UserId
from domain.rooms import Member, Role
from domain.users import Actor
from tests.contracts.stores import Stores


async def test_a_membership_comes_back_as_added(stores: Stores, ana: Actor, ben: Actor, room: RoomId) -> None:
    now = stores.clock.now()
    assert await stores.find_member(room, ana.id) == Member(room, ana.id, Role.OWNER, now)
    assert await stores.find_member(room, ben.id) == Member(room, ben.id, Role.MEMBER, now)


async def test_nobody_else_is_a_member(stores: Stores, ana: Actor, outsider: Actor, room: RoomId) -> None:
    assert await stores.find_member(room, outsider.id) is None
    assert await stores.find_member(RoomId(stores.ids.new()), ana.id) is None
    assert await stores.find_member(room, UserId(stores.ids.new())) is None


async def test_adding_answers_who_is_new_in_the_order_given(stores: Stores, ana: Actor, room: RoomId) -> None:
    dan, cho, eve = [await stores.person(name) for name in ("Dan", "Cho", "Eve")]
    now = stores.clock.now()
    async with stores.work() as work:
        members = [Member(room, person.id, Role.MEMBER, now) for person in (eve, ana, cho, eve, dan)]
        assert list(await work.members.add(members)) == [eve.id, cho.id, dan.id]
        assert list(await work.members.add(members)) == []
        assert list(await work.members.add([])) == []
    found = await stores.find_member(room, ana.id)
    assert found is not None
    assert found.role is Role.OWNER, "who is a member already stays as they are"


async def test_a_removed_member_is_none(stores: Stores, ana: Actor, ben: Actor, outsider: Actor, room: RoomId) -> None:
    other = await stores.room(ana, ben)
    async with stores.work() as work:
        await work.members.remove(room, ben.id)
        await work.members.remove(room, outsider.id)
        await work.members.remove(RoomId(stores.ids.new()), ben.id)
    assert await stores.find_member(room, ben.id) is None
    assert await stores.find_member(other, ben.id) is not None
    async with stores.work() as work:
        assert set(await work.members.ids(room)) == {ana.id}
        assert set(await work.members.ids(other)) == {ana.id, ben.id}


async def test_who_was_removed_can_come_back(stores: Stores, ben: Actor, room: RoomId) -> None:
    async with stores.work() as work:
        await work.members.remove(room, ben.id)
    stores.clock.advance(1)
    again = Member(room, ben.id, Role.MEMBER, stores.clock.now())
    async with stores.work() as work:
        assert list(await work.members.add([again])) == [ben.id]
    assert await stores.find_member(room, ben.id) == again


async def test_profiles_come_in_the_order_of_joining(stores: Stores, ana: Actor, ben: Actor, room: RoomId) -> None:
    zoe = await stores.person("Zoe")
    await stores.person("Nobody")
    stores.clock.advance(1)
    async with stores.work() as work:
        await work.members.add([Member(room, zoe.id, Role.MEMBER, stores.clock.now())])
        await work.members.remove(room, ana.id)
    stores.clock.advance(1)
    async with stores.work() as work:
        await work.members.add([Member(room, ana.id, Role.OWNER, stores.clock.now())])
        profiles = await work.members.profiles(room)
    assert [user.name for _, user in profiles] == ["Ben", "Zoe", "Ana"]
    assert [member.user_id for member, _ in profiles] == [ben.id, zoe.id, ana.id]
    assert [user for _, user in profiles] == [await stores.find_user(member.user_id) for member, _ in profiles]
