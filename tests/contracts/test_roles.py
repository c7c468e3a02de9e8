"""Owners, admins and members, as every store keeps them."""

import asyncio

import pytest

from domain.errors import AdminOnly, Forbidden, InvalidInput, NotFound, OwnerCannotLeave, OwnerOnly
from domain.events import MemberAdded, MemberRemoved, MemberUpdated, RoomLeft
from domain.ids import RoomId
from domain.rooms import Role
from domain.users import Actor
from tests.contracts.stores import Stores, as_new


@pytest.fixture
async def cho(stores: Stores, ana: Actor, room: RoomId) -> Actor:
    """Somebody who came after Ben."""
    cho = await stores.person("Cho")
    await stores.rooms.invite(ana, room, [cho.id])
    return cho


async def roles(stores: Stores, room: RoomId) -> dict[str, str]:
    async with stores.work() as work:
        return {user.name: member.role.value for member, user in await work.members.profiles(room)}


async def test_a_role_is_given_told_and_kept(stores: Stores, ana: Actor, ben: Actor, room: RoomId) -> None:
    await stores.roles.give(ana, room, ben.id, Role.ADMIN)
    assert await roles(stores, room) == {"Ana": "owner", "Ben": "admin"}
    [logged] = stores.recorder.logged(room)
    assert (logged.seq, logged.event) == (1, MemberUpdated(room, ben.id, "Ben", Role.ADMIN))
    assert list(map(as_new, await stores.log(room))) == [as_new(logged)]
    await stores.roles.give(ana, room, ben.id, Role.ADMIN)
    assert len(await stores.log(room)) == 1, "the same role again changes nothing"
    await stores.roles.give(ana, room, ben.id, Role.MEMBER)
    assert await roles(stores, room) == {"Ana": "owner", "Ben": "member"}


async def test_a_replay_shows_roles_as_they_stand_now(stores: Stores, ana: Actor, ben: Actor, room: RoomId) -> None:
    await stores.roles.give(ana, room, ben.id, Role.ADMIN)
    await stores.roles.give(ana, room, ben.id, Role.MEMBER)
    assert [logged.event for logged in await stores.log(room)] == [MemberUpdated(room, ben.id, "Ben", Role.MEMBER)] * 2
    await stores.roles.give(ana, room, ben.id, Role.ADMIN)
    await stores.rooms.leave(ben, room)
    await stores.rooms.invite(ana, room, [ben.id])
    assert [logged.event for logged in await stores.log(room)][2:] == [
        MemberUpdated(room, ben.id, "Ben", Role.MEMBER),
        MemberRemoved(room, ben.id, "Ben"),
        MemberAdded(room, ben.id, "Ben"),
    ]


async def test_handing_over_leaves_one_owner(stores: Stores, ana: Actor, ben: Actor, cho: Actor, room: RoomId) -> None:
    await stores.roles.give(ana, room, ben.id, Role.OWNER)
    assert await roles(stores, room) == {"Ana": "admin", "Ben": "owner", "Cho": "member"}
    assert stores.recorder.of(MemberUpdated) == [
        MemberUpdated(room, ben.id, "Ben", Role.OWNER),
        MemberUpdated(room, ana.id, "Ana", Role.ADMIN),
    ]
    with pytest.raises(OwnerCannotLeave):
        await stores.rooms.leave(ben, room)
    with pytest.raises(OwnerOnly):
        await stores.rooms.delete(ana, room)
    await stores.rooms.leave(ana, room)
    await stores.rooms.delete(ben, room)


async def test_of_two_who_are_made_owner_at_once_one_is(
    stores: Stores, ana: Actor, ben: Actor, cho: Actor, room: RoomId
) -> None:
    outcomes = await asyncio.gather(
        *(stores.roles.give(ana, room, other.id, Role.OWNER) for other in (ben, cho)), return_exceptions=True
    )
    assert sorted(type(outcome).__name__ for outcome in outcomes) == ["NoneType", "OwnerOnly"]
    assert sorted((await roles(stores, room)).values()) == ["admin", "member", "owner"]


