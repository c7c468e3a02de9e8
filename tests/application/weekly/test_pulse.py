"""Reports of rooms: made by workers, kept once, and renewed each week."""

import asyncio
from dataclasses import replace
from datetime import date, timedelta

import pytest

from adapters.mock.matter_finder import MockMatterFinder
from adapters.mock.pulse_writer import MockPulseWriter
from application import pulse as application_pulse
from application import room_knowledge
from application.cards import Cards
from application.gleaning import KIND as MATTERS
from application.gleaning import Gleaning
from application.insights import Insights
from application.matters import Draft, Matters
from application.ports.matter_finder import Finding
from application.ports.matters import Choice
from application.pulse import KIND, Pulse
from application.specifying import Specifying
from application.summaries import Summaries
from application.weekly import weekly_lane
from domain.errors import Forbidden, ModelAnsweredBadly, ModelBusy, ModelFailed, NotFound, OpenAiNotConfigured
from domain.events import PulseRenewed
from domain.ideas import CardContent, CardDraft
from domain.ids import RoomId
from domain.jobs import JobStatus, job_lane
from domain.matters import MatterKind, MatterState
from domain.pulse import REPORTS_KEPT, Section
from domain.pulse_errors import PulseFailed, PulseUnreadable
from domain.users import Actor
from tests.application.test_summaries import Clerk
from tests.application.weekly.office import MONDAY, SEOUL, Office
from tests.in_memory import InMemoryJarvis


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
    job = await office.jarvis.job(await office.pulse.ask(ana, room))
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
    assert (await office.jarvis.job(job_id)).failure == "FORBIDDEN"
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


async def test_what_the_week_itself_finds_is_in_its_report_and_no_reason_for_another(
    office: Office, jarvis: InMemoryJarvis, ana: Actor, room: RoomId
) -> None:
    said = await jarvis.messages.send(ana, room, "보고서를 쓸게요")
    office.scribe.findings = [Finding(MatterKind.TASK, MatterState.OPEN, "보고서", said.seq)]
    office.scribe.faults = [ModelBusy()]
    office.until(MONDAY)
    await office.gleaning.renew()
    await office.pulse.renew()
    await jarvis.working(weekly_lane(room), office.handlers)
    assert office.scribe.given == [], "what is found in the week is waited for"
    jarvis.clock.advance(60)
    await jarvis.working(weekly_lane(room), office.handlers)
    assert [said.text for said in office.scribe.given[0].said if said.ref is None] == ["보고서"]
    for week in (1, 2, 3):
        office.until(MONDAY + timedelta(days=7 * week))
        await office.gleaning.renew()
        await office.pulse.renew()
    assert len(office.weekly(KIND)) == 1
    await Cards(jarvis.work, jarvis.clock, jarvis.ids).add(ana, room, CardDraft("봇"))
    office.until(MONDAY + timedelta(days=28))
    for _ in range(2):
        await office.gleaning.renew()
        await office.pulse.renew()
        await jarvis.working(weekly_lane(room), office.handlers)
    assert (len(office.weekly(KIND)), len(office.weekly(MATTERS))) == (2, 1)
    assert "봇" in [said.text for said in office.scribe.given[-1].said]


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
    pulse = Pulse(jarvis.work, summaries, MockPulseWriter(), *rest, jarvis.quotas)
    gleaning = Gleaning(jarvis.work, summaries, MockMatterFinder(), *rest)
    handlers = {KIND: pulse.make, MATTERS: gleaning.glean}
    jarvis.clock.advance((MONDAY - jarvis.clock.now()).total_seconds())
    await gleaning.renew()
    await jarvis.working(weekly_lane(room), handlers)
    matters = await Matters(jarvis.work, jarvis.clock, jarvis.ids).of_room(ana, room, Choice())
    assert [(one.kind.value, one.state.value, one.title, one.owner_id, one.due) for one in reversed(matters)] == [
        ("decision", "decided", "배포는 2026-03-02 금요일에 하기로 했습니다", None, None),
        ("task", "open", "제가 3월 5일까지 보고서를 쓸게요", ben.id, date(2026, 3, 5)),
        ("task", "open", "서버가 느려서 걱정이에요. GET /posts 로 확인해 주세요", None, None),
    ]
    await pulse.ask(ana, room)
    await jarvis.working(job_lane(KIND, room), handlers)
    report = await pulse.current(ana, room)
    assert "모의" in report.draft.summary
    assert "Ben: 제가 3월 5일까지 보고서를 쓸게요" in report.section(Section.EXECUTIVE_INSIGHT)
    assert report.section(Section.PEOPLE) == "- Ana (3)\n- Ben (1)"
    assert "(open task): 제가 3월 5일까지" in report.section(Section.ACTION_ITEMS)
    assert [(call.method, call.path) for call in report.draft.outline.api] == [("GET", "/posts")]
    packet = (await Specifying(jarvis.work).packet(ben, room)).specification
    assert packet.api[0].path == "/posts"
    assert "배포는 2026-03-02 금요일에 하기로 했습니다" in " ".join(packet.policies)
