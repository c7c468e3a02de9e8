"""Reports of rooms: made by workers, kept once, renewed each week; and what is found in the talk meanwhile."""

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from adapters.mock.matter_finder import MockMatterFinder
from adapters.mock.pulse_writer import MockPulseWriter
from application import pulse as application_pulse
from application import room_knowledge
from application.cards import Cards
from application.gleaning import KIND as MATTERS
from application.gleaning import Gleaning
from application.insights import Insights
from application.jobs import JobHandler, Working
from application.matters import Draft, Matters
from application.portions import Portions
from application.ports.matter_finder import Finding
from application.ports.matters import Choice
from application.ports.summarizer import Material
from application.pulse import KIND, Pulse
from application.specifying import Specifying
from application.summaries import Summaries
from domain.errors import Forbidden, ModelAnsweredBadly, ModelBusy, ModelFailed, NotFound, OpenAiNotConfigured
from domain.events import PulseRenewed
from domain.ideas import CardContent, CardDraft
from domain.ids import JobId, RoomId
from domain.jobs import Job, JobStatus, job_lane
from domain.matter_events import MatterAdded
from domain.matters import Change, Matter, MatterKind, MatterState, Origin
from domain.messages import DELETED_TEXT
from domain.pulse import REPORTS_KEPT, PulseDraft, Section
from domain.pulse_errors import PulseFailed, PulseUnreadable
from domain.users import Actor
from tests.application.test_summaries import Clerk
from tests.builders import InMemoryJarvis, eventually

SEOUL = ZoneInfo("Asia/Seoul")
MONDAY = datetime(2026, 2, 23, 0, 0, tzinfo=UTC)
"""09:00 in Seoul of the Monday after the week that tests begin in."""


class Scribe:
    """A writer and finder that keeps what it was given, and fails as it is told."""

    def __init__(self) -> None:
        self.given: list[Material] = []
        self.looked_through: list[Material] = []
        self.faults: list[Exception] = []
        self.findings: list[Finding] = []
        self.gate = asyncio.Event()
        self.gate.set()

    async def report(self, material: Material) -> PulseDraft:
        self.given.append(material)
        await self.gate.wait()
        if self.faults:
            raise self.faults.pop(0)
        return PulseDraft(f"report {len(self.given)}")

    async def found(self, material: Material, today: date) -> Sequence[Finding]:
        self.looked_through.append(material)
        await self.gate.wait()
        if self.faults:
            raise self.faults.pop(0)
        refs = {said.ref for said in material.said}
        return [finding for finding in self.findings if finding.ref in refs]


class Office:
    """Reports and findings over Jarvis in memory, and a worker that makes them."""

    def __init__(self, jarvis: InMemoryJarvis) -> None:
        self.jarvis, self.scribe, self.clerk = jarvis, Scribe(), Clerk()
        summaries = Summaries(self.clerk, Portions(tokens=600))
        parts = jarvis.work, summaries, self.scribe, jarvis.jobs, jarvis.clock, jarvis.ids, SEOUL
        self.pulse, self.gleaning = Pulse(*parts), Gleaning(*parts)
        self.matters = Matters(jarvis.work, jarvis.clock, jarvis.ids)

    @property
    def handlers(self) -> Mapping[str, JobHandler]:
        return {KIND: self.pulse.make, MATTERS: self.gleaning.glean}

    async def run(self, kind: str, room_id: RoomId) -> None:
        jarvis = self.jarvis
        await Working(jarvis.work, jarvis.jobs, jarvis.publication, jarvis.clock, jarvis.pace, self.handlers).run(
            job_lane(kind, room_id)
        )

    async def made(self, actor: Actor, room_id: RoomId) -> Job:
        job_id = await self.pulse.ask(actor, room_id)
        await self.run(KIND, room_id)
        return await self.job(job_id)

    async def job(self, job_id: JobId) -> Job:
        async with self.jarvis.work() as work:
            job = await work.jobs.find(job_id)
        assert job is not None
        return job

    def until(self, at: datetime) -> None:
        self.jarvis.clock.advance((at - self.jarvis.clock.now()).total_seconds())

    def weekly(self, kind: str) -> list[Job]:
        return [kept.job for kept in self.jarvis.store.jobs.values() if kept.job.kind == kind and kept.job.key]


