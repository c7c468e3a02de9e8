"""Idea cards, as they are kept."""

from collections.abc import Sequence
from datetime import datetime
from typing import Protocol

from domain.ideas import Card
from domain.ids import CardId, MessageId, RoomId
from domain.weeks import Week


class CardRepository(Protocol):
    """Cards of rooms. Whoever changes one holds its room. Those that were removed are kept for the log alone."""

    async def add(self, cards: Sequence[Card]) -> None:
        """Keep new cards. Raises DuplicateEntry where a message has one already."""

    async def get(self, room_id: RoomId, card_id: CardId) -> Card:
        """The card. Raises NotFound, also where it was removed."""

    async def of_message(self, message_id: MessageId) -> Card | None:
        """The card that was made of this message, or None."""

    async def replace(self, cards: Sequence[Card]) -> None:
        """Keep what cards say now, or that they are removed."""

    async def page(self, room_id: RoomId, *, take: int) -> Sequence[Card]:
        """The newest ``take`` cards, newest first."""

    async def of_rooms(
        self, room_ids: Sequence[RoomId], *, week: Week | None = None, since: datetime | None = None
    ) -> Sequence[Card]:
        """The cards of the rooms, newest first: of those that a model made, with a ``week``, that week's alone; and
        none that is older than ``since``."""

    async def resting_on(self, room_id: RoomId, message_id: MessageId) -> Sequence[Card]:
        """The cards that were made of this message, and those that a model made and that name it as evidence."""
