"""Recordings in PostgreSQL."""

from collections.abc import Sequence
from datetime import datetime

from adapters.postgres.session import Session
from domain.errors import NotFound
from domain.ids import RecordingId
from domain.recordings import Recording
from domain.speech import Transcript

ADD = """
insert into recordings (id, room_id, asker_id, created_at) values (%(id)s, %(room_id)s, %(asker_id)s, %(created_at)s)
"""

# The recording is held so that it cannot go between being found and being referred to.
APPEND = """
insert into recording_pieces (recording_id, place, data)
select r.id, %(place)s, %(data)s from (select id from recordings where id = %(id)s for key share) r
"""

PIECE = "select data from recording_pieces where recording_id = %(id)s and place = %(place)s"

KEEP_TRANSCRIPT = """
insert into recording_transcripts (recording_id, place, text, language)
select r.id, %(place)s, %(text)s, %(language)s from (select id from recordings where id = %(id)s for key share) r
on conflict (recording_id, place) do nothing
"""

TRANSCRIPTS = "select text, language from recording_transcripts where recording_id = %(id)s order by place"

REMOVE = "delete from recordings where id = %(id)s"

FORGET = "delete from recordings where created_at < %(made_before)s"


class PostgresRecordingRepository:
    """RecordingRepository on the tables recordings, recording_pieces and recording_transcripts."""

    def __init__(self, session: Session) -> None:
        self._session = session

    async def add(self, recording: Recording) -> None:
        await self._session.write(
            ADD,
            {
                "id": recording.id,
                "room_id": recording.room_id,
                "asker_id": recording.asker_id,
                "created_at": recording.created_at,
            },
        )

    async def append(self, recording_id: RecordingId, place: int, data: bytes) -> None:
        if not await self._session.write(APPEND, {"id": recording_id, "place": place, "data": data}):
            raise NotFound

    async def piece(self, recording_id: RecordingId, place: int) -> bytes | None:
        row = await self._session.read_one(PIECE, {"id": recording_id, "place": place})
        return None if row is None else bytes(row[0])

    async def keep_transcript(self, recording_id: RecordingId, place: int, transcript: Transcript) -> None:
        await self._session.write(
            KEEP_TRANSCRIPT,
            {"id": recording_id, "place": place, "text": transcript.text, "language": transcript.language},
        )

    async def transcripts(self, recording_id: RecordingId) -> Sequence[Transcript]:
        return [
            Transcript(text, language) for text, language in await self._session.read(TRANSCRIPTS, {"id": recording_id})
        ]

    async def remove(self, recording_id: RecordingId) -> None:
        await self._session.write(REMOVE, {"id": recording_id})

    async def forget(self, *, made_before: datetime) -> int:
        return await self._session.write(FORGET, {"made_before": made_before})