@pytest.fixture
def office(jarvis: InMemoryJarvis) -> Office:
    return Office(jarvis)


@pytest.fixture
async def room(jarvis: InMemoryJarvis, ana: Actor, ben: Actor) -> RoomId:
    return (await jarvis.room(ana, ben, title="배포")).room.id


async def test_a_report_is_made_of_talk_decisions_and_tasks(
    office: Office, ana: Actor, ben: Actor, room: RoomId
) -> None:
    first = await office.jarvis.messages.send(ben, room, "금요일에 배포합시다")
    await office.matters.add(ana, room, MatterKind.TASK, Draft("쓰기", "길게", owner_id=ben.id, due=date(2026, 3, 2)))
    office.jarvis.clock.advance(60)
    with pytest.raises(NotFound):
        await office.pulse.current(ana, room)
    job = await office.made(ana, room)
    (material,) = office.scribe.given
    assert material.title == "배포"
    assert [(said.speaker, said.text, said.ref) for said in material.said] == [
        ("Ben", "금요일에 배포합시다", 1),
        ("(open task)", "쓰기; owner: Ben; due: 2026-03-02; 길게", None),
    ]
    report = await office.pulse.current(ben, room)
    assert (report.draft.summary, report.until_seq, report.generated_at) == ("report 1", 2, office.jarvis.clock.now())
    assert (report.coverage.messages, report.coverage.complete) == (1, True)
    assert report.coverage.since == office.jarvis.clock.now() - timedelta(seconds=60)
    assert (job.status, await office.pulse.made(ana, job)) == (JobStatus.DONE, report)
    assert office.jarvis.recorder.of(PulseRenewed) == [PulseRenewed(room, report.id, report.generated_at)]
    assert first.seq == 1


async def test_cards_are_part_of_reports_specifications_and_insights(
    office: Office, jarvis: InMemoryJarvis, ana: Actor, ben: Actor, outsider: Actor, room: RoomId
) -> None:
    cards = Cards(jarvis.work, jarvis.clock, jarvis.ids)
    old = await cards.add(ben, room, CardDraft("옛 카드"))
    jarvis.clock.advance(timedelta(days=7).total_seconds())
    content = CardContent("느리다", "봇을 붙인다", "빠르다", "돈", ("Ana", "Ben"))
    new = await cards.add(ben, room, CardDraft("봇", content))
    elsewhere = (await jarvis.room(outsider)).room.id
    await cards.add(outsider, elsewhere, CardDraft("몰래"))
    await office.made(ana, room)
    assert [(said.speaker, said.text, said.ref) for said in office.scribe.given[0].said] == [
        ("(card)", "옛 카드", None),
        (
            "(card)",
            "봇; problem: 느리다; proposal: 봇을 붙인다; impact: 빠르다; constraints: 돈; owners: Ana, Ben",
            None,
        ),
    ]
    packet = await Specifying(jarvis.work).packet(ana, room)
    assert list(packet.specification.mvp) == ["봇을 붙인다", "옛 카드"]
    assert list((await Insights(jarvis.work, jarvis.clock, SEOUL).outlook(ana)).cards) == [new]
    assert old.created_at < new.created_at


async def test_a_talk_longer_than_one_question_loses_nothing(office: Office, ana: Actor, room: RoomId) -> None:
    for at in range(120):
        await office.jarvis.messages.send(ana, room, f"fact{at} " + "그런데 " * 30)
    await office.made(ana, room)
    (material,) = office.scribe.given
    assert not material.said
    told = [point.text for part in material.parts for point in part.points]
    assert told == [f"fact{at}" for at in range(120)]
    assert (await office.pulse.current(ana, room)).coverage.messages == 120


