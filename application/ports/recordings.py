"""Recordings, as they are kept."""

from collections.abc import Sequence
from datetime import datetime
from typing import Protocol

from domain.ids import RecordingId
from domain.recordings import Recording
from domain.speech import Transcript


class RecordingRepository(Protocol):
    """Recordings in pieces, and what was made out of their parts so far."""

    async def add(self, recording: Recording) -> None:
        """Keep a recording of a room that is locked, without any piece."""

    async def append(self, recording_id: RecordingId, place: int, data: bytes) -> None:
        """Keep a piece. Raises NotFound where the recording is gone."""

    async def piece(self, recording_id: RecordingId, place: int) -> bytes | None:
        """A piece, None past the last one."""

    async def keep_transcript(self, recording_id: RecordingId, place: int, transcript: Transcript) -> None:
        """Keep what was said in a part; nothing happens where that is kept already, or the recording is gone."""

    async def transcripts(self, recording_id: RecordingId) -> Sequence[Transcript]:
        """What was said in the parts that are written down, in their order."""

    async def remove(self, recording_id: RecordingId) -> None:
        """Keep it no longer."""

    async def forget(self, *, made_before: datetime) -> int:
        """Keep no longer what was brought before then; answers how many recordings that were."""
