"""Catching up: what one missed, told to oneself alone, with the messages that say so."""

import asyncio
from collections.abc import AsyncIterator, Callable
from dataclasses import replace

import pytest

from application.catching_up import CatchingUp, Told, told
from application.jarvis.phrases import line_for
from application.portions import Portions
from application.ports.summarizer import Material
from application.summaries import Summaries
from domain.answer_events import AnswerFailed, PersonalAnswerChunk, PersonalAnswerDone, RequestAccepted
from domain.citations import Citation
from domain.errors import AnswerCancelled, Forbidden, ModelBusy, NotFound
from domain.events import JobChanged, MessagePosted
from domain.ids import JobId, RoomId
from domain.jobs import Job, JobStatus, job_lane
from domain.meeting_errors import SummaryFailed
from domain.users import Actor
from tests.application.test_summaries import Clerk
from tests.in_memory import InMemoryJarvis


class Teller(Clerk):
    """Says what the test tells it to; an exception among the pieces is raised where it stands.

    Where there is a ``telling``, it says what that comes up with instead of the pieces.
    """

    def __init__(self) -> None:
        super().__init__()
        self.pieces: list[str | Exception] = []
        self.telling: Callable[[], AsyncIterator[str]] | None = None
        self.readers: list[str] = []

    async def retold(self, material: Material, reader: str) -> AsyncIterator[str]:
        self.given.append(material)
        self.readers.append(reader)
        if self.telling is not None:
            async for said in self.telling():
                yield said
            return
        for piece in list(self.pieces):
            if isinstance(piece, Exception):
                raise piece
            yield piece


class Desk:
    def __init__(self, jarvis: InMemoryJarvis) -> None:
        self.jarvis = jarvis
        self.teller = Teller()
        summaries = Summaries(self.teller, Portions(tokens=600))
        self.catching_up = CatchingUp(
            jarvis.work, summaries, jarvis.jobs, jarvis.publication, jarvis.clock, jarvis.ids, jarvis.quotas
        )

    async def work(self, job_id: JobId) -> Job:
        """Have a worker do the job, and answer it as it is then."""
        return await self.jarvis.worked(job_id, self.catching_up.tell)


@pytest.fixture
def desk(jarvis: InMemoryJarvis) -> Desk:
    return Desk(jarvis)


@pytest.fixture
async def room(jarvis: InMemoryJarvis, ana: Actor, ben: Actor) -> RoomId:
    """Ana's and Ben's, in which Ana has said four things."""
    room_id = (await jarvis.room(ana, ben, title="배포")).room.id
    for text in ("하나", "둘", "셋", "넷"):
        await jarvis.messages.send(ana, room_id, text)
    return room_id


async def test_what_was_missed_is_streamed_to_who_asks_and_cited(desk: Desk, ben: Actor, room: RoomId) -> None:
    desk.teller.pieces = ["셋을 ", "말했어요 [3]. ", "넷도 [4, 3][99][1]."]
    job_id = await desk.catching_up.ask(ben, room, 2)
    job = await desk.work(job_id)
    recorder = desk.jarvis.recorder
    assert [said.text for said in desk.teller.given[0].said] == ["셋", "넷"]
    assert desk.teller.readers == ["Ben"]
    assert recorder.of(RequestAccepted) == [RequestAccepted(ben.id, room, str(job_id))]
    chunks = recorder.of(PersonalAnswerChunk)
    assert [(chunk.index, chunk.chunk) for chunk in chunks] == list(enumerate(["", *desk.teller.pieces]))
    (done,) = recorder.of(PersonalAnswerDone)
    ids = [event.event.message.id for event in await desk.jarvis.everything(room)
           if isinstance(event.event, MessagePosted)]  # fmt: skip
    assert done.citations == (Citation(ids[2], room, 3, "셋"), Citation(ids[3], room, 4, "넷"))
    assert {chunk.asker_id for chunk in chunks} == {done.asker_id} == {ben.id}
    assert told(job) == Told("".join(map(str, desk.teller.pieces)), 2, 4, done.citations)
    assert len(await desk.jarvis.everything(room)) == 4, "nothing is posted"


async def test_without_a_seq_it_is_what_one_has_not_read(desk: Desk, ben: Actor, room: RoomId) -> None:
    desk.teller.pieces = ["말"]
    await desk.work(await desk.catching_up.ask(ben, room))
    async with desk.jarvis.work() as work:
        await work.read_marks.advance(room, ben.id, 3)
    await desk.work(await desk.catching_up.ask(ben, room))
    assert [[said.ref for said in material.said] for material in desk.teller.given] == [[1, 2, 3, 4], [4]]


@pytest.mark.parametrize("since", [4, 99])
async def test_where_nothing_was_missed_no_model_is_asked(desk: Desk, ben: Actor, room: RoomId, since: int) -> None:
    what = told(await desk.work(await desk.catching_up.ask(ben, room, since)))
    assert what == Told("그동안 새로 올라온 이야기가 없어요.", 4, 4)
    assert desk.teller.given == []


