"""Recordings."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from adapters.memory.store import InMemoryStore, KeptRecording
from domain.errors import NotFound
from domain.ids import RecordingId, RoomId
from domain.recordings import Recording
from domain.speech import Transcript


class InMemoryRecordingRepository:
    """Recordings by id."""

    def __init__(self, store: InMemoryStore) -> None:
        self._recordings = store.recordings

    async def add(self, recording: Recording) -> None:
        self._recordings.put(recording.id, KeptRecording(recording))

    async def append(self, recording_id: RecordingId, place: int, data: bytes) -> None:
        kept = self._recordings.get(recording_id)
        if kept is None:
            raise NotFound
        self._recordings.put(recording_id, replace(kept, pieces=(*kept.pieces[:place], data)))

    async def piece(self, recording_id: RecordingId, place: int) -> bytes | None:
        kept = self._recordings.get(recording_id)
        return kept.pieces[place] if kept is not None and place < len(kept.pieces) else None

    async def keep_transcript(self, recording_id: RecordingId, place: int, transcript: Transcript) -> None:
        kept = self._recordings.get(recording_id)
        if kept is not None and place == len(kept.transcripts):
            self._recordings.put(recording_id, replace(kept, transcripts=(*kept.transcripts, transcript)))

    async def transcripts(self, recording_id: RecordingId) -> Sequence[Transcript]:
        kept = self._recordings.get(recording_id)
        return kept.transcripts if kept is not None else ()

    async def remove(self, recording_id: RecordingId) -> None:
        self._recordings.remove(recording_id)

    async def forget(self, *, made_before: datetime) -> int:
        old = [kept.recording.id for kept in self._recordings.values() if kept.recording.created_at < made_before]
        self._recordings.remove(*old)
        return len(old)

    def forget_room(self, room_id: RoomId) -> None:
        """Remove all recordings of a room."""
        self._recordings.remove(
            *(kept.recording.id for kept in self._recordings.values() if kept.recording.room_id == room_id)
        )
