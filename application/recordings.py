"""Recordings of meetings: brought to a room, written down by a worker part by part, and made into minutes."""

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator, Mapping, Sequence
from contextlib import aclosing
from dataclasses import dataclass
from datetime import timedelta, tzinfo
from typing import Any
from uuid import UUID

from application.jarvis.usage import Quotas
from application.jobs import completing
from application.membership import require_member, require_member_and_lock
from application.ports.chat_model import Said
from application.ports.clock import Clock
from application.ports.ids import IdSource
from application.ports.jobs import JobQueue
from application.ports.sounds import Part, Sounds
from application.ports.transcriber import Transcriber
from application.ports.unit_of_work import Work
from application.posting import Post, post
from application.progress import reached
from application.summaries import Summaries
from domain.errors import DomainError, Forbidden, Kind, ModelFailed, NotFound, OpenAiNotConfigured, PayloadTooLarge
from domain.ids import JobId, MessageId, RecordingId, RoomId
from domain.jobs import Job, job_lane
from domain.meeting_errors import NoAudioData, RecordingTooLong, TranscriptionFailed
from domain.meetings import Occasion, minutes_text
from domain.recordings import KEPT_FOR, Recording
from domain.rooms import TITLE_LIMIT
from domain.speech import Transcript, spoken_language
from domain.text import storable
from domain.users import Actor

KIND = "recording"
PIECE = 1024 * 1024
"""Bytes in which a recording is kept."""

_SPEAKER = "🎙"


@dataclass(frozen=True, slots=True)
class RecordingLimits:
    """``size`` in bytes and ``seconds``: of a whole recording. ``part``: seconds that are written down at once."""

    size: int = 256 * 1024 * 1024
    seconds: float = 4 * 3600
    part: float = 600


