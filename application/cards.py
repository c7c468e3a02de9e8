"""Idea cards by hand."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from application.membership import require_member, require_member_and_lock
from application.ports.clock import Clock
from application.ports.ids import IdSource
from application.ports.unit_of_work import UnitOfWork, Work
from domain.errors import Fault, Forbidden, InvalidInput, NotFound
from domain.ideas import Card, CardContent, CardDraft, CardKind, CardLimits, quoted, source_named, title_of
from domain.ids import CardId, MessageId, RoomId, UserId
from domain.knowledge_errors import BadSourceMessage
from domain.knowledge_events import CardAdded, CardRemoved, CardUpdated
from domain.messages import Message
from domain.rooms import Member, Role, Room
from domain.users import Actor

PAGE_DEFAULT = 80
PAGE_LIMIT = 200


class Cards:
    """Making cards, changing them, taking them away and reading them."""

    def __init__(self, work: Work, clock: Clock, ids: IdSource, limits: CardLimits | None = None) -> None:
        self._work = work
        self._clock = clock
        self._ids = ids
        self._limits = limits or CardLimits()

    async def add(self, actor: Actor, room_id: RoomId, draft: CardDraft, source: str | None = None) -> Card:
        """Make a card, of the message ``source`` where one is named: what the draft does not say comes from there.

        A message has one card: the second one made of it answers the first, whoever makes it and however many do at
        the same time.

        Raises:
            Forbidden: the actor is no member.
            BadSourceMessage: there is no such message in the room, or it was deleted.
            InvalidInput: the card would say nothing, too much, or what cannot be stored.
        """
        draft = draft.checked(self._limits)
        named = source_named(source)
        async with self._work() as work:
            await require_member_and_lock(work, room_id, actor.id)
            message = None
            if named is not None:
                message = await _source(work, room_id, named)
                if (first := await work.cards.of_message(message.id)) is not None:
                    return first
            card = self._new(actor.id, room_id, draft, message)
            await work.cards.add([card])
            work.record(CardAdded(room_id, card))
        return card

    async def change(self, actor: Actor, room_id: RoomId, card_id: CardId, draft: CardDraft) -> Card:
        """Have a card say something else. What a model found becomes the room's own by that.

        Raises:
            Forbidden: the actor neither made it nor owns the room, or is no member.
            NotFound: there is no such card in the room.
            InvalidInput: it would say too much, or what cannot be stored.
        """
        draft = draft.checked(self._limits)
        async with self._work() as work:
            card = await _own(work, actor, room_id, card_id)
            changed = card.rewritten(self._clock.now(), draft)
            await work.cards.replace([changed])
            work.record(CardUpdated(room_id, changed))
        return changed

    async def remove(self, actor: Actor, room_id: RoomId, card_id: CardId) -> None:
        """Take a card away, and all that it says.

        Raises:
            Forbidden: the actor neither made it nor owns the room, or is no member.
            NotFound: there is no such card in the room.
        """
        async with self._work() as work:
            card = await _own(work, actor, room_id, card_id)
            await work.cards.replace([card.removed(self._clock.now())])
            work.record(CardRemoved(room_id, card_id))

    async def of_room(self, actor: Actor, room_id: RoomId, *, take: int = PAGE_DEFAULT) -> Sequence[Card]:
        """The newest cards, newest first; ``take`` is brought into 1 to 200. Raises Forbidden."""
        async with self._work() as work:
            await require_member(work, room_id, actor.id)
            return await work.cards.page(room_id, take=min(max(take, 1), PAGE_LIMIT))

    def _new(self, maker_id: UserId, room_id: RoomId, draft: CardDraft, source: Message | None) -> Card:
        now = self._clock.now()
        title, content = draft.title, draft.content
        if source is not None:
            said_title, said_content = quoted(source)
            title, content = title or said_title, content or said_content
        content = content or CardContent()
        title = title or next(map(title_of, filter(str.strip, content.texts)), "")
        if not title:
            raise InvalidInput(details=[Fault("title", "must not be empty")])
        return Card(
            id=CardId(self._ids.new()),
            room_id=room_id,
            created_by=maker_id,
            kind=CardKind.MANUAL,
            title=title,
            content=content,
            created_at=now,
            updated_at=now,
            graph=draft.graph,
            source_message_id=None if source is None else source.id,
            quotes_title=source is not None and draft.title is None,
            quotes_content=source is not None and draft.content is None,
        )


async def have_cards_follow(work: UnitOfWork, message: Message, at: datetime) -> None:
    """Have the cards that rest on a message follow its edit or deletion; the room is held.

    A card made of it says what it says now, as far as these are its words. What a model made of it goes with it when it
    is deleted: it may quote it.
    """
    for card in await work.cards.resting_on(message.room_id, message.id):
        if card.source_message_id == message.id:
            following = card.following(message, at)
            if following is not card:
                await work.cards.replace([following])
                work.record(CardUpdated(card.room_id, following))
        elif message.deleted_at is not None:
            await work.cards.replace([card.removed(at)])
            work.record(CardRemoved(card.room_id, card.id))


async def _source(work: UnitOfWork, room_id: RoomId, named: str) -> Message:
    try:
        message = await work.messages.lock(room_id, MessageId(UUID(named)))
    except (ValueError, NotFound):
        raise BadSourceMessage from None
    if message.deleted_at is not None:
        raise BadSourceMessage
    return message


async def _own(work: UnitOfWork, actor: Actor, room_id: RoomId, card_id: CardId) -> Card:
    member, room = await require_member_and_lock(work, room_id, actor.id)
    card = await work.cards.get(room_id, card_id)
    if not _may_change(member, room, card):
        raise Forbidden("Only who made the card or owns the room may do this.")
    return card


def _may_change(member: Member, room: Room, card: Card) -> bool:
    """Whoever began a room of two is no more at home there than the other: what nobody made there belongs to both."""
    is_of_both = room.pair is not None and card.created_by is None
    return is_of_both or member.role is Role.OWNER or card.created_by == member.user_id