async def test_somebody_is_made_owner_while_leaving(
    stores: Stores, ana: Actor, ben: Actor, cho: Actor, room: RoomId
) -> None:
    given, left = await asyncio.gather(
        stores.roles.give(ana, room, ben.id, Role.OWNER), stores.rooms.leave(ben, room), return_exceptions=True
    )
    assert (type(given), type(left)) in {(type(None), OwnerCannotLeave), (NotFound, type(None))}
    assert list((await roles(stores, room)).values()).count("owner") == 1


async def test_the_owner_gives_up_the_room_by_handing_it_over_alone(
    stores: Stores, ana: Actor, ben: Actor, room: RoomId
) -> None:
    await stores.roles.give(ana, room, ana.id, Role.OWNER)
    for role in (Role.MEMBER, Role.ADMIN):
        with pytest.raises(InvalidInput):
            await stores.roles.give(ana, room, ana.id, role)
    assert await stores.log(room) == []


async def test_who_may_take_out_whom(stores: Stores, ana: Actor, ben: Actor, cho: Actor, room: RoomId) -> None:
    dan = await stores.person("Dan")
    await stores.rooms.invite(ana, room, [dan.id])
    for admin in (ben, cho):
        await stores.roles.give(ana, room, admin.id, Role.ADMIN)
    before = len(await stores.log(room))
    for actor, other, refusal in (
        (dan, ben, AdminOnly),
        (dan, ana, AdminOnly),
        (ben, cho, OwnerOnly),
        (ben, ana, OwnerOnly),
    ):
        with pytest.raises(refusal):
            await stores.roles.remove(actor, room, other.id)
    with pytest.raises(NotFound):
        await stores.roles.remove(ana, room, (await stores.person("Eve")).id)
    assert len(await stores.log(room)) == before
    await stores.roles.remove(ben, room, dan.id)
    await stores.roles.remove(ana, room, ben.id)
    assert await roles(stores, room) == {"Ana": "owner", "Cho": "admin"}
    assert stores.recorder.of(MemberRemoved) == [
        MemberRemoved(room, dan.id, "Dan"),
        MemberRemoved(room, ben.id, "Ben"),
    ]
    assert stores.recorder.of(RoomLeft) == [RoomLeft(dan.id, room), RoomLeft(ben.id, room)]
    with pytest.raises(Forbidden):
        await stores.say(room, ben, "still here?")


async def test_removing_oneself_is_leaving(stores: Stores, ana: Actor, ben: Actor, room: RoomId) -> None:
    with pytest.raises(OwnerCannotLeave):
        await stores.roles.remove(ana, room, ana.id)
    await stores.roles.remove(ben, room, ben.id)
    assert stores.recorder.of(RoomLeft) == [RoomLeft(ben.id, room)]
    await stores.roles.remove(ana, room, ana.id)
    async with stores.work() as work:
        assert await work.log.newest([room]) == {}


async def test_an_admin_renames_a_plain_member_does_not(
    stores: Stores, ana: Actor, ben: Actor, cho: Actor, room: RoomId
) -> None:
    await stores.roles.give(ana, room, ben.id, Role.ADMIN)
    assert await stores.rooms.rename(ben, room, "Ben's") == "Ben's"
    with pytest.raises(OwnerOnly):
        await stores.rooms.rename(cho, room, "Cho's")
    with pytest.raises(OwnerOnly):
        await stores.roles.give(ben, room, cho.id, Role.ADMIN)
    with pytest.raises(OwnerOnly):
        await stores.rooms.delete(ben, room)


async def test_companions_are_those_who_share_a_room(
    stores: Stores, ana: Actor, ben: Actor, outsider: Actor, cho: Actor, room: RoomId
) -> None:
    await stores.room(ana, cho)
    await stores.room(outsider)

    async def companions(actor: Actor) -> list[str]:
        async with stores.work() as work:
            ids = list(await work.members.companions(actor.id))
            assert len(ids) == len(set(ids))
            return sorted(user.name for user in await work.users.existing(ids))

    assert await companions(ana) == ["Ben", "Cho"]
    assert await companions(ben) == ["Ana", "Cho"]
    assert await companions(outsider) == []
