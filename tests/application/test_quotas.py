"""What counts against a person's day: all that asks the model, whatever comes of it."""

from collections.abc import Awaitable, Callable, Mapping

import pytest

from adapters.memory.ai_usage import InMemoryAiUsageRepository
from adapters.mock.transcriber import MockTranscriber
from application.jarvis.usage import DailyQuota
from application.metering import metered, took
from application.speech import Speech
from domain.answers import Usage
from domain.errors import AiQuotaExceeded, Forbidden, ModelFailed, OpenAiNotConfigured, Unavailable
from domain.ids import JobId, RoomId
from domain.jobs import Job, JobStatus, job_lane
from domain.meeting_errors import ForbiddenTarget, NoAudioData, UnsupportedAudio
from domain.speech import Transcript
from domain.users import Actor
from tests.application.test_catching_up import Desk as Tellers
from tests.application.test_ideas import Desk as IdeaDesk
from tests.application.test_minutes import Office as Clerks
from tests.application.test_recordings import Studio, sent
from tests.application.test_speech import SOUND, Listener, speech
from tests.application.weekly.office import Office as WeeklyOffice
from tests.builders import START
from tests.in_memory import InMemoryJarvis

Asked = Callable[[InMemoryJarvis, Actor, RoomId, RoomId], Awaitable[object]]

WAYS: Mapping[str, Asked] = {
    "a catch-up": lambda jarvis, who, room, _: Tellers(jarvis).catching_up.ask(who, room, 0),
    "minutes": lambda jarvis, who, room, other: Clerks(jarvis).minutes.import_summary(who, room, other),
    "ideas": lambda jarvis, who, room, _: IdeaDesk(jarvis).ideas.ask(who, room),
    "a report": lambda jarvis, who, room, _: WeeklyOffice(jarvis).pulse.ask(who, room),
    "a recording": lambda jarvis, who, room, _: Studio(jarvis).recordings.bring(who, room, sent(b"S")),
    "speech": lambda jarvis, who, room, _: heard(jarvis).transcribe(who, SOUND, room_id=room),
    "whatever else": lambda jarvis, who, *_: jarvis.quotas.take(who),
}


def heard(jarvis: InMemoryJarvis) -> Speech:
    return speech(jarvis, Listener(Transcript("")))


@pytest.fixture
def jarvis() -> InMemoryJarvis:
    return InMemoryJarvis(quota=DailyQuota(requests=1))


@pytest.fixture
async def room(jarvis: InMemoryJarvis, ana: Actor) -> RoomId:
    return (await jarvis.room(ana)).room.id


@pytest.fixture
async def other(jarvis: InMemoryJarvis, ana: Actor) -> RoomId:
    return (await jarvis.room(ana)).room.id


async def _used(jarvis: InMemoryJarvis, who: Actor) -> Usage:
    return (await jarvis.quotas.allowance(who)).used


@pytest.mark.parametrize("way", WAYS)
async def test_one_asking_counts_once_and_the_next_is_refused(
    jarvis: InMemoryJarvis, ana: Actor, room: RoomId, other: RoomId, way: str
) -> None:
    await WAYS[way](jarvis, ana, room, other)
    jobs = len(jarvis.store.jobs)
    assert await _used(jarvis, ana) == Usage(1, 0)
    for again in WAYS.values():
        with pytest.raises(AiQuotaExceeded):
            await again(jarvis, ana, room, other)
    assert await _used(jarvis, ana) == Usage(1, 0)
    assert len(jarvis.store.jobs) == jobs, "what is refused leaves nothing to do"
    assert len(jarvis.store.recordings) == (way == "a recording")


@pytest.mark.parametrize("way", ["a catch-up", "minutes", "ideas", "a report", "a recording", "speech"])
async def test_what_is_forbidden_counts_nothing(
    jarvis: InMemoryJarvis, outsider: Actor, room: RoomId, other: RoomId, way: str
) -> None:
    with pytest.raises((Forbidden, ForbiddenTarget)):
        await WAYS[way](jarvis, outsider, room, other)
    assert await _used(jarvis, outsider) == Usage(0, 0)


async def test_the_tokens_of_a_job_are_those_of_who_asked_for_it_also_when_it_fails(
    jarvis: InMemoryJarvis, ana: Actor, ben: Actor
) -> None:
    async def asks_the_model(job: Job) -> None:
        took(70)
        took(30)
        if job.payload["fails"]:
            raise ModelFailed

    lane = job_lane("minutes", "x")
    for asker, fails in ((ana, True), (ben, False), (None, False)):
        job = Job(
            JobId(jarvis.ids.new()), "minutes", lane, {"fails": fails}, jarvis.clock.now(),
            asker_id=asker.id if asker else None, attempts_allowed=2,
        )  # fmt: skip
        async with jarvis.work() as work:
            await work.jobs.add(job)
    await jarvis.working(lane, {"minutes": asks_the_model})
    jarvis.clock.advance(60)
    await jarvis.working(lane, {"minutes": asks_the_model})
    assert await _used(jarvis, ana) == Usage(0, 200), "both attempts"
    assert await _used(jarvis, ben) == Usage(0, 100)


def test_what_is_taken_where_nobody_counts_is_nobodys() -> None:
    took(5)
    with metered() as outer:
        took(1)
        with metered() as inner:
            took(2)
        took(3)
    assert (outer.tokens, inner.tokens) == (4, 2)


async def test_a_new_day_begins_with_nothing_used(jarvis: InMemoryJarvis, ana: Actor) -> None:
    assert jarvis.clock.now() == START
    await jarvis.quotas.take(ana)
    jarvis.clock.advance(14 * 3600)
    assert await _used(jarvis, ana) == Usage(0, 0), "past midnight in Seoul"
    await jarvis.quotas.take(ana)


async def test_bad_sound_and_nobody_who_listens_count_nothing(jarvis: InMemoryJarvis, ana: Actor) -> None:
    for refusal, data, listener in (
        (NoAudioData, b"", Listener()),
        (UnsupportedAudio, b"no sound", Listener()),
        (OpenAiNotConfigured, SOUND, MockTranscriber()),
    ):
        with pytest.raises(refusal):
            await speech(jarvis, listener).transcribe(ana, data)
    assert await _used(jarvis, ana) == Usage(0, 0)


async def test_a_store_that_is_away_while_tokens_are_counted_takes_nothing_back(
    jarvis: InMemoryJarvis, ana: Actor
) -> None:
    async def asks_the_model(_job: Job) -> Mapping[str, int]:
        took(70)
        return {"made": 1}

    async def away(*_: object, **__: object) -> None:
        raise Unavailable

    job = Job(JobId(jarvis.ids.new()), "minutes", job_lane("minutes", "x"), {}, jarvis.clock.now(), asker_id=ana.id)
    async with jarvis.work() as work:
        await work.jobs.add(job)
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(InMemoryAiUsageRepository, "charge", away)
        done = await jarvis.worked(job.id, asks_the_model)
    assert (done.status, done.result) == (JobStatus.DONE, {"made": 1})
