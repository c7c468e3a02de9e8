"""From the recording of a meeting to its minutes: nothing lost, nothing paid twice, nothing left behind."""

from collections.abc import AsyncGenerator, AsyncIterator, Sequence
from datetime import timedelta
from zoneinfo import ZoneInfo

import pytest

from adapters.mock.summarizer import MockSummarizer
from adapters.mock.transcriber import MockTranscriber
from application.portions import Portions
from application.ports.sounds import Part
from application.ports.transcriber import Transcriber
from application.recordings import PIECE, RecordingLimits, Recordings
from application.summaries import Summaries
from domain.errors import Forbidden, InvalidInput, OpenAiNotConfigured, PayloadTooLarge
from domain.events import JobChanged
from domain.ids import JobId, RoomId
from domain.jobs import Job, JobStatus
from domain.meeting_errors import NoAudioData, TranscriptionFailed, UnsupportedAudio
from domain.speech import Sound, Transcript
from domain.users import Actor
from tests.application.test_speech import Listener
from tests.in_memory import InMemoryJarvis

LIMITS = RecordingLimits(size=5 * PIECE, seconds=3600, part=600)


class Tape:
    """A recorder whose recordings are ten minutes a byte of ``S``, and no sound where they begin otherwise."""

    def __init__(self) -> None:
        self.read: list[bytes] = []

    async def check(self, head: bytes) -> None:
        if not head.startswith(b"S"):
            raise UnsupportedAudio

    async def known(self, data: bytes) -> Sound:
        return Sound(data, "audio/wav", "wav")

    async def parts(self, recording: AsyncIterator[bytes], longest: float) -> AsyncGenerator[Part]:
        data = b"".join([piece async for piece in recording])
        self.read.append(data)
        count = data.count(b"S")
        for at in range(count):
            sound = Sound(b"part %d" % at, "audio/ogg", "ogg")
            yield Part(sound, at * longest, (at + 1) * longest, count * longest)


class Studio:
    def __init__(self, jarvis: InMemoryJarvis) -> None:
        self.jarvis = jarvis
        self.tape = Tape()
        self.listener = Listener()
        self.recordings = self.with_(self.listener)

    def with_(self, transcriber: Transcriber) -> Recordings:
        jarvis = self.jarvis
        return Recordings(
            work=jarvis.work,
            sounds=self.tape,
            transcriber=transcriber,
            summaries=Summaries(MockSummarizer(jarvis.clock, 0), Portions(tokens=600)),
            jobs=jarvis.jobs,
            clock=jarvis.clock,
            ids=jarvis.ids,
            zone=ZoneInfo("Asia/Seoul"),
            quotas=jarvis.quotas,
            limits=LIMITS,
        )

    async def work(self, job_id: JobId) -> Job:
        """Have a worker do the job, and answer it as it is then."""
        return await self.jarvis.worked(job_id, self.recordings.write)


async def sent(*pieces: bytes, then: Exception | None = None) -> AsyncIterator[bytes]:
    for piece in pieces:
        yield piece
    if then is not None:
        raise then


def said(*texts: str) -> Sequence[Transcript]:
    return [Transcript(text, "ko") for text in texts]


@pytest.fixture
def studio(jarvis: InMemoryJarvis) -> Studio:
    return Studio(jarvis)


@pytest.fixture
async def room(jarvis: InMemoryJarvis, ana: Actor, ben: Actor) -> RoomId:
    return (await jarvis.room(ana, ben, title="배포")).room.id


