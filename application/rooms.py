"""Rooms and their members."""

from collections.abc import Sequence
from dataclasses import dataclass

from application.direct_rooms import DirectRooms
from application.limits import Limits
from application.membership import require_member, require_member_and_lock, take_out
from application.ports.clock import Clock
from application.ports.ids import IdSource
from application.ports.presence import PresenceBoard
from application.ports.unit_of_work import Work
from domain.errors import DirectRoom, Fault, InvalidInput, NoValidUsers, UserIdsRequired
from domain.events import MemberAdded, RoomAdded, RoomDeleted, RoomRenamed
from domain.ids import RoomId, UserId
from domain.presence import MemberPresence
from domain.rooms import DEFAULT_TITLE, Member, Role, Room, RoomSummary, RoomType, room_title
from domain.users import Actor


@dataclass(frozen=True, slots=True)
class Invited:
    """What came of an invitation: how many people are new, and how many of those named were not added."""

    added: int
    skipped: int


class Rooms:
    """Opening, naming, filling, leaving and closing rooms."""

    def __init__(
        self, work: Work, presence: PresenceBoard, clock: Clock, ids: IdSource, limits: Limits | None = None
    ) -> None:
        self._work = work
        self._presence = presence
        self._clock = clock
        self._ids = ids
        self._limits = limits or Limits()
        self._direct = DirectRooms(work, clock, ids)

    async def create(
        self,
        actor: Actor,
        title: str | None = None,
        *,
        type: RoomType = RoomType.GROUP,  # noqa: A002
        member_ids: Sequence[UserId] = (),
        room_id: RoomId | None = None,
    ) -> RoomSummary:
        """Open a room owned by the actor; those of ``member_ids`` that exist become members and are told.

        A direct room is the one of these two, which may be there already, and has no title of its own. ``room_id`` is
        the id that another one gets, where whoever opens it may have to do so again.

        Raises:
            InvalidInput: the title is too long, or too many people are named.
            NoValidUsers: none of those named for a direct room exists.
            DuplicateEntry: there is a room of this id.
        """
        self._require_few(member_ids, "memberUserIds")
        if type is RoomType.DIRECT:
            return await self._direct.open(actor, member_ids)
        title = title if title and title.strip() else DEFAULT_TITLE
        room_id, now = room_id or RoomId(self._ids.new()), self._clock.now()
        room = Room(room_id, type, room_title(title, limit=self._limits.title), actor.id, now)
        async with self._work() as work:
            known = await work.users.existing(member_ids)
            others = [user.id for user in known if user.id != actor.id and not user.is_bot]
            await work.rooms.add(room)
            await work.members.add(
                [
                    Member(room_id, actor.id, Role.OWNER, now),
                    *(Member(room_id, id_, Role.MEMBER, now) for id_ in others),
                ]
            )
            summary = RoomSummary(room, 1 + len(others))
            if others:
                work.announce(RoomAdded(tuple(others), summary))
        return summary

    async def find(self, actor: Actor, room_id: RoomId) -> RoomSummary:
        """One of the actor's rooms. Raises Forbidden where it is none of theirs."""
        async with self._work() as work:
            await require_member(work, room_id, actor.id)
            return await work.rooms.summary(room_id, actor.id)

    async def mine(self, actor: Actor) -> Sequence[RoomSummary]:
        """The actor's rooms, the one with the newest message (or creation) first."""
        async with self._work() as work:
            return await work.rooms.of_user(actor.id)

    async def members(self, actor: Actor, room_id: RoomId) -> Sequence[MemberPresence]:
        """Who is in the room, in the order in which they came. Raises Forbidden where the actor is not."""
        async with self._work() as work:
            await require_member(work, room_id, actor.id)
            profiles = await work.members.profiles(room_id)
        online = await self._presence.online([user.id for _, user in profiles])
        return [MemberPresence(member, user, user.id in online) for member, user in profiles]

    async def invite(self, actor: Actor, room_id: RoomId, user_ids: Sequence[UserId]) -> Invited:
        """Add people to the room. Who is in it already, does not exist or is a bot, which its owner alone puts into
        rooms, is skipped.

        Raises:
            UserIdsRequired: nobody is named.
            Forbidden: the actor is no member.
            DirectRoom: nobody else belongs there.
            NoValidUsers: none of those named exists.
        """
        if not user_ids:
            raise UserIdsRequired
        self._require_few(user_ids, "userIds")
        async with self._work() as work:
            _, room = await require_member_and_lock(work, room_id, actor.id)
            if room.type is RoomType.DIRECT:
                raise DirectRoom
            users = [user for user in await work.users.existing(user_ids) if not user.is_bot]
            if not users:
                raise NoValidUsers
            now = self._clock.now()
            added = await work.members.add(
                [Member(room_id, user.id, Role.MEMBER, now, room.last_seq) for user in users]
            )
            names = {user.id: user.name for user in users}
            for user_id in added:
                work.record(MemberAdded(room_id, user_id, names[user_id]))
            if added:
                work.announce(RoomAdded(tuple(added), await work.rooms.summary(room_id, added[0])))
        return Invited(len(added), len(set(user_ids)) - len(added))

    async def rename(self, actor: Actor, room_id: RoomId, title: str) -> str:
        """Give the room another title, and answer it as it is kept.

        Raises:
            InvalidInput: the title is empty or too long.
            Forbidden: the actor is no member.
            OwnerOnly: the actor is a plain member.
            DirectRoom: its title is the other one's name.
        """
        title = room_title(title, limit=self._limits.title)
        async with self._work() as work:
            member, room = await require_member_and_lock(work, room_id, actor.id)
            if room.type is RoomType.DIRECT:
                raise DirectRoom
            member.require_right_to_rename()
            await work.rooms.rename(room_id, title)
            work.record(RoomRenamed(room_id, title, tuple(await work.members.ids(room_id))))
        return title

    async def leave(self, actor: Actor, room_id: RoomId) -> None:
        """Give up membership. The last one out deletes the room.

        Raises:
            Forbidden: the actor is no member.
            OwnerCannotLeave: the actor owns the room and others are in it.
        """
        async with self._work() as work:
            member, _ = await require_member_and_lock(work, room_id, actor.id)
            await take_out(work, member, actor.name)

    async def delete(self, actor: Actor, room_id: RoomId) -> None:
        """Close the room and forget all that is in it.

        Raises:
            Forbidden: the actor is no member.
            OwnerOnly: the actor is not the owner.
        """
        async with self._work() as work:
            member, _ = await require_member_and_lock(work, room_id, actor.id)
            member.require_owner()
            told = tuple(await work.members.ids(room_id))
            await work.rooms.delete(room_id)
            work.announce(RoomDeleted(room_id, told))

    def _require_few(self, user_ids: Sequence[UserId], field: str) -> None:
        if len(user_ids) > self._limits.invited_at_once:
            raise InvalidInput(details=[Fault(field, f"must name at most {self._limits.invited_at_once} people")])
