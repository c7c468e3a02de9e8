"""What happens in calls: told to those who listen, and kept in no log."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from domain.calls import Call, CallChange, SignalType
from domain.ids import CallId, RoomId, UserId


@dataclass(frozen=True, slots=True)
class CallSignalled:
    """``body`` is handed on as it came, to the room or to one member of it; ``origin`` is the connection it came from,
    which does not hear itself."""

    room_id: RoomId
    from_user_id: UserId
    signal: SignalType
    body: Mapping[str, object]
    origin: str | None = None
    to_user_id: UserId | None = None


@dataclass(frozen=True, slots=True)
class CallStarted:
    """The first one is in the call."""

    room_id: RoomId
    call: Call


@dataclass(frozen=True, slots=True)
class CallJoined:
    """A person has come, from the first of their devices."""

    room_id: RoomId
    user_id: UserId
    call: Call


@dataclass(frozen=True, slots=True)
class CallLeft:
    """A person is gone, with the last of their devices; ``remaining`` is the call without them, None where nobody is
    left."""

    room_id: RoomId
    user_id: UserId
    call_id: CallId
    version: int
    remaining: Call | None


@dataclass(frozen=True, slots=True)
class CallEnded:
    """Nobody is in the call any more."""

    room_id: RoomId
    call_id: CallId
    version: int


def events_of(change: CallChange) -> Sequence[CallStarted | CallJoined | CallLeft | CallEnded]:
    """What is to be told of a change: who has gone, and then who has come."""
    before, after = change.before, change.after
    if before is not None and (after is None or after.id != before.id):
        version = before.version + 1
        gone = [CallLeft(before.room_id, one.user_id, before.id, version, None) for one in before.participants]
        return [*gone, CallEnded(before.room_id, before.id, version), *_begun(after)]
    if before is None or after is None:
        return _begun(after)
    were = {one.user_id for one in before.participants}
    are = {one.user_id for one in after.participants}
    return [
        *(
            CallLeft(after.room_id, one.user_id, after.id, after.version, after)
            for one in before.participants
            if one.user_id not in are
        ),
        *(CallJoined(after.room_id, one.user_id, after) for one in after.participants if one.user_id not in were),
    ]


def _begun(call: Call | None) -> Sequence[CallStarted | CallJoined]:
    if call is None:
        return []
    others = [one.user_id for one in call.participants if one.user_id != call.started_by]
    return [CallStarted(call.room_id, call), *(CallJoined(call.room_id, user_id, call) for user_id in others)]
