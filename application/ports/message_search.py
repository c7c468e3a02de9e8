"""Finding what was said."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

from domain.embeddings import SpaceId, Vector
from domain.ids import RoomId, UserId
from domain.messages import Message
from domain.search import Query, Term


@dataclass(frozen=True, slots=True)
class Matches:
    """Messages that may answer a query, in no order, and the share of all messages that hold each of its terms."""

    messages: Sequence[Message]
    frequencies: Mapping[Term, float]


@dataclass(frozen=True, slots=True)
class Near:
    """A message, and how near its vector is to another: 1 where both point the same way, 0 where they have nothing in
    common."""

    message: Message
    similarity: float


class MessageSearch(Protocol):
    """Looks only ever into rooms that the reader is a member of. Finds nothing that is deleted."""

    async def matching(self, reader: UserId, room_id: RoomId | None, query: Query, *, take: int) -> Matches:
        """What has words of the query, the most promising ``take`` where there is more; in one room or in all.

        What is committed is found, however far the index has come.
        """

    async def nearest(
        self, reader: UserId, room_id: RoomId | None, space: SpaceId, vector: Vector, *, take: int
    ) -> Sequence[Near]:
        """The messages whose vectors in this space are nearest, nearest first; in one room or in all.

        Where there are many, one that is near may be missed.
        """
