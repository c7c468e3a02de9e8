"""Invitations, as every store keeps them, and what comes of many who use one at once."""

import asyncio
from dataclasses import replace
from datetime import timedelta

import pytest

from application.invitations import Invitations, NewInvitation
from application.links import Links
from domain.errors import AdminOnly, DirectRoom, Forbidden, InvitationInvalid, OwnerOnly
from domain.events import MemberAdded, MemberUpdated, RoomAdded
from domain.ids import InvitationId, RoomId
from domain.invitations import Invitation
from domain.rooms import Role, RoomType
from domain.tickets import digest_of
from domain.users import Actor
from tests.builders import SequenceSecrets
from tests.contracts.stores import Stores


@pytest.fixture
def invitations(stores: Stores) -> Invitations:
    return Invitations(stores.work, SequenceSecrets(), Links("https://jarvis.example"), stores.clock, stores.ids)


async def invited(invitations: Invitations, by: Actor, room: RoomId, most_uses: int | None) -> NewInvitation:
    return await invitations.create(by, room, most_uses=most_uses)


def an_invitation(stores: Stores, room: RoomId, by: Actor, secret: str, **changes: object) -> Invitation:
    now = stores.clock.now()
    invitation = Invitation(
        InvitationId(stores.ids.new()), digest_of(secret), room, Role.MEMBER, by.id, now, now + timedelta(days=1)
    )
    return replace(invitation, **changes)  # type: ignore[arg-type]


async def test_an_invitation_comes_back_as_it_was_kept(stores: Stores, ana: Actor, room: RoomId) -> None:
    now = stores.clock.now()
    bounded, endless = an_invitation(stores, room, ana, "1", most_uses=1), an_invitation(stores, room, ana, "2")
    over = an_invitation(stores, room, ana, "3", expires_at=now)
    async with stores.work() as work:
        for invitation in (bounded, endless, over):
            await work.invitations.add(invitation)
    async with stores.work() as work:
        assert await work.invitations.find(digest_of("1")) == bounded
        assert await work.invitations.find(digest_of("4")) is None
        assert list(await work.invitations.of_room(room, now)) == [endless, bounded]
        assert await work.invitations.use(bounded.id, now)
        assert not await work.invitations.use(bounded.id, now)
        assert not await work.invitations.use(over.id, now)
        assert await work.invitations.use(endless.id, now)
        assert list(await work.invitations.of_room(room, now)) == [replace(endless, uses=1)]
    other = await stores.room(ana)
    async with stores.work() as work:
        assert not await work.invitations.remove(other, endless.id)
        assert await work.invitations.remove(room, endless.id)
        assert not await work.invitations.remove(room, endless.id)
        await work.invitations.forget(expired_before=now + timedelta(seconds=1))
    async with stores.work() as work:
        assert await work.invitations.find(digest_of("3")) is None
        assert await work.invitations.find(digest_of("1")) == replace(bounded, uses=1)


async def test_the_ways_into_a_room_go_with_it(stores: Stores, ana: Actor, room: RoomId) -> None:
    other = await stores.room(ana)
    async with stores.work() as work:
        await work.invitations.add(an_invitation(stores, room, ana, "1"))
        await work.invitations.add(an_invitation(stores, other, ana, "2"))
    async with stores.work() as work:
        await work.rooms.delete(room)
    async with stores.work() as work:
        assert await work.invitations.find(digest_of("1")) is None
        assert await work.invitations.find(digest_of("2")) is not None