async def test_a_recording_becomes_minutes_in_the_room(studio: Studio, ben: Actor, room: RoomId) -> None:
    studio.listener.said = list(said("배포는 금요일에 하기로 했습니다.", "", "롤백은 누가 맡나요?"))
    job_id = await studio.recordings.bring(ben, room, sent(b"S", b"SS"), title=" 주간 회의 ", language="ko")
    job = await studio.work(job_id)
    (text,) = await studio.jarvis.posted(room)
    assert text.splitlines() == [
        "🎙 **주간 회의** 녹음 회의록",
        "2026-02-16 10:02에 Ben 님이 올린 30분 분량",
        "",
        "**요약**",
        "- 없음",
        "",
        "**결정 사항**",
        "- 🎙: 배포는 금요일에 하기로 했습니다.",
        "",
        "**남은 논의**",
        "- 🎙: 롤백은 누가 맡나요?",
        "",
        "_언어 모델 없이 대화에서 그대로 골라 적은 모의 요약이에요._",
    ]
    assert [(sound.data, language) for sound, language in studio.listener.heard] == [
        (b"part 0", "ko"), (b"part 1", "ko"), (b"part 2", "ko")
    ]  # fmt: skip
    assert job.status is JobStatus.DONE
    assert job.result is not None
    assert job.result["seconds"] == 1800
    assert job.result["text"] == "배포는 금요일에 하기로 했습니다.\n\n롤백은 누가 맡나요?"
    told = [event.progress for event in studio.jarvis.recorder.of(JobChanged) if event.progress is not None]
    assert told == [0.333, 0.667, 1.0]
    assert len(studio.jarvis.store.recordings) == 0


async def test_a_recording_is_kept_in_pieces_of_one_size(studio: Studio, ben: Actor, room: RoomId) -> None:
    studio.listener.said = list(said("하나"))
    data = b"S" + bytes(3 * PIECE - 500)
    await studio.recordings.bring(ben, room, sent(*(data[at : at + 70_000] for at in range(0, len(data), 70_000))))
    (kept,) = studio.jarvis.store.recordings.values()
    assert [len(piece) for piece in kept.pieces] == [PIECE, PIECE, PIECE - 499]
    assert b"".join(kept.pieces) == data


async def test_where_nothing_was_said_the_room_is_told_so(studio: Studio, ben: Actor, room: RoomId) -> None:
    studio.listener.said = list(said(""))
    await studio.work(await studio.recordings.bring(ben, room, sent(b"S")))
    (text,) = await studio.jarvis.posted(room)
    assert text.splitlines()[0] == "🎙 **배포** 녹음 회의록"
    assert text.splitlines()[-1] == "녹음에서 알아들은 말이 없어요."


async def test_what_is_refused_leaves_nothing_behind(studio: Studio, ben: Actor, outsider: Actor, room: RoomId) -> None:
    bring = studio.recordings.bring
    with pytest.raises(Forbidden):
        await bring(outsider, room, sent(b"S"))
    with pytest.raises(InvalidInput):
        await bring(ben, room, sent(b"S"), language="klingon")
    with pytest.raises(InvalidInput):
        await bring(ben, room, sent(b"S"), title="\x00")
    with pytest.raises(NoAudioData):
        await bring(ben, room, sent(b""))
    with pytest.raises(UnsupportedAudio):
        await bring(ben, room, sent(b"text"))
    with pytest.raises(PayloadTooLarge):
        await bring(ben, room, sent(b"S", *[bytes(PIECE)] * 6))
    with pytest.raises(ConnectionError):
        await bring(ben, room, sent(b"S", bytes(2 * PIECE), then=ConnectionError()))
    unheard = studio.with_(MockTranscriber())
    with pytest.raises(UnsupportedAudio):
        await unheard.bring(ben, room, sent(b"text"))
    with pytest.raises(OpenAiNotConfigured):
        await unheard.bring(ben, room, sent(b"S"))
    assert len(studio.jarvis.store.recordings) == 0
    assert len(studio.jarvis.store.jobs) == 0


async def test_who_leaves_while_bringing_it_leaves_nothing_behind(studio: Studio, ben: Actor, room: RoomId) -> None:
    async def leaving() -> AsyncIterator[bytes]:
        yield b"S" + bytes(2 * PIECE)
        await studio.jarvis.rooms.leave(ben, room)
        yield b"S"

    with pytest.raises(Forbidden):
        await studio.recordings.bring(ben, room, leaving())
    assert len(studio.jarvis.store.recordings) == len(studio.jarvis.store.jobs) == 0


