"""The first question of nearly every use case."""

from application.ports.unit_of_work import UnitOfWork
from domain.errors import Forbidden
from domain.ids import RoomId, UserId
from domain.rooms import Member


async def require_member(work: UnitOfWork, room_id: RoomId, user_id: UserId) -> Member:
    """The membership. Raises Forbidden where there is none, whether or not the room exists."""
    member = await work.members.find(room_id, user_id)
    if member is None:
        raise Forbidden("You are not a member of this room.")
    return member
