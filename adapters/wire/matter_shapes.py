"""How decisions and tasks look on the wire."""

from adapters.wire.shapes import Json, wire_time
from domain.matters import Matter


def matter_json(matter: Matter) -> Json:
    """A decision or a task."""
    return {
        "id": matter.id,
        "roomId": matter.room_id,
        "title": matter.title,
        "note": matter.note,
        "state": matter.state.value,
        "ownerId": matter.owner_id,
        "dueDate": None if matter.due is None else matter.due.isoformat(),
        "origin": matter.origin.value,
        "sourceMessageId": matter.source_id,
        "createdBy": matter.created_by,
        "createdAt": wire_time(matter.created_at),
        "updatedAt": wire_time(matter.updated_at),
    }
