"""The vectors of what was said."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from application.ports.text_index import Behind
from domain.embeddings import EmbeddingModel, SpaceId, Vector
from domain.ids import MessageId, RoomId


@dataclass(frozen=True, slots=True)
class Piece:
    """A text that needs a vector, and when its message had last been edited by then."""

    message_id: MessageId
    text: str
    edited_at: datetime | None


@dataclass(frozen=True, slots=True)
class Batch:
    """The next events of a room's log as far as ``upto``, held under the number ``lease``: what they leave to embed,
    and what has no vector any more."""

    space: SpaceId
    room_id: RoomId
    lease: int
    upto: int
    pieces: Sequence[Piece]
    gone: Sequence[MessageId]


@dataclass(frozen=True, slots=True)
class Progress:
    """How many messages there are, how many have a vector of this model and of others, and how many events of the
    rooms' logs are still to be looked at."""

    messages: int
    embedded: int
    of_other_models: int
    waiting: int


class Embeddings(Protocol):
    """Follows the rooms' logs, for one model at a time: a vector of another one is replaced."""

    async def adopt(self, model: EmbeddingModel) -> SpaceId | None:
        """From now on keep vectors of this model. None where this store cannot keep any."""

    async def behind(self, space: SpaceId, *, now: datetime, take: int) -> Behind:
        """What is to be done, and at most ``take`` rooms that nobody holds."""

    async def claim(
        self, space: SpaceId, room_id: RoomId, *, now: datetime, until: datetime, take: int
    ) -> Batch | None:
        """Hold the next ``take`` events of the room's log; None where there are none or somebody else holds them."""

    async def keep(self, batch: Batch, vectors: Sequence[Vector | None]) -> bool:
        """Put a vector to each piece, or None, and let go of the room. False where it was held no more, and then
        nothing is kept. What was edited or deleted meanwhile gets none, since that comes later in the log."""

    async def release(self, batch: Batch) -> None:
        """Let go of the room, whose events are as they were."""

    async def progress(self, space: SpaceId) -> Progress:
        """How far it is."""

    async def restart(self, space: SpaceId) -> None:
        """Go through all logs from the beginning; the vectors that are there serve until they are replaced."""