@dataclass(frozen=True, slots=True)
class Recordings:
    """Takes recordings, and leaves them to workers. ``zone``: of the times that minutes speak of."""

    work: Work
    sounds: Sounds
    transcriber: Transcriber
    summaries: Summaries
    jobs: JobQueue
    clock: Clock
    ids: IdSource
    zone: tzinfo
    quotas: Quotas
    limits: RecordingLimits

    async def bring(
        self,
        actor: Actor,
        room_id: RoomId,
        sound: AsyncIterator[bytes],
        *,
        title: str | None = None,
        language: str | None = None,
    ) -> JobId:
        """Keep a recording as it comes in, and have a worker post its minutes in the room; answers the job.

        Where that does not go well to its end, nothing of it stays.

        Raises:
            InvalidInput: the language is none, or the title cannot be stored.
            Forbidden: the actor is no member.
            NoAudioData, UnsupportedAudio, PayloadTooLarge: there is no sound, of no known kind, or too much.
            OpenAiNotConfigured: nobody listens.
            AiQuotaExceeded: the actor has asked as much as one may in a day.
        """
        language = spoken_language(language)
        title = storable(title or "", "title").strip()[:TITLE_LIMIT]
        async with self.work() as work:
            await require_member(work, room_id, actor.id)
        await self.quotas.require_left(actor)
        pieces = _pieces_of(sound)
        first = await anext(pieces, b"")
        if not first:
            raise NoAudioData
        await self.sounds.check(first)
        if not self.transcriber.available:
            raise OpenAiNotConfigured
        recording = Recording(RecordingId(self.ids.new()), room_id, actor.id, self.clock.now())
        job = Job(
            id=JobId(self.ids.new()),
            kind=KIND,
            lane=job_lane(KIND, room_id),
            payload={"recording": str(recording.id), "title": title, "language": language},
            created_at=self.clock.now(),
            room_id=room_id,
            asker_id=actor.id,
        )
        if len(first) > self.limits.size:
            raise PayloadTooLarge
        try:
            await self._keep(recording, first, pieces)
            async with self.work() as work:
                await self.quotas.take_in(work, actor)
                await require_member_and_lock(work, room_id, actor.id)
                await work.jobs.add(job)
        except BaseException:
            await asyncio.shield(self._remove(recording.id))
            raise
        self.jobs.ring(job.lane)
        return job.id

    async def write(self, job: Job) -> Mapping[str, Any]:
        """Do the job: the minutes are posted once, and the recording is gone with that.

        What may pass is tried again, without the parts that are written down already; what will not takes the recording
        with it.
        """
        try:
            return await self._write(job)
        except DomainError as error:
            if error.kind is not Kind.UNAVAILABLE:
                await self._remove(_recording_of(job))
            raise

    async def forget_old(self) -> None:
        """Keep recordings no longer whose minutes were not written in a week, or that were never brought to an end."""
        async with self.work() as work:
            await work.recordings.forget(made_before=self.clock.now() - KEPT_FOR)

    async def _keep(self, recording: Recording, first: bytes, rest: AsyncIterator[bytes]) -> None:
        async with self.work() as work:
            await require_member_and_lock(work, recording.room_id, recording.asker_id)
            await work.recordings.add(recording)
            await work.recordings.append(recording.id, 0, first)
        place, size = 0, len(first)
        async for piece in rest:
            place, size = place + 1, size + len(piece)
            if size > self.limits.size:
                raise PayloadTooLarge
            async with self.work() as work:
                await work.recordings.append(recording.id, place, piece)

    async def _remove(self, recording_id: RecordingId) -> None:
        async with self.work() as work:
            await work.recordings.remove(recording_id)

    async def _write(self, job: Job) -> Mapping[str, Any]:
        room_id, asker_id, recording_id = job.room_id, job.asker_id, _recording_of(job)
        if room_id is None or asker_id is None:
            raise Forbidden
        async with self.work() as work:
            await require_member(work, room_id, asker_id)
            room_title = await work.titles.of(room_id, asker_id)
            asker = await work.users.find(asker_id)
        title = job.payload["title"] or room_title
        said, seconds = await self._written_down(job, recording_id)
        summary = await self.summaries.of(title, _newest_first(said))
        at = job.created_at.astimezone(self.zone)
        occasion = Occasion(
            title, at, at + timedelta(seconds=seconds), asker.name if asker is not None else "?", recorded=True
        )
        message_id = MessageId(self.ids.new())
        result = {
            "messageId": str(message_id),
            "seconds": round(seconds),
            "text": "\n\n".join(one.text for one in said),
        }
        async with completing(self.work, job, self.clock, result) as work:
            room = await work.rooms.lock(room_id)
            await require_member(work, room_id, asker_id)
            await work.recordings.remove(recording_id)
            await post(work, room, Post(message_id, minutes_text(summary, occasion), self.clock.now()))
        return result

    async def _written_down(self, job: Job, recording_id: RecordingId) -> tuple[list[Said], float]:
        """What was said in all parts, and how long that took."""
        async with self.work() as work:
            known = list(await work.recordings.transcripts(recording_id))
        said: list[Said] = []
        place, seconds = 0, 0.0
        async with aclosing(self.sounds.parts(self._pieces(recording_id), self.limits.part)) as parts:
            async for part in parts:
                if part.end > self.limits.seconds:
                    raise RecordingTooLong
                if place == len(known):
                    known.append(await self._heard(recording_id, place, part, job.payload["language"]))
                if known[place].text:
                    said.append(Said(_SPEAKER, known[place].text, job.created_at + timedelta(seconds=part.begin)))
                place, seconds = place + 1, part.end
                if part.whole:
                    reached(part.end / part.whole)
        return said, seconds

    async def _heard(self, recording_id: RecordingId, place: int, part: Part, language: str | None) -> Transcript:
        try:
            transcript = await self.transcriber.transcribe(part.sound, language)
        except TranscriptionFailed:
            raise ModelFailed from None  # which is tried again
        async with self.work() as work:
            await work.recordings.keep_transcript(recording_id, place, transcript)
        return transcript

    async def _pieces(self, recording_id: RecordingId) -> AsyncGenerator[bytes]:
        place = 0
        while True:
            async with self.work() as work:
                piece = await work.recordings.piece(recording_id, place)
            if piece is None:
                if place == 0:
                    raise NotFound
                return
            yield piece
            place += 1


def _recording_of(job: Job) -> RecordingId:
    return RecordingId(UUID(job.payload["recording"]))


async def _pieces_of(sound: AsyncIterator[bytes]) -> AsyncGenerator[bytes]:
    """The same in pieces of one size, but for the last."""
    waiting = bytearray()
    async for piece in sound:
        waiting += piece
        while len(waiting) >= PIECE:
            yield bytes(waiting[:PIECE])
            del waiting[:PIECE]
    if waiting:
        yield bytes(waiting)


async def _newest_first(said: Sequence[Said]) -> AsyncGenerator[Said]:
    for one in reversed(said):
        yield one
