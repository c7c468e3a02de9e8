"""How hooks look on the wire. Of their secrets only what is shown once, where they are made."""

from adapters.wire.shapes import Json, optional_time, wire_time
from domain.hooks import IncomingHook, OutgoingHook


def incoming_hook_json(hook: IncomingHook) -> Json:
    """A way in."""
    return {
        "id": hook.id,
        "roomId": hook.room_id,
        "name": hook.name,
        "createdBy": hook.created_by,
        "createdAt": wire_time(hook.created_at),
    }


def outgoing_hook_json(hook: OutgoingHook) -> Json:
    """A way out, and how it goes there."""
    return {
        "id": hook.id,
        "roomId": hook.room_id,
        "name": hook.name,
        "url": hook.url,
        "events": list(hook.events),
        "createdBy": hook.created_by,
        "createdAt": wire_time(hook.created_at),
        "enabled": hook.disabled_at is None,
        "disabledAt": optional_time(hook.disabled_at),
        "deliveredSeq": hook.followed_seq,
        "failures": hook.failures,
        "failingSince": optional_time(hook.failing_since),
        "error": hook.failure,
    }
