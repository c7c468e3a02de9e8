"""Direct rooms: one for each two people."""

from collections.abc import Sequence

from application.ports.clock import Clock
from application.ports.ids import IdSource
from application.ports.unit_of_work import UnitOfWork, Work
from domain.errors import DuplicateEntry, Fault, InvalidInput, NotFound, NoValidUsers, Unavailable
from domain.events import MemberAdded, RoomAdded
from domain.ids import RoomId, UserId
from domain.rooms import Member, Role, Room, RoomSummary, RoomType, pair_of
from domain.users import Actor, User

_TRIES = 5


class DirectRooms:
    """A talk between two, or with nobody else named a room for notes to oneself."""

    def __init__(self, work: Work, clock: Clock, ids: IdSource) -> None:
        self._work = work
        self._clock = clock
        self._ids = ids

    async def open(self, actor: Actor, member_ids: Sequence[UserId]) -> RoomSummary:
        """The direct room of the actor and the one of ``member_ids`` who exists, as the actor finds it in the list.

        It is made where there is none. Whoever of the two has left it is in it again.

        Raises:
            InvalidInput: more than one other person is named.
            NoValidUsers: nobody of those named exists.
        """
        for _ in range(_TRIES):
            try:
                async with self._work() as work:
                    return await self._open(work, actor, member_ids)
            except (DuplicateEntry, NotFound):
                continue  # somebody has made it, or deleted it, just now
        raise Unavailable

    async def _open(self, work: UnitOfWork, actor: Actor, member_ids: Sequence[UserId]) -> RoomSummary:
        named = [user for user in await work.users.existing([actor.id, *member_ids]) if not user.is_bot]
        me, others = named[0], named[1:]
        if len(others) > 1:
            raise InvalidInput(details=[Fault("memberUserIds", "must name one other person for a direct room")])
        if not others and any(id_ != actor.id for id_ in member_ids):
            raise NoValidUsers
        other = others[0] if others else me
        room_id = await work.rooms.between(pair_of(me.id, other.id))
        if room_id is None:
            room_id = await self._make(work, me, other)
        else:
            await self._bring_back(work, room_id, [me, other])
        return await work.rooms.summary(room_id, me.id)

    async def _make(self, work: UnitOfWork, me: User, other: User) -> RoomId:
        room_id, now = RoomId(self._ids.new()), self._clock.now()
        title = me.name if other is me else f"{me.name}, {other.name}"
        await work.rooms.add(Room(room_id, RoomType.DIRECT, title, me.id, now, pair=pair_of(me.id, other.id)))
        await work.members.add([Member(room_id, me.id, Role.OWNER, now)])
        if other is not me:
            await work.members.add([Member(room_id, other.id, Role.MEMBER, now)])
            work.announce(RoomAdded((other.id,), await work.rooms.summary(room_id, other.id)))
        return room_id

    async def _bring_back(self, work: UnitOfWork, room_id: RoomId, both: Sequence[User]) -> None:
        """Make both members again. Raises NotFound where the room is gone."""
        present = await work.members.ids(room_id)
        if all(user.id in present for user in both):
            return
        room, now = await work.rooms.lock(room_id), self._clock.now()
        added = await work.members.add([Member(room_id, user.id, Role.MEMBER, now, room.last_seq) for user in both])
        for user in both:
            if user.id in added:
                work.record(MemberAdded(room_id, user.id, user.name))
                work.announce(RoomAdded((user.id,), await work.rooms.summary(room_id, user.id)))
