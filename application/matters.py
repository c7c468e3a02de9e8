"""The decisions and tasks of a room: writing them down, and following them."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime

from application.membership import require_member, require_member_and_lock
from application.ports.clock import Clock
from application.ports.ids import IdSource
from application.ports.matters import Choice
from application.ports.unit_of_work import UnitOfWork, Work
from domain.errors import Fault, InvalidInput
from domain.ids import MatterId, MessageId, RoomId, UserId
from domain.matter_events import MatterAdded, MatterRemoved, MatterUpdated
from domain.matters import (
    MATTERS_LIMIT,
    Change,
    Matter,
    MatterKind,
    MatterState,
    Origin,
    matter_note,
    matter_title,
    quotable,
    quote,
    require_state,
)
from domain.messages import Message
from domain.pulse_errors import TooManyMatters
from domain.users import Actor

PAGE_DEFAULT = 100
PAGE_LIMIT = 200


@dataclass(frozen=True, slots=True)
class Draft:
    """What is to be written down: with a title, or the message that says it."""

    title: str | None = None
    note: str = ""
    state: MatterState = MatterState.OPEN
    owner_id: UserId | None = None
    due: date | None = None
    source_id: MessageId | None = None


class Matters:
    """Any member writes down and changes; who may remove, the matter itself says."""

    def __init__(self, work: Work, clock: Clock, ids: IdSource) -> None:
        self._work = work
        self._clock = clock
        self._ids = ids

    async def add(self, actor: Actor, room_id: RoomId, kind: MatterKind, draft: Draft) -> Matter:
        """Write something down. What was written down from the same message before is answered as it is.

        Raises:
            Forbidden: the actor is no member.
            InvalidInput: there is neither title nor message, the owner is no member, or a text is not acceptable.
            NotFound: there is no such message in the room.
            AlreadyDeleted: the message was deleted.
            TooManyMatters: the room has as many as it may have.
        """
        title = None if draft.title is None else matter_title(draft.title)
        note = matter_note(draft.note)
        require_state(kind, draft.state)
        if title is None and draft.source_id is None:
            raise InvalidInput(details=[Fault("title", "must be given, or sourceMessageId")])
        async with self._work() as work:
            await require_member_and_lock(work, room_id, actor.id)
            if draft.source_id is not None:
                source = quotable(await work.messages.get(room_id, draft.source_id))
                for known in await work.matters.from_messages(room_id, [source.id]):
                    if known.kind is kind and known.removed_at is None:
                        return known
                    if known.kind is kind:
                        await work.matters.replace(replace(known, source_id=None))
                quoted = quote(source.content)
            else:
                quoted = ""
            await _require_owner(work, room_id, draft.owner_id)
            if await work.matters.count(room_id, kind) >= MATTERS_LIMIT:
                raise TooManyMatters
            now = self._clock.now()
            matter = Matter(
                id=MatterId(self._ids.new()),
                room_id=room_id,
                kind=kind,
                title=quoted if title is None else title,
                state=draft.state,
                origin=Origin.MARKED,
                created_at=now,
                updated_at=now,
                created_by=actor.id,
                owner_id=draft.owner_id,
                due=draft.due,
                note=note,
                source_id=draft.source_id,
                quoted=title is None,
            )
            await work.matters.add(matter)
            work.record(MatterAdded(room_id, matter))
        return matter

    async def change(
        self, actor: Actor, room_id: RoomId, kind: MatterKind, matter_id: MatterId, change: Change
    ) -> Matter:
        """Have it otherwise, which any member may.

        Raises:
            Forbidden: the actor is no member.
            NotFound: there is no such thing in the room.
            InvalidInput: it cannot have this state, the new owner is no member, or a text is not acceptable.
        """
        async with self._work() as work:
            await require_member_and_lock(work, room_id, actor.id)
            matter = await work.matters.get(room_id, kind, matter_id)
            await _require_owner(work, room_id, change.owner_id)
            changed = matter.changed(change, self._clock.now())
            if changed is not matter:
                await work.matters.replace(changed)
                work.record(MatterUpdated(room_id, changed))
        return changed

    async def remove(self, actor: Actor, room_id: RoomId, kind: MatterKind, matter_id: MatterId) -> None:
        """Take it away. What was found and then removed is not found again.

        Raises:
            Forbidden: the actor is no member, or somebody else wrote it down.
            NotFound: there is no such thing in the room.
        """
        async with self._work() as work:
            member, _ = await require_member_and_lock(work, room_id, actor.id)
            matter = await work.matters.get(room_id, kind, matter_id)
            matter.require_right_to_remove(member)
            await work.matters.replace(matter.removed(self._clock.now()))
            work.record(MatterRemoved(room_id, kind, matter_id))

    async def find(self, actor: Actor, room_id: RoomId, kind: MatterKind, matter_id: MatterId) -> Matter:
        """One of a room. Raises Forbidden and NotFound."""
        async with self._work() as work:
            await require_member(work, room_id, actor.id)
            return await work.matters.get(room_id, kind, matter_id)

    async def of_room(
        self,
        actor: Actor,
        room_id: RoomId,
        choice: Choice,
        *,
        before: MatterId | None = None,
        take: int = PAGE_DEFAULT,
    ) -> Sequence[Matter]:
        """Those of a room, the newest first; ``take`` is brought into 1 to 200. Raises Forbidden."""
        async with self._work() as work:
            await require_member(work, room_id, actor.id)
            return await work.matters.of_room(room_id, choice, before=before, take=min(max(take, 1), PAGE_LIMIT))

    async def mine(
        self, actor: Actor, choice: Choice, *, before: MatterId | None = None, take: int = PAGE_DEFAULT
    ) -> Sequence[Matter]:
        """Those that the actor owns, in all the rooms that the actor is in."""
        own = replace(choice, owner_id=actor.id)
        async with self._work() as work:
            return await work.matters.of_reader(actor.id, own, before=before, take=min(max(take, 1), PAGE_LIMIT))


async def follow_source(work: UnitOfWork, source: Message, at: datetime) -> None:
    """Have what was written down from a message follow its edit or deletion; the room is held."""
    for matter in await work.matters.from_messages(source.room_id, [source.id]):
        following = matter.following(source, at)
        if following is not matter:
            await work.matters.replace(following)
            work.record(MatterUpdated(source.room_id, following))


async def _require_owner(work: UnitOfWork, room_id: RoomId, owner_id: UserId | None) -> None:
    if owner_id is not None and await work.members.find(room_id, owner_id) is None:
        raise InvalidInput(details=[Fault("ownerId", "must be a member of the room")])
