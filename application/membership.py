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
    """End a membership; the room is held. The last one out deletes the room.

    Decisions and tasks that are open have no owner then, so that the room sees that nobody looks after them.

    Raises:
        OwnerCannotLeave: the member owns the room and others are in it.
    """
    room_id, user_id = member.room_id, member.user_id
    if len(await work.members.ids(room_id)) == 1:
        await work.rooms.delete(room_id)
        work.announce(RoomEmptied(room_id))
    elif member.role is Role.OWNER:
        raise OwnerCannotLeave
    else:
        own = Choice(state=MatterState.OPEN, owner_id=user_id)
        for matter in await work.matters.of_room(room_id, own, take=2 * MATTERS_LIMIT):
            await work.matters.replace(matter.disowned())
            work.record(MatterUpdated(room_id, matter.disowned()))
        await work.members.remove(room_id, user_id)
        work.record(MemberRemoved(room_id, user_id, name))
    work.announce(RoomLeft(user_id, room_id))
