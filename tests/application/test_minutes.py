"""Minutes of one room for another: made by a worker, posted once, by who is in both."""

from dataclasses import replace
from datetime import timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

import pytest

from adapters.mock.summarizer import MockSummarizer
from application.minutes import Minutes
from application.portions import Portions
from application.ports.summarizer import Material
from application.summaries import Summaries
from domain.errors import Forbidden
from domain.events import MessagePosted
from domain.ids import JobId, RoomId
from domain.jobs import Job, JobStatus
from domain.meeting_errors import ForbiddenSource, ForbiddenTarget, SourceAndTargetSame, SourceRoomRequired
from domain.meetings import Summary
from domain.users import Actor
from tests.application.test_summaries import Clerk
from tests.in_memory import InMemoryJarvis

NOWHERE = RoomId(UUID(int=99))


class Office:
    """Minutes over Jarvis in memory, and a worker that writes them."""

    def __init__(self, jarvis: InMemoryJarvis) -> None:
        self.jarvis = jarvis
        self.clerk = Clerk()
        self.minutes = self.with_(MockSummarizer(jarvis.clock, 0))

    def with_(self, summarizer: object) -> Minutes:
        summaries = Summaries(summarizer, Portions(tokens=600))  # type: ignore[arg-type]
        jarvis = self.jarvis
        return Minutes(
            jarvis.work, summaries, jarvis.jobs, jarvis.clock, jarvis.ids, ZoneInfo("Asia/Seoul"), jarvis.quotas
        )

    async def work(self, job_id: JobId, minutes: Minutes | None = None) -> Job:
        """Have a worker do the job, and answer it as it is then."""
        return await self.jarvis.worked(job_id, (minutes or self.minutes).write)


@pytest.fixture
def office(jarvis: InMemoryJarvis) -> Office:
    return Office(jarvis)


@pytest.fixture
async def source(jarvis: InMemoryJarvis, ana: Actor, ben: Actor) -> RoomId:
    return (await jarvis.room(ana, ben, title="배포 회의")).room.id


@pytest.fixture
async def target(jarvis: InMemoryJarvis, ana: Actor) -> RoomId:
    return (await jarvis.room(ana, title="경영진")).room.id


async def test_minutes_are_posted_by_jarvis_in_the_target_room(
    office: Office, ana: Actor, ben: Actor, source: RoomId, target: RoomId
) -> None:
    send = office.jarvis.messages.send
    await send(ben, source, "지난 배포는 잘 끝났습니다")
    await send(ana, source, "다음 배포는 금요일에 하기로 했습니다")
    await send(ben, source, "롤백 담당은 누가 할까요?")
    office.jarvis.clock.advance(1)
    job = await office.work(await office.minutes.import_summary(ana, target, source))
    (text,) = await office.jarvis.posted(target)
    assert text.splitlines() == [
        "📋 **배포 회의** 회의 요약",
        "2026-02-09 10:02 ~ 2026-02-16 10:02, Ana 님이 요청",
        "",
        "**요약**",
        "- Ben: 지난 배포는 잘 끝났습니다",
        "",
        "**결정 사항**",
        "- Ana: 다음 배포는 금요일에 하기로 했습니다",
        "",
        "**남은 논의**",
        "- Ben: 롤백 담당은 누가 할까요?",
        "",
        "_언어 모델 없이 대화에서 그대로 골라 적은 모의 요약이에요._",
    ]
    (event,) = [logged.event for logged in await office.jarvis.everything(target)]
    assert isinstance(event, MessagePosted)
    assert (job.status, job.result) == (JobStatus.DONE, {"messageId": str(event.message.id)})
    assert await office.jarvis.posted(source) == []


async def test_the_last_seven_days_count_up_to_the_asking(
    office: Office, ana: Actor, source: RoomId, target: RoomId
) -> None:
    send, clock = office.jarvis.messages.send, office.jarvis.clock
    await send(ana, source, "fact-old")
    clock.advance(1)
    await send(ana, source, "fact-oldest-that-counts")
    clock.advance(timedelta(days=7).total_seconds())
    await send(ana, source, "fact-newest")
    minutes = office.with_(office.clerk)
    job_id = await minutes.import_summary(ana, target, source)
    clock.advance(1)
    await send(ana, source, "fact-after-the-asking")
    await office.work(job_id, minutes)
    (material,) = office.clerk.given
    assert [said.text for said in material.said] == ["fact-oldest-that-counts", "fact-newest"]


async def test_a_week_far_longer_than_one_part_loses_nothing(
    office: Office, ana: Actor, source: RoomId, target: RoomId
) -> None:
    for at in range(300):
        office.jarvis.clock.advance(60)
        await office.jarvis.messages.send(ana, source, f"fact{at} " + "그런데 " * 30)
    minutes = office.with_(office.clerk)
    await office.work(await minutes.import_summary(ana, target, source), minutes)
    assert len(office.clerk.given) > 30
    (text,) = await office.jarvis.posted(target)
    assert [line for line in text.splitlines() if line.startswith("- fact")] == [f"- fact{at}" for at in range(300)]


