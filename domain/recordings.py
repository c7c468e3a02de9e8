"""Recordings of meetings, kept until their minutes are written."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from domain.ids import RecordingId, RoomId, UserId

KEPT_FOR = timedelta(days=7)
"""How long a recording is kept whose minutes could not be written."""


@dataclass(frozen=True, slots=True)
class Recording:
    """The recording of a meeting that somebody has brought for a room. Its sound is kept in pieces, counted from 0."""

    id: RecordingId
    room_id: RoomId
    asker_id: UserId
    created_at: datetime
