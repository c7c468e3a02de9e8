"""Decisions and tasks, as they are kept."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Protocol

from domain.ids import MatterId, MessageId, RoomId, UserId
from domain.matters import Matter, MatterKind, MatterState


@dataclass(frozen=True, slots=True)
class Choice:
    """Which are meant: those of a kind, in a state, of an owner, due before a day; None where any will do."""

    kind: MatterKind | None = None
    state: MatterState | None = None
    owner_id: UserId | None = None
    due_before: date | None = None


class MatterRepository(Protocol):
    """All of them. Those that were removed are found by their source alone."""

    async def add(self, matter: Matter) -> None:
        """Keep a new one."""

    async def get(self, room_id: RoomId, kind: MatterKind, matter_id: MatterId) -> Matter:
        """One of the room. Raises NotFound."""

    async def replace(self, matter: Matter) -> None:
        """Keep it as it is now."""

    async def of_room(
        self, room_id: RoomId, choice: Choice, *, before: MatterId | None = None, take: int
    ) -> Sequence[Matter]:
        """Those of the room, the newest first, past ``before`` where that is given."""

    async def of_reader(
        self, user_id: UserId, choice: Choice, *, before: MatterId | None = None, take: int
    ) -> Sequence[Matter]:
        """Those of all rooms that this person is in: in the same order."""

    async def from_messages(self, room_id: RoomId, message_ids: Sequence[MessageId]) -> Sequence[Matter]:
        """Those that come from one of these messages of the room, also where they were removed."""

    async def count(self, room_id: RoomId, kind: MatterKind) -> int:
        """How many the room has."""