async def test_where_more_was_said_than_is_read_the_report_says_so(
    office: Office, ana: Actor, room: RoomId, monkeypatch: pytest.MonkeyPatch
) -> None:
    for number in range(4):
        await office.jarvis.messages.send(ana, room, f"{number}")
    for most, complete in ((3, False), (4, True)):
        monkeypatch.setattr(application_pulse, "MOST_MESSAGES", most)
        await office.made(ana, room)
        coverage = (await office.pulse.current(ana, room)).coverage
        assert (coverage.messages, coverage.complete) == (most, complete)


async def test_where_there_are_more_cards_than_are_read_the_report_says_so(
    office: Office, jarvis: InMemoryJarvis, ana: Actor, room: RoomId, monkeypatch: pytest.MonkeyPatch
) -> None:
    for number in range(3):
        await Cards(jarvis.work, jarvis.clock, jarvis.ids).add(ana, room, CardDraft(f"{number}"))
    for most, complete in ((2, False), (3, True)):
        monkeypatch.setattr(room_knowledge, "MOST_CARDS", most)
        await office.made(ana, room)
        assert len(office.scribe.given[-1].said) == most
        assert (await office.pulse.current(ana, room)).coverage.complete is complete


async def test_of_a_room_without_a_word_no_model_is_asked(office: Office, ana: Actor, room: RoomId) -> None:
    await office.made(ana, room)
    assert office.scribe.given == []
    assert (await office.pulse.current(ana, room)).draft.summary == "아직 나눈 이야기도 카드도 없어요."


@pytest.mark.parametrize(
    ("fault", "refusal"),
    [
        (ModelBusy(), PulseFailed),
        (ModelFailed(), PulseFailed),
        (ModelAnsweredBadly(), PulseUnreadable),
        (OpenAiNotConfigured(), OpenAiNotConfigured),
    ],
)
async def test_a_run_that_fails_fails_at_once_and_leaves_the_old_report(
    office: Office, ana: Actor, room: RoomId, fault: Exception, refusal: type[Exception]
) -> None:
    await office.jarvis.messages.send(ana, room, "안녕")
    await office.made(ana, room)
    old = await office.pulse.current(ana, room)
    office.scribe.faults = [fault]
    job = await office.made(ana, room)
    assert (job.status, job.attempt, job.failure) == (JobStatus.FAILED, 1, getattr(refusal, "code", None))
    with pytest.raises(refusal):
        await office.pulse.made(ana, job)
    assert await office.pulse.history(ana, room) == [old]


async def test_an_unfinished_job_has_made_nothing_and_one_whose_worker_died_failed(
    office: Office, ana: Actor, room: RoomId
) -> None:
    job = await office.job(await office.pulse.ask(ana, room))
    assert await office.pulse.made(ana, job) is None
    with pytest.raises(PulseFailed):
        await office.pulse.made(ana, replace(job, status=JobStatus.FAILED, failure="ABANDONED"))
    with pytest.raises(Forbidden):
        await office.pulse.made(ana, replace(job, status=JobStatus.FAILED, failure="FORBIDDEN"))


async def test_old_reports_are_listed_and_bounded(office: Office, ana: Actor, ben: Actor, room: RoomId) -> None:
    await office.jarvis.messages.send(ana, room, "안녕")
    for _ in range(REPORTS_KEPT + 2):
        await office.made(ana, room)
    listed = await office.pulse.history(ben, room)
    assert [one.draft.summary for one in listed] == [f"report {n}" for n in range(REPORTS_KEPT + 2, 2, -1)]
    assert listed[0] == await office.pulse.current(ben, room)
    assert await office.pulse.find(ben, room, listed[-1].id) == listed[-1]
    assert await office.pulse.history(ben, room, take=1) == listed[:1]


