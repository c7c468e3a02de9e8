"""The first question of nearly every use case, and how somebody goes."""

from application.ports.matters import Choice
from application.ports.unit_of_work import UnitOfWork
from domain.errors import Forbidden, NotFound, OwnerCannotLeave
from domain.events import MemberRemoved, RoomEmptied, RoomLeft
from domain.ids import RoomId, UserId
from domain.matter_events import MatterUpdated
from domain.matters import MATTERS_LIMIT, MatterState
from domain.rooms import Member, Role, Room

_NOT_A_MEMBER = "You are not a member of this room."


async def require_member(work: UnitOfWork, room_id: RoomId, user_id: UserId) -> Member:
    """The membership. Raises Forbidden where there is none, whether or not the room exists."""
    member = await work.members.find(room_id, user_id)
    if member is None:
        raise Forbidden(_NOT_A_MEMBER)
    return member


async def require_member_and_lock(work: UnitOfWork, room_id: RoomId, user_id: UserId) -> tuple[Member, Room]:
    """The membership and the room as they are once the room is held against any other change.

    Raises Forbidden where there is none: also where it, or the room, ended while we waited for the room.
    """
    await require_member(work, room_id, user_id)
    try:
        room = await work.rooms.lock(room_id)
    except NotFound:
        raise Forbidden(_NOT_A_MEMBER) from None
    return await require_member(work, room_id, user_id), room


async def take_out(work: UnitOfWork, member: Member, name: str) -> None:
    """End a membership; the room is held. The last one out, but for bots of theirs, deletes the room.

    Decisions and tasks that are open have no owner then, so that the room sees that nobody looks after them. The
    member's bots go along: none is where its owner is not.

    Raises:
        OwnerCannotLeave: the member owns the room and others are in it.
    """
    room_id = member.room_id
    bots = await work.bots.in_room(member.user_id, room_id)
    leaving = {**{bot.id: bot.name for bot in bots}, member.user_id: name}
    if len(await work.members.ids(room_id)) == len(leaving):
        await work.rooms.delete(room_id)
        work.announce(RoomEmptied(room_id))
    elif member.role is Role.OWNER:
        raise OwnerCannotLeave
    else:
        for user_id, called in leaving.items():
            await _disown(work, room_id, user_id)
            await work.members.remove(room_id, user_id)
            work.record(MemberRemoved(room_id, user_id, called))
    for user_id in leaving:
        work.announce(RoomLeft(user_id, room_id))


async def _disown(work: UnitOfWork, room_id: RoomId, user_id: UserId) -> None:
    own = Choice(state=MatterState.OPEN, owner_id=user_id)
    for matter in await work.matters.of_room(room_id, own, take=2 * MATTERS_LIMIT):
        await work.matters.replace(matter.disowned())
        work.record(MatterUpdated(room_id, matter.disowned()))
