"""What happens to the decisions and tasks of a room: events of its log."""

from dataclasses import dataclass

from domain.ids import MatterId, RoomId
from domain.matters import Matter, MatterKind


@dataclass(frozen=True, slots=True)
class MatterAdded:
    room_id: RoomId
    matter: Matter


@dataclass(frozen=True, slots=True)
class MatterUpdated:
    room_id: RoomId
    matter: Matter


@dataclass(frozen=True, slots=True)
class MatterRemoved:
    """In a replay also in the place of what happened to it before."""

    room_id: RoomId
    kind: MatterKind
    matter_id: MatterId


MatterEvent = MatterAdded | MatterUpdated | MatterRemoved