async def test_a_seq_before_the_first_is_the_beginning(desk: Desk, ben: Actor, room: RoomId) -> None:
    desk.teller.pieces = ["말"]
    await desk.work(await desk.catching_up.ask(ben, room, -7))
    assert [said.ref for said in desk.teller.given[0].said] == [1, 2, 3, 4]


async def test_what_comes_after_the_asking_is_for_the_next_time(
    desk: Desk, ana: Actor, ben: Actor, room: RoomId
) -> None:
    desk.teller.pieces = ["[5]"]
    job_id = await desk.catching_up.ask(ben, room, 3)
    await desk.jarvis.messages.send(ana, room, "다섯")
    what = told(await desk.work(job_id))
    assert [said.text for said in desk.teller.given[0].said] == ["넷"]
    assert what is not None
    assert (what.until, what.citations) == (4, ())


async def test_a_long_absence_is_told_from_all_its_parts(desk: Desk, ana: Actor, ben: Actor, room: RoomId) -> None:
    for at in range(250):
        await desk.jarvis.messages.send(ana, room, f"fact{at} " + "그래서 " * 20)
    desk.teller.pieces = ["[254]"]
    what = told(await desk.work(await desk.catching_up.ask(ben, room, 4)))
    last = desk.teller.given[-1]
    assert [text for part in last.parts for text in part.texts] == [f"fact{at}" for at in range(250)]
    assert what is not None
    assert [citation.ref for citation in what.citations] == [254]


async def test_a_message_that_was_deleted_is_neither_told_nor_cited(
    desk: Desk, ana: Actor, ben: Actor, room: RoomId
) -> None:
    desk.teller.pieces = ["[2]"]
    async with desk.jarvis.work() as work:
        page = await work.messages.page(room, before=None, take=10)
    await desk.jarvis.messages.delete(ana, room, page[1].id)
    what = told(await desk.work(await desk.catching_up.ask(ben, room, 0)))
    assert [said.ref for said in desk.teller.given[0].said] == [1, 3, 4]
    assert what is not None
    assert what.citations == ()


async def test_only_members_are_told(desk: Desk, ben: Actor, outsider: Actor, room: RoomId) -> None:
    with pytest.raises(Forbidden):
        await desk.catching_up.ask(outsider, room, 0)
    job_id = await desk.catching_up.ask(ben, room, 0)
    await desk.jarvis.rooms.leave(ben, room)
    job = await desk.work(job_id)
    with pytest.raises(Forbidden):
        told(job)
    assert desk.teller.given == []
    (failed,) = desk.jarvis.recorder.of(AnswerFailed)
    assert (failed.personal, failed.asker_id, failed.code) == (True, ben.id, "FORBIDDEN")


async def test_who_is_taken_out_meanwhile_gets_no_ending(desk: Desk, ben: Actor, room: RoomId) -> None:

    async def telling() -> AsyncIterator[str]:
        await desk.jarvis.rooms.leave(ben, room)
        yield "말"

    desk.teller.telling = telling
    job = await desk.work(await desk.catching_up.ask(ben, room, 0))
    assert (job.status, job.failure, job.result) == (JobStatus.FAILED, "FORBIDDEN", None)


async def test_a_model_that_breaks_off_is_asked_again_and_in_the_end_the_asker_is_told(
    desk: Desk, ben: Actor, room: RoomId
) -> None:
    desk.teller.pieces = ["반", ModelBusy()]
    job_id = await desk.catching_up.ask(ben, room, 0)
    for _ in range(4):
        job = await desk.work(job_id)
        assert (job.status, told(job)) == (JobStatus.QUEUED, None)
        assert desk.jarvis.recorder.of(PersonalAnswerDone) == []
        desk.jarvis.clock.advance(60)
    with pytest.raises(SummaryFailed):
        told(await desk.work(job_id))
    (failed,) = desk.jarvis.recorder.of(AnswerFailed)
    (done,) = desk.jarvis.recorder.of(PersonalAnswerDone)
    assert (failed.code, failed.message) == ("MODEL_BUSY", done.content)
    assert done.content == line_for(ModelBusy(), "배포") != ModelBusy.message, "in the language of the room"


async def test_a_model_that_says_nothing_has_failed(desk: Desk, ben: Actor, room: RoomId) -> None:
    desk.teller.pieces = [" "]
    job = await desk.work(await desk.catching_up.ask(ben, room, 0))
    assert (job.status, job.failure) == (JobStatus.QUEUED, "MODEL_FAILED")


async def test_a_worker_that_was_overtaken_ends_nothing(desk: Desk, ben: Actor, room: RoomId) -> None:
    asked = 0

    async def telling() -> AsyncIterator[str]:
        nonlocal asked
        asked += 1
        if asked == 1:
            desk.jarvis.clock.advance(60)
            await desk.work(job_id)
        yield "말"

    desk.teller.telling = telling
    job_id = await desk.catching_up.ask(ben, room, 0)
    await desk.work(job_id)
    assert asked == 2
    assert len(desk.jarvis.recorder.of(PersonalAnswerDone)) == 1