async def test_only_members_ask_and_read(office: Office, ana: Actor, ben: Actor, outsider: Actor, room: RoomId) -> None:
    await office.made(ana, room)
    report = await office.pulse.current(ana, room)
    for refused in (
        office.pulse.ask(outsider, room),
        office.pulse.current(outsider, room),
        office.pulse.history(outsider, room),
        office.pulse.find(outsider, room, report.id),
        Specifying(office.jarvis.work).packet(outsider, room),
    ):
        with pytest.raises(Forbidden):
            await refused
    job_id = await office.pulse.ask(ben, room)
    await office.jarvis.rooms.leave(ben, room)
    await office.run(KIND, room)
    assert (await office.job(job_id)).failure == "FORBIDDEN"
    assert await office.pulse.history(ana, room) == [report]


async def test_each_week_the_reports_of_rooms_that_changed_are_renewed_once(
    office: Office, jarvis: InMemoryJarvis, ana: Actor, ben: Actor, room: RoomId
) -> None:
    quiet = (await jarvis.room(ana)).room.id
    await jarvis.messages.send(ana, room, "안녕")
    office.until(MONDAY - timedelta(seconds=1))
    await office.pulse.renew()
    assert office.weekly(KIND) == []
    office.until(MONDAY)
    await asyncio.gather(*(office.pulse.renew() for _ in range(3)))
    (job,) = office.weekly(KIND)
    assert (job.room_id, job.asker_id, job.key) == (room, None, f"{room} 2026-02-16")
    await office.run(KIND, room)
    report = await office.pulse.current(ben, room)
    office.jarvis.clock.advance(60)
    await jarvis.messages.send(ana, room, "새 소식")
    await office.pulse.renew()
    office.until(MONDAY + timedelta(days=7))
    await office.pulse.renew()
    assert [job.key for job in office.weekly(KIND)] == [f"{room} 2026-02-16", f"{room} 2026-02-23"]
    await office.run(KIND, room)
    office.until(MONDAY + timedelta(days=14))
    await office.pulse.renew()
    assert len(office.weekly(KIND)) == 2
    assert [one.draft.summary for one in await office.pulse.history(ben, room)] == ["report 2", "report 1"]
    assert (await office.pulse.history(ben, room))[1] == report
    with pytest.raises(NotFound):
        await office.pulse.current(ana, quiet)


async def test_what_is_made_for_the_week_is_tried_again(office: Office, ana: Actor, room: RoomId) -> None:
    await office.jarvis.messages.send(ana, room, "안녕")
    office.until(MONDAY)
    await office.pulse.renew()
    office.scribe.faults = [ModelBusy()]
    await office.run(KIND, room)
    assert office.weekly(KIND)[0].status is JobStatus.QUEUED
    office.jarvis.clock.advance(60)
    await office.run(KIND, room)
    assert (await office.pulse.current(ana, room)).draft.summary == "report 2"


async def test_what_is_found_is_written_down_as_found_and_never_twice(
    office: Office, jarvis: InMemoryJarvis, ana: Actor, ben: Actor, room: RoomId
) -> None:
    said = [await jarvis.messages.send(ben, room, text) for text in ("보고서 쓸게", "금요일로 확정", "안녕")]
    marked = await office.matters.add(ana, room, MatterKind.DECISION, Draft(source_id=said[1].message_id))
    office.scribe.findings = [
        Finding(MatterKind.TASK, MatterState.OPEN, "보고서 쓰기", 1, "ben", date(2026, 3, 2)),
        Finding(MatterKind.TASK, MatterState.OPEN, "the same again", 1),
        Finding(MatterKind.DECISION, MatterState.DECIDED, "금요일", 2, "Nobody"),
    ]
    office.until(MONDAY)
    await asyncio.gather(*(office.gleaning.renew() for _ in range(3)))
    assert len(office.weekly(MATTERS)) == 1
    await office.run(MATTERS, room)
    (found,) = await office.matters.of_room(ana, room, Choice(MatterKind.TASK))
    assert found == Matter(
        id=found.id, room_id=room, kind=MatterKind.TASK, title="보고서 쓰기", state=MatterState.OPEN,
        origin=Origin.FOUND, created_at=MONDAY, updated_at=MONDAY, owner_id=ben.id, due=date(2026, 3, 2),
        source_id=said[0].message_id, quoted=True,
    )  # fmt: skip
    assert await office.matters.of_room(ana, room, Choice(MatterKind.DECISION)) == [marked]
    assert office.weekly(MATTERS)[0].result == {"found": 1}
    assert jarvis.recorder.of(MatterAdded)[-1] == MatterAdded(room, found)
    await office.matters.remove(ben, room, MatterKind.TASK, found.id)
    async with jarvis.work() as work:
        await work.jobs.add(
            replace(office.weekly(MATTERS)[0], id=JobId(jarvis.ids.new()), key=None, attempt=0, status=JobStatus.QUEUED)
        )
        assert await work.gleaning_places.place(room) == 4
        jarvis.store.gleaned.put(room, 0)
    await office.run(MATTERS, room)
    assert len(office.scribe.looked_through) == 2
    assert await office.matters.of_room(ana, room, Choice(MatterKind.TASK)) == []


