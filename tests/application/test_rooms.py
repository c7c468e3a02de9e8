"""Who may do what to a room, and who is told."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass

import pytest

from application.jarvis.ask import Question
from application.limits import Limits
from application.rooms import Invited
from domain.errors import (
    AdminOnly,
    DomainError,
    Forbidden,
    InvalidInput,
    NoValidUsers,
    OwnerCannotLeave,
    OwnerOnly,
    UserIdsRequired,
)
from domain.events import MemberAdded, MemberRemoved, RoomAdded, RoomDeleted, RoomLeft, RoomRenamed
from domain.ids import RoomId, UserId
from domain.rooms import Member, Role, RoomType
from domain.users import Actor
from tests.in_memory import InMemoryJarvis


async def test_a_new_room_has_its_maker_as_owner_and_tells_the_others(
    jarvis: InMemoryJarvis, ana: Actor, ben: Actor, outsider: Actor
) -> None:
    nobody = UserId(jarvis.ids.new())
    summary = await jarvis.rooms.create(
        ana, "  회의 ", type=RoomType.GROUP, member_ids=[ben.id, nobody, ana.id, ben.id]
    )
    assert (summary.room.title, summary.room.type, summary.room.created_by) == ("회의", RoomType.GROUP, ana.id)
    assert (summary.members_count, summary.room.last_seq) == (2, 0)
    members = await jarvis.rooms.members(ben, summary.room.id)
    assert [(member.user.id, member.member.role) for member in members] == [
        (ana.id, Role.OWNER),
        (ben.id, Role.MEMBER),
    ]
    assert jarvis.recorder.events == [RoomAdded((ben.id,), summary)]
    assert await jarvis.rooms.mine(ana) == await jarvis.rooms.mine(ben) == [summary]
    assert await jarvis.rooms.mine(outsider) == []


@pytest.mark.parametrize("title", [None, "", " \t"])
async def test_a_room_without_a_title_gets_one(jarvis: InMemoryJarvis, ana: Actor, title: str | None) -> None:
    assert (await jarvis.rooms.create(ana, title)).room.title == "New Room"
    assert jarvis.recorder.events == [], "nobody else is there to be told"


@dataclass(frozen=True)
class Try:
    """One thing that can be tried in a room."""

    do: Callable[[InMemoryJarvis, Actor, RoomId], Awaitable[object]]
    owner: type[DomainError] | None
    member: type[DomainError] | None
    outsider: type[DomainError] | None = Forbidden


async def _said(jarvis: InMemoryJarvis, actor: Actor, room_id: RoomId) -> None:
    await jarvis.messages.send(actor, room_id, "hi")


async def _somebody(jarvis: InMemoryJarvis, room_id: RoomId) -> UserId:
    """A member who is not the owner."""
    async with jarvis.work() as work:
        return (list(await work.members.ids(room_id)) or [UserId(jarvis.ids.new())])[-1]


async def _give_somebody_a_role(jarvis: InMemoryJarvis, actor: Actor, room_id: RoomId) -> None:
    await jarvis.roles.give(actor, room_id, await _somebody(jarvis, room_id), Role.ADMIN)


async def _remove_somebody(jarvis: InMemoryJarvis, actor: Actor, room_id: RoomId) -> None:
    other = await jarvis.person("Other")
    async with jarvis.work() as work:
        if await work.members.ids(room_id):
            await work.members.add([Member(room_id, other.id, Role.MEMBER, jarvis.clock.now())])
    await jarvis.roles.remove(actor, room_id, other.id)


TRIES = {
    "members": Try(lambda jarvis, actor, room: jarvis.rooms.members(actor, room), None, None),
    "history": Try(lambda jarvis, actor, room: jarvis.messages.history(actor, room), None, None),
    "follow": Try(lambda jarvis, actor, room: jarvis.streams.join(actor, room, None), None, None),
    "send": Try(_said, None, None),
    "ask": Try(lambda jarvis, actor, room: jarvis.asking.ask(actor, room, Question("언제?")), None, None),
    "ask personally": Try(
        lambda jarvis, actor, room: jarvis.asking.ask(actor, room, Question("언제?", personal=True)), None, None
    ),
    "invite": Try(lambda jarvis, actor, room: jarvis.rooms.invite(actor, room, [actor.id]), None, None),
    "rename": Try(lambda jarvis, actor, room: jarvis.rooms.rename(actor, room, "x"), None, OwnerOnly),
    "delete": Try(lambda jarvis, actor, room: jarvis.rooms.delete(actor, room), None, OwnerOnly),
    "find": Try(lambda jarvis, actor, room: jarvis.rooms.find(actor, room), None, None),
    "mark as read": Try(lambda jarvis, actor, room: jarvis.reading.mark(actor, room, 1), None, None),
    "give a role": Try(_give_somebody_a_role, None, OwnerOnly),
    "remove somebody": Try(_remove_somebody, None, AdminOnly),
    "remove oneself": Try(
        lambda jarvis, actor, room: jarvis.roles.remove(actor, room, actor.id), OwnerCannotLeave, None
    ),
    "leave": Try(lambda jarvis, actor, room: jarvis.rooms.leave(actor, room), OwnerCannotLeave, None),
}


async def _outcome(tried: Awaitable[object]) -> type[DomainError] | None:
    try:
        await tried
    except DomainError as error:
        return type(error)
    return None


@pytest.mark.parametrize("tried", TRIES.values(), ids=TRIES.keys())
async def test_who_may_do_what(jarvis: InMemoryJarvis, tried: Try) -> None:
    people = await jarvis.people("Owner", "Member", "Outsider")
    outcomes = []
    for actor in people:
        summary = await jarvis.room(people[0], people[1])
        before = len(jarvis.recorder.events)
        outcomes.append(await _outcome(tried.do(jarvis, actor, summary.room.id)))
        if outcomes[-1] is not None:
            assert len(jarvis.recorder.events) == before, "what is refused is not told"
            assert await jarvis.everything(summary.room.id) == []
    assert outcomes == [tried.owner, tried.member, tried.outsider]


@pytest.mark.parametrize("tried", TRIES.values(), ids=TRIES.keys())
async def test_a_room_that_does_not_exist_is_refused_like_one_of_others(
    jarvis: InMemoryJarvis, ana: Actor, tried: Try
) -> None:
    assert await _outcome(tried.do(jarvis, ana, RoomId(jarvis.ids.new()))) is Forbidden


async def test_an_invitation_tells_the_room_and_the_invited(
    jarvis: InMemoryJarvis, ana: Actor, ben: Actor, outsider: Actor
) -> None:
    room_id = (await jarvis.room(ana)).room.id
    nobody = UserId(jarvis.ids.new())
    invited = await jarvis.rooms.invite(ana, room_id, [outsider.id, ana.id, nobody, ben.id, ben.id])
    assert invited == Invited(added=2, skipped=2)
    (told,) = jarvis.recorder.of(RoomAdded)
    assert (set(told.user_ids), told.summary.members_count) == ({ben.id, outsider.id}, 3)
    assert jarvis.recorder.of(MemberAdded) == [
        MemberAdded(room_id, outsider.id, "Olga"),
        MemberAdded(room_id, ben.id, "Ben"),
    ]
    assert await jarvis.rooms.invite(ben, room_id, [ana.id]) == Invited(added=0, skipped=1)
    assert len(jarvis.recorder.events) == 3, "nothing happened, nobody is told"


async def test_an_invitation_of_nobody_is_refused(jarvis: InMemoryJarvis, ana: Actor) -> None:
    room_id = (await jarvis.room(ana)).room.id
    with pytest.raises(UserIdsRequired):
        await jarvis.rooms.invite(ana, room_id, [])
    with pytest.raises(NoValidUsers):
        await jarvis.rooms.invite(ana, room_id, [UserId(jarvis.ids.new())])


async def test_limits_hold() -> None:
    jarvis = InMemoryJarvis(limits=Limits(title=5, invited_at_once=2))
    ana = await jarvis.person("Ana")
    many = [UserId(jarvis.ids.new()) for _ in range(3)]
    room_id = (await jarvis.rooms.create(ana, "12345")).room.id
    for refused in (
        jarvis.rooms.create(ana, "123456"),
        jarvis.rooms.create(ana, "1", member_ids=many),
        jarvis.rooms.invite(ana, room_id, many),
        jarvis.rooms.rename(ana, room_id, "123456"),
        jarvis.rooms.rename(ana, room_id, " "),
    ):
        with pytest.raises(InvalidInput):
            await refused
    assert [summary.room.title for summary in await jarvis.rooms.mine(ana)] == ["12345"]


async def test_a_new_title_is_told_to_every_member(jarvis: InMemoryJarvis, ana: Actor, ben: Actor) -> None:
    room_id = (await jarvis.room(ana, ben)).room.id
    assert await jarvis.rooms.rename(ana, room_id, " 새 이름 ") == "새 이름"
    (renamed,) = jarvis.recorder.of(RoomRenamed)
    assert (renamed.title, set(renamed.told)) == ("새 이름", {ana.id, ben.id})
    assert (await jarvis.rooms.mine(ben))[0].room.title == "새 이름"


async def test_leaving_is_told_to_the_room_then_to_who_left(jarvis: InMemoryJarvis, ana: Actor, ben: Actor) -> None:
    room_id = (await jarvis.room(ana, ben)).room.id
    jarvis.recorder.events.clear()
    await jarvis.rooms.leave(ben, room_id)
    assert jarvis.recorder.of(MemberRemoved) == [MemberRemoved(room_id, ben.id, "Ben")]
    assert jarvis.recorder.events[-1] == RoomLeft(ben.id, room_id)
    with pytest.raises(Forbidden):
        await jarvis.rooms.leave(ben, room_id)
    assert len(jarvis.recorder.events) == 2


async def test_the_owner_goes_last_and_takes_the_room_along(jarvis: InMemoryJarvis, ana: Actor, ben: Actor) -> None:
    room_id = (await jarvis.room(ana, ben)).room.id
    with pytest.raises(OwnerCannotLeave):
        await jarvis.rooms.leave(ana, room_id)
    await jarvis.rooms.leave(ben, room_id)
    await jarvis.rooms.leave(ana, room_id)
    assert await jarvis.streams.newest([room_id]) == {}
    assert jarvis.recorder.of(RoomLeft) == [RoomLeft(ben.id, room_id), RoomLeft(ana.id, room_id)]


async def test_a_deleted_room_is_told_to_all_its_members(jarvis: InMemoryJarvis, ana: Actor, ben: Actor) -> None:
    room_id = (await jarvis.room(ana, ben)).room.id
    await jarvis.rooms.delete(ana, room_id)
    (deleted,) = jarvis.recorder.of(RoomDeleted)
    assert (deleted.room_id, set(deleted.told)) == (room_id, {ana.id, ben.id})
    assert await jarvis.rooms.mine(ana) == await jarvis.rooms.mine(ben) == []


async def test_members_are_shown_with_their_presence(jarvis: InMemoryJarvis, ana: Actor, ben: Actor) -> None:
    room_id = (await jarvis.room(ana, ben)).room.id
    await jarvis.presence.arrived(ben, "1")
    members = await jarvis.rooms.members(ana, room_id)
    assert [(member.user.name, member.is_online) for member in members] == [("Ana", False), ("Ben", True)]


async def test_rooms_come_by_their_newest_message(jarvis: InMemoryJarvis, ana: Actor) -> None:
    first = (await jarvis.room(ana, title="first")).room.id
    jarvis.clock.advance(1)
    await jarvis.room(ana, title="second")
    jarvis.clock.advance(1)
    await jarvis.messages.send(ana, first, "up")
    assert [summary.room.title for summary in await jarvis.rooms.mine(ana)] == ["first", "second"]
