"""What changes for good in what a room knows."""

from dataclasses import dataclass

from domain.ideas import Card
from domain.ids import CardId, RoomId


@dataclass(frozen=True, slots=True)
class CardAdded:
    """A room has a card more. In a replay: the card as it stands now, of which nothing is left where it was removed."""

    room_id: RoomId
    card: Card


@dataclass(frozen=True, slots=True)
class CardUpdated:
    """A card says something else. In a replay: the card as it stands now."""

    room_id: RoomId
    card: Card


@dataclass(frozen=True, slots=True)
class CardRemoved:
    room_id: RoomId
    card_id: CardId


KnowledgeEvent = CardAdded | CardUpdated | CardRemoved
"""Events about what is neither a message nor a person: the log keeps the id of their subject."""