async def test_each_week_only_what_is_new_is_looked_through(office: Office, ana: Actor, room: RoomId) -> None:
    await office.jarvis.messages.send(ana, room, "하나")
    office.until(MONDAY)
    await office.gleaning.renew()
    await office.run(MATTERS, room)
    await office.jarvis.messages.send(ana, room, "둘")
    office.until(MONDAY + timedelta(days=7))
    await office.gleaning.renew()
    office.scribe.faults = [ModelBusy()]
    await office.run(MATTERS, room)
    office.jarvis.clock.advance(60)
    await office.run(MATTERS, room)
    assert [[said.text for said in one.said] for one in office.scribe.looked_through] == [["하나"], ["둘"], ["둘"]]
    office.until(MONDAY + timedelta(days=14))
    await office.gleaning.renew()
    assert len(office.weekly(MATTERS)) == 2


@pytest.mark.parametrize("deleted", [True, False])
async def test_what_is_edited_or_deleted_while_the_model_reads_says_nothing_old(
    office: Office, jarvis: InMemoryJarvis, ana: Actor, room: RoomId, deleted: bool
) -> None:
    said = await jarvis.messages.send(ana, room, "비밀번호를 1234로 바꿀게요")
    office.scribe.findings = [Finding(MatterKind.TASK, MatterState.OPEN, "비밀번호 1234", 1)]
    office.until(MONDAY)
    await office.gleaning.renew()
    office.scribe.gate.clear()
    working = asyncio.create_task(office.run(MATTERS, room))
    await eventually(lambda: bool(office.scribe.looked_through))
    if deleted:
        await jarvis.messages.delete(ana, room, said.message_id)
    else:
        await jarvis.messages.edit(ana, room, said.message_id, "비밀번호를 바꿀게요")
    office.scribe.gate.set()
    await working
    titles = [one.title for one in await office.matters.of_room(ana, room, Choice())]
    assert titles == ([] if deleted else ["비밀번호를 바꿀게요"])


async def test_a_found_one_goes_with_its_message(
    office: Office, jarvis: InMemoryJarvis, ana: Actor, room: RoomId
) -> None:
    said = await jarvis.messages.send(ana, room, "비밀번호를 1234로 바꿀게요")
    office.scribe.findings = [Finding(MatterKind.TASK, MatterState.OPEN, "비밀번호 1234", 1)]
    office.until(MONDAY)
    await office.gleaning.renew()
    await office.run(MATTERS, room)
    await jarvis.messages.delete(ana, room, said.message_id)
    (found,) = await office.matters.of_room(ana, room, Choice())
    assert found.title == DELETED_TEXT


