"""Idea cards."""

from collections.abc import Iterable, Sequence
from datetime import datetime

from adapters.memory.store import InMemoryStore
from domain.errors import DuplicateEntry, NotFound
from domain.ideas import Card, CardKind
from domain.ids import CardId, MessageId, RoomId
from domain.weeks import Week


class InMemoryCardRepository:
    """Looks through the cards of a room. One that was removed stays there, emptied, for the room's log."""

    def __init__(self, store: InMemoryStore) -> None:
        self._store = store

    async def add(self, cards: Sequence[Card]) -> None:
        for card in cards:
            if card.source_message_id is not None and await self.of_message(card.source_message_id) is not None:
                raise DuplicateEntry
            self._store.contents[card.room_id].cards.put(card.id, card)

    async def get(self, room_id: RoomId, card_id: CardId) -> Card:
        contents = self._store.contents.get(room_id)
        card = None if contents is None else contents.cards.get(card_id)
        if card is None or card.removed_at is not None:
            raise NotFound
        return card

    async def of_message(self, message_id: MessageId) -> Card | None:
        for contents in self._store.contents.values():
            if message_id in contents.messages:
                return next(
                    (card for card in _standing(contents.cards.values()) if card.source_message_id == message_id), None
                )
        return None

    async def replace(self, cards: Sequence[Card]) -> None:
        for card in cards:
            self._store.contents[card.room_id].cards.put(card.id, card)

    async def page(self, room_id: RoomId, *, take: int) -> Sequence[Card]:
        return (await self.of_rooms([room_id]))[:take]

    async def of_rooms(
        self, room_ids: Sequence[RoomId], *, week: Week | None = None, since: datetime | None = None
    ) -> Sequence[Card]:
        found = [
            card
            for room_id in dict.fromkeys(room_ids)
            if (contents := self._store.contents.get(room_id)) is not None
            for card in _standing(contents.cards.values())
            if (week is None or card.kind is CardKind.MANUAL or card.week == week)
            and (since is None or card.created_at >= since)
        ]
        return sorted(found, key=lambda card: (card.created_at, card.id), reverse=True)

    async def resting_on(self, room_id: RoomId, message_id: MessageId) -> Sequence[Card]:
        return [
            card
            for card in reversed(await self.of_rooms([room_id]))
            if card.source_message_id == message_id
            or (card.kind is CardKind.WEEKLY_AI and str(message_id) in card.message_ids)
        ]


def _standing(cards: Iterable[Card]) -> Iterable[Card]:
    return (card for card in cards if card.removed_at is None)
