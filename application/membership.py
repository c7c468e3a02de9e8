"""The first question of nearly every use case."""

from application.ports.unit_of_work import UnitOfWork
from domain.errors import Forbidden, NotFound
from domain.ids import RoomId, UserId
from domain.rooms import Member

_NOT_A_MEMBER = "You are not a member of this room."


async def require_member(work: UnitOfWork, room_id: RoomId, user_id: UserId) -> Member:
    """The membership. Raises Forbidden where there is none, whether or not the room exists."""
    member = await work.members.find(room_id, user_id)
    if member is None:
        raise Forbidden(_NOT_A_MEMBER)
    return member


async def require_member_and_lock(work: UnitOfWork, room_id: RoomId, user_id: UserId) -> Member:
    """The membership as it is once the room is held against any other change.

    Raises Forbidden where there is none: also where it, or the room, ended while we waited for the room.
    """
    await require_member(work, room_id, user_id)
    try:
        await work.rooms.lock(room_id)
    except NotFound:
        raise Forbidden(_NOT_A_MEMBER) from None
    return await require_member(work, room_id, user_id)