async def test_the_mock_writes_and_finds_what_was_said(
    jarvis: InMemoryJarvis, ana: Actor, ben: Actor, room: RoomId
) -> None:
    for who, text in (
        (ana, "배포는 2026-03-02 금요일에 하기로 했습니다"),
        (ben, "제가 3월 5일까지 보고서를 쓸게요"),
        (ana, "서버가 느려서 걱정이에요. GET /posts 로 확인해 주세요"),
        (ana, "자비스야 뭐라고 했어요? 부탁해"),
    ):
        await jarvis.messages.send(who, room, text)
    summaries = Summaries(Clerk())
    rest = jarvis.jobs, jarvis.clock, jarvis.ids, SEOUL
    pulse = Pulse(jarvis.work, summaries, MockPulseWriter(), *rest)
    gleaning = Gleaning(jarvis.work, summaries, MockMatterFinder(), *rest)
    handlers = {KIND: pulse.make, MATTERS: gleaning.glean}
    jarvis.clock.advance((MONDAY - jarvis.clock.now()).total_seconds())
    await gleaning.renew()
    working = Working(jarvis.work, jarvis.jobs, jarvis.publication, jarvis.clock, jarvis.pace, handlers)
    await working.run(job_lane(MATTERS, room))
    matters = await Matters(jarvis.work, jarvis.clock, jarvis.ids).of_room(ana, room, Choice())
    assert [(one.kind.value, one.state.value, one.title, one.owner_id, one.due) for one in reversed(matters)] == [
        ("decision", "decided", "배포는 2026-03-02 금요일에 하기로 했습니다", None, None),
        ("task", "open", "제가 3월 5일까지 보고서를 쓸게요", ben.id, date(2026, 3, 5)),
        ("task", "open", "서버가 느려서 걱정이에요. GET /posts 로 확인해 주세요", None, None),
    ]
    await pulse.ask(ana, room)
    await working.run(job_lane(KIND, room))
    report = await pulse.current(ana, room)
    assert "모의" in report.draft.summary
    assert "Ben: 제가 3월 5일까지 보고서를 쓸게요" in report.section(Section.EXECUTIVE_INSIGHT)
    assert report.section(Section.PEOPLE) == "- Ana (3)\n- Ben (1)"
    assert "(open task): 제가 3월 5일까지" in report.section(Section.ACTION_ITEMS)
    assert [(call.method, call.path) for call in report.draft.outline.api] == [("GET", "/posts")]
    packet = (await Specifying(jarvis.work).packet(ben, room)).specification
    assert packet.api[0].path == "/posts"
    assert "배포는 2026-03-02 금요일에 하기로 했습니다" in " ".join(packet.policies)


async def test_an_outlook_is_of_ones_own_rooms_and_bounded(
    office: Office, jarvis: InMemoryJarvis, ana: Actor, ben: Actor, outsider: Actor, room: RoomId
) -> None:
    elsewhere = (await jarvis.room(outsider, title="몰래")).room.id
    await office.matters.add(outsider, elsewhere, MatterKind.TASK, Draft("not ana's", due=date(2020, 1, 1)))
    await office.made(outsider, elsewhere)
    await office.made(ben, room)
    add = office.matters.add
    late = await add(ben, room, MatterKind.TASK, Draft("late", due=date(2026, 2, 15)))
    later = await add(ben, room, MatterKind.DECISION, Draft("later still", due=date(2026, 2, 1)))
    today = await add(ben, room, MatterKind.TASK, Draft("today", due=date(2026, 2, 16)))
    done = await add(ben, room, MatterKind.TASK, Draft("done", due=date(2026, 2, 1)))
    await office.matters.change(ben, room, MatterKind.TASK, done.id, Change(state=MatterState.DONE))
    insights = Insights(jarvis.work, jarvis.clock, SEOUL)
    outlook = await insights.outlook(ana)
    assert outlook.week.monday == date(2026, 2, 16)
    assert (list(outlook.tasks), list(outlook.decisions)) == ([today, late], [later])
    assert list(outlook.overdue) == [later, late]
    assert [report.room_id for report in outlook.reports] == [room]
    # In Seoul it is the next day from 15:00 UTC on.
    office.until(datetime(2026, 2, 16, 15, tzinfo=UTC))
    assert list((await insights.outlook(ana)).overdue) == [later, late, today]
    for number in range(105):
        await add(ben, room, MatterKind.TASK, Draft(f"{number}", due=date(2026, 1, 1)))
    outlook = await insights.outlook(ana)
    assert (len(outlook.tasks), len(outlook.overdue), len(outlook.decisions)) == (100, 100, 1)
