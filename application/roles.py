"""What members of a room may do to one another."""

from application.membership import require_member_and_lock, take_out
from application.ports.unit_of_work import UnitOfWork, Work
from domain.errors import DirectRoom, Fault, InvalidInput, NotFound
from domain.events import MemberUpdated
from domain.ids import RoomId, UserId
from domain.rooms import Member, Role, RoomType
from domain.users import Actor, User


class Roles:
    """Giving roles, handing a room over, and taking members out."""

    def __init__(self, work: Work) -> None:
        self._work = work

    async def give(self, actor: Actor, room_id: RoomId, user_id: UserId, role: Role) -> None:
        """Give a member another role. Who makes another one the owner hands the room over, and is an admin then.

        Raises:
            Forbidden: the actor is no member.
            DirectRoom: there are no roles.
            OwnerOnly: the actor is not the owner.
            NotFound: the other one is no member.
            InvalidInput: the owner's own role ends by handing the room over alone, or the other one is a bot.
        """
        async with self._work() as work:
            member, room = await require_member_and_lock(work, room_id, actor.id)
            if room.type is RoomType.DIRECT:
                raise DirectRoom
            member.require_owner()
            other, user = await _member(work, room_id, user_id)
            if other.role is role:
                return
            if user_id == actor.id:
                raise InvalidInput(details=[Fault("role", "hand the room over to somebody else first")])
            if user.is_bot:
                raise InvalidInput(details=[Fault("role", "a bot is a plain member")])
            if role is Role.OWNER:
                await work.members.give_role(room_id, actor.id, Role.ADMIN)
            await work.members.give_role(room_id, user_id, role)
            work.record(MemberUpdated(room_id, user_id, user.name, role))
            if role is Role.OWNER:
                work.record(MemberUpdated(room_id, actor.id, actor.name, Role.ADMIN))

    async def remove(self, actor: Actor, room_id: RoomId, user_id: UserId) -> None:
        """Take a member out of the room. Removing oneself is leaving.

        Raises:
            Forbidden: the actor is no member.
            DirectRoom: neither of the two can take the other out.
            NotFound: the other one is no member.
            AdminOnly, OwnerOnly: the actor's role does not reach so far.
            OwnerCannotLeave: the actor, who is removing themself, owns the room and others are in it.
        """
        async with self._work() as work:
            member, room = await require_member_and_lock(work, room_id, actor.id)
            if user_id == actor.id:
                await take_out(work, member, actor.name)
                return
            if room.type is RoomType.DIRECT:
                raise DirectRoom
            other, user = await _member(work, room_id, user_id)
            member.require_right_to_remove(other)
            await take_out(work, other, user.name)


async def _member(work: UnitOfWork, room_id: RoomId, user_id: UserId) -> tuple[Member, User]:
    """A member of the room. Raises NotFound."""
    member, user = await work.members.find(room_id, user_id), await work.users.find(user_id)
    if member is None or user is None:
        raise NotFound
    return member, user