async def test_as_many_come_in_as_an_invitation_is_for_however_many_try_at_once(
    stores: Stores, invitations: Invitations, ana: Actor, room: RoomId
) -> None:
    new = await invited(invitations, ana, room, most_uses=3)
    people = [await stores.person(f"P{number}") for number in range(8)]
    # Each tries twice: who is in already uses nothing up.
    tries = [invitations.accept(person, new.secret) for person in people for _ in range(2)]
    outcomes = await asyncio.gather(*tries, return_exceptions=True)
    assert all(isinstance(outcome, InvitationInvalid) for outcome in outcomes if isinstance(outcome, BaseException))
    members = [person for person in people if await stores.find_member(room, person.id)]
    assert len(members) == 3
    added = stores.recorder.of(MemberAdded)
    assert sorted(event.user_id for event in added) == sorted(person.id for person in members)
    assert sorted(event.user_ids[0] for event in stores.recorder.of(RoomAdded)) == sorted(p.id for p in members)
    assert [entry.seq for entry in await stores.log(room)] == [1, 2, 3]
    with pytest.raises(InvitationInvalid):
        await invitations.accept(await stores.person("Late"), new.secret)
    async with stores.work() as work:
        kept = await work.invitations.find(new.invitation.digest)
    assert kept is not None
    assert kept.uses == 3


async def test_who_is_in_keeps_their_role_and_uses_nothing_up(
    stores: Stores, invitations: Invitations, ana: Actor, ben: Actor, room: RoomId
) -> None:
    new = await invited(invitations, ben, room, most_uses=1)
    for member in (ana, ben):
        assert (await invitations.accept(member, new.secret)).members_count == 2
    found = await stores.find_member(room, ana.id)
    assert found is not None
    assert found.role is Role.OWNER
    assert stores.recorder.of(MemberAdded) == []
    assert (await invitations.accept(await stores.person("Cho"), new.secret)).members_count == 3


async def test_an_invitation_ends_by_time_by_hand_and_with_its_room(
    stores: Stores, invitations: Invitations, ana: Actor, ben: Actor, outsider: Actor, room: RoomId
) -> None:
    by_time, by_hand, with_room = [await invited(invitations, ben, room, None) for _ in range(3)]
    with pytest.raises(Forbidden):
        await invitations.withdraw(outsider, room, by_hand.invitation.id)
    with pytest.raises(Forbidden):
        await invitations.of_room(outsider, room)
    anas = await invited(invitations, ana, room, None)
    with pytest.raises(AdminOnly):
        await invitations.withdraw(ben, room, anas.invitation.id)
    await invitations.withdraw(ana, room, by_hand.invitation.id)
    with pytest.raises(InvitationInvalid):
        await invitations.look_at(by_hand.secret)
    assert (await invitations.look_at(by_time.secret)).invited_by == "Ben"
    stores.clock.advance(timedelta(days=7).total_seconds())
    with pytest.raises(InvitationInvalid):
        await invitations.accept(outsider, by_time.secret)
    async with stores.work() as work:
        await work.rooms.delete(room)
    with pytest.raises(InvitationInvalid):
        await invitations.accept(outsider, with_room.secret)


async def test_who_is_invited_as_an_admin_is_one_and_the_room_hears_of_it(
    stores: Stores, invitations: Invitations, ana: Actor, ben: Actor, outsider: Actor, room: RoomId
) -> None:
    with pytest.raises(OwnerOnly):
        await invitations.create(ben, room, role=Role.ADMIN)
    for_admins = await invitations.create(ana, room, role=Role.ADMIN)
    await invitations.accept(outsider, for_admins.secret)
    found = await stores.find_member(room, outsider.id)
    assert found is not None
    assert found.role is Role.ADMIN
    assert [entry.event for entry in await stores.log(room)] == [
        MemberAdded(room, outsider.id, outsider.name),
        MemberUpdated(room, outsider.id, outsider.name, Role.ADMIN),
    ]
    bens = await invitations.create(ben, room)
    await invitations.withdraw(outsider, room, bens.invitation.id)
    with pytest.raises(OwnerOnly):
        await invitations.withdraw(outsider, room, for_admins.invitation.id)
    with pytest.raises(OwnerOnly):
        await invitations.create(outsider, room, role=Role.ADMIN)


async def test_nobody_is_invited_into_a_talk_between_two(
    stores: Stores, invitations: Invitations, ana: Actor, ben: Actor
) -> None:
    direct = await stores.rooms.create(ana, type=RoomType.DIRECT, member_ids=[ben.id])
    with pytest.raises(DirectRoom):
        await invitations.create(ana, direct.room.id)