async def test_where_nothing_was_said_the_room_is_told_so(
    office: Office, ana: Actor, source: RoomId, target: RoomId
) -> None:
    minutes = office.with_(office.clerk)
    await office.work(await minutes.import_summary(ana, target, source), minutes)
    (text,) = await office.jarvis.posted(target)
    assert text.splitlines()[-1] == "이 기간에는 요약할 대화가 없어요."
    assert office.clerk.given == []


async def test_who_may_ask(office: Office, ana: Actor, ben: Actor, outsider: Actor, jarvis: InMemoryJarvis,
                           source: RoomId, target: RoomId) -> None:  # fmt: skip
    ask = office.minutes.import_summary
    with pytest.raises(SourceRoomRequired):
        await ask(outsider, target, None)
    with pytest.raises(SourceAndTargetSame):
        await ask(outsider, target, target)
    for actor, to, of, refusal in (
        (ben, target, source, ForbiddenTarget),
        (outsider, target, source, ForbiddenTarget),
        (ben, source, target, ForbiddenSource),
        (ana, NOWHERE, source, ForbiddenTarget),
        (ana, target, NOWHERE, ForbiddenSource),
    ):
        with pytest.raises(refusal):
            await ask(actor, to, of)
    assert len(jarvis.store.jobs) == 0


@pytest.mark.parametrize("leaves", ["source", "target"])
async def test_who_has_left_meanwhile_gets_nothing_posted(
    office: Office, ana: Actor, ben: Actor, jarvis: InMemoryJarvis, leaves: str
) -> None:
    rooms = {name: (await jarvis.room(ana, ben, title=name)).room.id for name in ("source", "target")}
    await jarvis.messages.send(ana, rooms["source"], "fact1")
    job_id = await office.minutes.import_summary(ben, rooms["target"], rooms["source"])
    await jarvis.rooms.leave(ben, rooms[leaves])
    job = await office.work(job_id)
    assert (job.status, job.failure) == (JobStatus.FAILED, f"FORBIDDEN_{leaves.upper()}")
    assert await office.jarvis.posted(rooms["target"]) == []


async def test_who_leaves_while_the_model_writes_gets_nothing_posted(
    office: Office, ana: Actor, ben: Actor, jarvis: InMemoryJarvis
) -> None:
    source, target = [(await jarvis.room(ana, ben)).room.id for _ in range(2)]
    await jarvis.messages.send(ana, source, "fact1")

    class Slow(Clerk):
        async def summary(self, material: Material) -> Summary:
            await jarvis.rooms.leave(ben, source)
            return await super().summary(material)

    minutes = office.with_(Slow())
    job = await office.work(await minutes.import_summary(ben, target, source), minutes)
    assert job.failure == "FORBIDDEN_SOURCE"
    assert await office.jarvis.posted(target) == []


async def test_a_worker_that_was_overtaken_posts_nothing_more(
    office: Office, ana: Actor, source: RoomId, target: RoomId, jarvis: InMemoryJarvis
) -> None:
    await jarvis.messages.send(ana, source, "fact1")

    class Overtaken(Clerk):
        """While it writes, the lease runs out and another worker does the same job to its end."""

        async def summary(self, material: Material) -> Summary:
            if not self.given:
                self.given.append(material)
                jarvis.clock.advance(60)
                await office.work(job_id, minutes)
            return await super().summary(material)

    minutes = office.with_(Overtaken())
    job_id = await minutes.import_summary(ana, target, source)
    job = await office.work(job_id, minutes)
    assert (job.status, job.attempt) == (JobStatus.DONE, 2)
    assert len(await office.jarvis.posted(target)) == 1


async def test_a_target_that_is_deleted_meanwhile_takes_the_job_with_it(
    office: Office, ana: Actor, source: RoomId, target: RoomId, jarvis: InMemoryJarvis
) -> None:
    job_id = await office.minutes.import_summary(ana, target, source)
    job = replace(await office.jarvis.job(job_id), attempt=1)
    await jarvis.rooms.delete(ana, target)
    with pytest.raises(ForbiddenTarget):
        await office.minutes.write(job)
    async with jarvis.work() as work:
        assert await work.jobs.find(job_id) is None


async def test_a_summary_for_who_asks(office: Office, ana: Actor, outsider: Actor, source: RoomId) -> None:
    send, clock = office.jarvis.messages.send, office.jarvis.clock
    await send(ana, source, "지난주에는 예산을 확정했습니다")
    clock.advance(timedelta(days=2).total_seconds())
    await send(ana, source, "서버는 두 대로 하기로 했어요")
    recent = await office.minutes.summary(ana, source, 1)
    assert [(point.text, point.refs) for point in recent.decisions] == [("Ana: 서버는 두 대로 하기로 했어요", (2,))]
    assert len((await office.minutes.summary(ana, source, 7)).decisions) == 2
    assert len((await office.minutes.summary(ana, source, 10_000)).decisions) == 2
    assert (await office.minutes.summary(ana, source, -5)).decisions == recent.decisions
    with pytest.raises(Forbidden):
        await office.minutes.summary(outsider, source)