async def test_a_part_that_fails_is_tried_again_and_those_before_it_are_not(
    studio: Studio, ben: Actor, room: RoomId
) -> None:
    studio.listener.said = [*said("fact one agreed"), TranscriptionFailed(), *said("fact two agreed")]
    job_id = await studio.recordings.bring(ben, room, sent(b"SS"))
    job = await studio.work(job_id)
    assert (job.status, job.failure) == (JobStatus.QUEUED, "MODEL_FAILED")
    assert await studio.jarvis.posted(room) == []
    studio.jarvis.clock.advance(60)
    assert (await studio.work(job_id)).status is JobStatus.DONE
    assert [sound.data for sound, _ in studio.listener.heard] == [b"part 0", b"part 1", b"part 1"]
    (text,) = await studio.jarvis.posted(room)
    assert "fact one agreed" in text
    assert "fact two agreed" in text


async def test_one_that_fails_for_good_is_kept_for_an_operator_for_a_week(
    studio: Studio, ben: Actor, room: RoomId
) -> None:
    studio.listener.said = [TranscriptionFailed() for _ in range(5)]
    job_id = await studio.recordings.bring(ben, room, sent(b"S"))
    for _ in range(5):
        await studio.work(job_id)
        studio.jarvis.clock.advance(60)
    job = await studio.jarvis.job(job_id)
    assert (job.status, job.failure) == (JobStatus.FAILED, "MODEL_FAILED")
    async with studio.jarvis.work() as work:
        await work.job_backlog.retry(job_id)
    studio.listener.said = list(said("드디어"))
    assert (await studio.work(job_id)).status is JobStatus.DONE
    assert len(await studio.jarvis.posted(room)) == 1


async def test_old_ones_are_forgotten(studio: Studio, ben: Actor, room: RoomId) -> None:
    job_id = await studio.recordings.bring(ben, room, sent(b"S"))
    studio.jarvis.clock.advance(timedelta(days=6).total_seconds())
    await studio.recordings.forget_old()
    assert len(studio.jarvis.store.recordings) == 1
    studio.jarvis.clock.advance(timedelta(days=2).total_seconds())
    await studio.recordings.forget_old()
    assert len(studio.jarvis.store.recordings) == 0
    assert (await studio.work(job_id)).failure == "NOT_FOUND"


async def test_one_that_is_too_long_is_refused_and_gone(studio: Studio, ben: Actor, room: RoomId) -> None:
    studio.listener.said = list(said(*"1234567"))
    job = await studio.work(await studio.recordings.bring(ben, room, sent(b"S" * 7)))
    assert (job.status, job.failure) == (JobStatus.FAILED, "RECORDING_TOO_LONG")
    assert len(studio.jarvis.store.recordings) == 0
    assert await studio.jarvis.posted(room) == []


async def test_who_has_left_gets_nothing_posted_and_it_is_gone(studio: Studio, ben: Actor, room: RoomId) -> None:
    studio.listener.said = list(said("하나"))
    job_id = await studio.recordings.bring(ben, room, sent(b"S"))
    await studio.jarvis.rooms.leave(ben, room)
    job = await studio.work(job_id)
    assert (job.status, job.failure) == (JobStatus.FAILED, "FORBIDDEN")
    assert studio.listener.heard == []
    assert len(studio.jarvis.store.recordings) == 0


async def test_a_worker_that_was_overtaken_posts_nothing_more(studio: Studio, ben: Actor, room: RoomId) -> None:
    class Slow(Listener):
        """While the first worker listens, its lease runs out, and another one does the job to its end."""

        async def transcribe(self, sound: Sound, language: str | None) -> Transcript:
            self.heard.append((sound, language))
            if len(self.heard) == 1:
                studio.jarvis.clock.advance(60)
                await studio.work(job_id)
            return Transcript("금요일로 확정")

    studio.recordings = studio.with_(Slow())
    job_id = await studio.recordings.bring(ben, room, sent(b"S"))
    job = await studio.work(job_id)
    assert (job.status, job.attempt) == (JobStatus.DONE, 2)
    assert len(await studio.jarvis.posted(room)) == 1