async def test_a_telling_that_waits_is_cancelled_at_once(desk: Desk, ben: Actor, room: RoomId) -> None:
    desk.teller.pieces = ["말"]
    job_id = await desk.catching_up.ask(ben, room, 0)
    await desk.catching_up.cancel(ben, str(job_id))
    _assert_told_that_it_stopped(desk, await desk.jarvis.job(job_id), ben)
    await desk.work(job_id)
    assert desk.teller.given == []
    with pytest.raises(NotFound):
        await desk.catching_up.cancel(ben, str(job_id))
    assert len(desk.jarvis.recorder.of(PersonalAnswerDone)) == 1


async def test_a_telling_that_is_on_its_way_is_broken_off(desk: Desk, ben: Actor, room: RoomId) -> None:
    began, ended = asyncio.Event(), False

    async def telling() -> AsyncIterator[str]:
        nonlocal ended
        yield "하나"
        began.set()
        try:
            await asyncio.get_running_loop().create_future()
        finally:
            ended = True

    desk.teller.telling = telling
    job_id = await desk.catching_up.ask(ben, room, 0)
    working = asyncio.create_task(desk.work(job_id))
    await began.wait()
    await desk.catching_up.cancel(ben, str(job_id))
    assert desk.jarvis.recorder.of(AnswerFailed) == [], "the worker that is at it tells"
    desk.jarvis.clock.advance(0.5)
    job = await working
    assert ended
    _assert_told_that_it_stopped(desk, job, ben)


async def test_a_cancelled_telling_whose_worker_died_is_not_begun_anew(desk: Desk, ben: Actor, room: RoomId) -> None:
    desk.teller.pieces = ["말"]
    job_id = await desk.catching_up.ask(ben, room, 0)
    lane, now = (await desk.jarvis.job(job_id)).lane, desk.jarvis.clock.now()
    async with desk.jarvis.work() as work:
        await work.jobs.claim(lane, now=now, until=now)
    await desk.catching_up.cancel(ben, str(job_id))
    desk.jarvis.clock.advance(60)
    _assert_told_that_it_stopped(desk, await desk.work(job_id), ben)


async def test_only_ones_own_tellings_are_cancelled(desk: Desk, ana: Actor, ben: Actor, room: RoomId) -> None:
    job_id = await desk.catching_up.ask(ben, room, 0)
    another = replace(
        await desk.jarvis.job(job_id), id=JobId(desk.jarvis.ids.new()), kind="minutes", lane=job_lane("minutes", "x")
    )
    async with desk.jarvis.work() as work:
        await work.jobs.add(another)
    for who, named in ((ana, job_id), (ben, another.id), (ben, desk.jarvis.ids.new()), (ben, "none")):
        with pytest.raises(NotFound):
            await desk.catching_up.cancel(who, str(named))
    assert not (await desk.jarvis.job(job_id)).cancelled
    assert not (await desk.jarvis.job(another.id)).cancelled


async def test_a_telling_that_is_cancelled_as_it_ends_is_not_kept(desk: Desk, ben: Actor, room: RoomId) -> None:
    async def telling() -> AsyncIterator[str]:
        yield "하나"
        await desk.catching_up.cancel(ben, str(job_id))

    desk.teller.telling = telling
    job_id = await desk.catching_up.ask(ben, room, 0)
    _assert_told_that_it_stopped(desk, await desk.work(job_id), ben)


async def test_the_next_telling_does_not_wait_for_one_that_was_stopped(
    desk: Desk, ben: Actor, room: RoomId, monkeypatch: pytest.MonkeyPatch
) -> None:
    rung: list[str] = []
    monkeypatch.setattr(desk.jarvis.jobs, "ring", rung.append)
    job_id = await desk.catching_up.ask(ben, room, 0)
    await desk.catching_up.cancel(ben, str(job_id).upper())
    lane = (await desk.jarvis.job(job_id)).lane
    assert rung == [lane, lane]
    (failed,) = desk.jarvis.recorder.of(AnswerFailed)
    assert failed.public_id == str(job_id), "as it was accepted, however it is spelled"


def _assert_told_that_it_stopped(desk: Desk, job: Job, asker: Actor) -> None:
    assert (job.status, job.failure, job.cancelled) == (JobStatus.FAILED, "CANCELLED", True)
    with pytest.raises(AnswerCancelled):
        told(job)
    (failed,) = desk.jarvis.recorder.of(AnswerFailed)
    (done,) = desk.jarvis.recorder.of(PersonalAnswerDone)
    assert (failed.asker_id, failed.public_id, failed.personal, failed.code) == (
        asker.id, str(job.id), True, "CANCELLED",
    )  # fmt: skip
    assert (done.content, done.citations) == (failed.message, ())
    changed = desk.jarvis.recorder.of(JobChanged)[-1]
    assert (changed.job_id, changed.status, changed.failure) == (job.id, JobStatus.FAILED, "CANCELLED")
