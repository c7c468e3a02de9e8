"""Ideas of a week: made by a worker, all at once or not at all, of all that was said."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from adapters.mock.ideas import MockIdeas
from application.ideas import KIND, Made, WeeklyIdeas, made
from application.portions import Portions
from application.ports.idea_model import IdeaMaterial, IdeaModel
from domain.errors import Forbidden, ModelAnsweredBadly, ModelFailed, OpenAiNotConfigured
from domain.ideas import Card, CardContent, CardDraft, CardGraph, CardKind, Idea
from domain.ids import JobId, RoomId
from domain.jobs import Job, JobStatus
from domain.knowledge_errors import IdeasFailed, IdeasUnreadable
from domain.knowledge_events import CardAdded, CardRemoved
from domain.users import Actor
from domain.weeks import Week
from tests.in_memory import InMemoryJarvis

WEEK = Week.of(datetime(2026, 2, 16, tzinfo=UTC))


class Reader:
    """A model that finds an idea in every message that says ``idea``, and keeps what it was given."""

    def __init__(self, *failures: Exception | None) -> None:
        self.given: list[IdeaMaterial] = []
        self.failures = list(failures)

    async def ideas(self, material: IdeaMaterial) -> Sequence[Idea]:
        self.given.append(material)
        if self.failures and (failure := self.failures.pop(0)) is not None:
            raise failure
        if material.parts:
            return [idea for part in material.parts for idea in part][:12]
        return [
            Idea(said.text.split()[0], problem=said.text.split()[0] + " is a problem", refs=(said.ref or 0, 10_000))
            for said in material.said
            if said.text.startswith("idea")
        ]


class Desk:
    """Ideas over Jarvis in memory, and a worker that finds them."""

    def __init__(self, jarvis: InMemoryJarvis) -> None:
        self.jarvis = jarvis
        self.reader = Reader()
        self.ideas = self.with_(self.reader)

    def with_(self, model: IdeaModel | None) -> WeeklyIdeas:
        jarvis = self.jarvis
        return WeeklyIdeas(
            jarvis.work,
            model,
            jarvis.jobs,
            jarvis.clock,
            jarvis.ids,
            UTC,
            jarvis.quotas,
            Portions(tokens=600),
        )

    async def work(self, job_id: JobId, ideas: WeeklyIdeas | None = None) -> Job:
        """Have a worker do the job, and answer it as it is then."""
        return await self.jarvis.worked(job_id, (ideas or self.ideas).make)

    async def run(self, actor: Actor, room: RoomId, model: IdeaModel | None = None, week: Week | None = None) -> Job:
        ideas = self.ideas if model is None else self.with_(model)
        return await self.work(await ideas.ask(actor, room, week), ideas)

    async def titles(self, actor: Actor, room: RoomId) -> list[str]:
        return [card.title for card in await self.jarvis.cards.of_room(actor, room)]


@pytest.fixture
def desk(jarvis: InMemoryJarvis) -> Desk:
    return Desk(jarvis)


@pytest.fixture
async def room(jarvis: InMemoryJarvis, ana: Actor, ben: Actor) -> RoomId:
    return (await jarvis.room(ana, ben, title="결제")).room.id


async def test_cards_are_made_of_what_was_said(desk: Desk, ana: Actor, ben: Actor, room: RoomId) -> None:
    send = desk.jarvis.messages.send
    await send(ana, room, "안녕하세요")
    first, second = await send(ben, room, "idea1 느려요"), await send(ana, room, "idea2 캐시")
    job = await desk.run(ana, room)
    newest, older = cards = await desk.jarvis.cards.of_room(ben, room)
    assert [card.title for card in cards] == ["idea1", "idea2"]
    assert (newest.kind, newest.week, newest.created_by) == (CardKind.WEEKLY_AI, WEEK, ana.id)
    assert newest.content == CardContent("idea1 is a problem", evidence=(f"message:{first.message_id}",))
    assert older.content.evidence == (f"message:{second.message_id}",)
    assert made(job) == Made(2)
    assert job.result == {"created": 2, "cardIds": [str(older.id), str(newest.id)]}
    assert [event.card for event in desk.jarvis.recorder.of(CardAdded)] == [older, newest]
    (material,) = desk.reader.given
    assert (material.title, [said.speaker for said in material.said]) == ("결제", ["Ana", "Ben", "Ana"])


async def test_another_run_replaces_the_weeks_cards_and_no_others(desk: Desk, ana: Actor, room: RoomId) -> None:
    jarvis = desk.jarvis
    await jarvis.messages.send(ana, room, "idea1")
    await desk.run(ana, room)
    jarvis.clock.advance(timedelta(days=7).total_seconds())
    await jarvis.messages.send(ana, room, "idea2")
    await desk.run(ana, room)
    by_hand = await jarvis.cards.add(ana, room, CardDraft("by hand"))
    await jarvis.messages.send(ana, room, "idea3")
    await desk.run(ana, room, week=WEEK.next)
    assert await desk.titles(ana, room) == ["idea2", "idea3", "by hand", "idea1"]
    assert len(jarvis.recorder.of(CardRemoved)) == 1
    assert by_hand.id in {card.id for card in await jarvis.cards.of_room(ana, room)}


async def test_none_is_equal_to_a_card_that_is_there(desk: Desk, ana: Actor, room: RoomId) -> None:
    cards, send = desk.jarvis.cards, desk.jarvis.messages.send
    await cards.add(ana, room, CardDraft("IDEA1"))
    await cards.add(ana, room, CardDraft("x", CardContent(problem="Idea2  is a  PROBLEM")))
    for text in ("idea1", "idea2", "idea3", "idea3 again"):
        await send(ana, room, text)
    job = await desk.run(ana, room)
    assert made(job) == Made(1)
    assert await desk.titles(ana, room) == ["idea3", "x", "IDEA1"]
    assert list(desk.reader.given[0].known) == ["x", "IDEA1"]


async def test_there_are_twelve_at_most(desk: Desk, ana: Actor, room: RoomId) -> None:
    for number in range(20):
        await desk.jarvis.messages.send(ana, room, f"idea{number}")
    assert made(await desk.run(ana, room)) == Made(12)
    assert await desk.titles(ana, room) == [f"idea{number}" for number in range(12)]


async def test_a_week_far_longer_than_one_part_is_read_whole(desk: Desk, ana: Actor, room: RoomId) -> None:
    for number in range(200):
        desk.jarvis.clock.advance(60)
        await desk.jarvis.messages.send(
            ana, room, f"{'idea' if number % 40 == 0 else 'word'}{number} " + "그런데 " * 30
        )
    await desk.run(ana, room)
    told = [said.ref for material in desk.reader.given for said in material.said]
    assert sorted(ref for ref in told if ref) == list(range(1, 201))
    assert len(desk.reader.given) > 20
    assert not any(material.parts for material in desk.reader.given)
    assert set(await desk.titles(ana, room)) == {f"idea{number}" for number in range(0, 200, 40)}


async def test_what_many_parts_bring_is_put_together_by_the_model(desk: Desk, ana: Actor, room: RoomId) -> None:
    for number in range(60):
        await desk.jarvis.messages.send(ana, room, f"idea{number} " + "그런데 " * 30)
    assert made(await desk.run(ana, room)) == Made(12)
    assert any(material.parts for material in desk.reader.given)
    first = await desk.jarvis.cards.of_room(ana, room)
    assert all(card.content.evidence for card in first)


async def test_a_message_longer_than_a_part_is_told_whole(desk: Desk, ana: Actor, room: RoomId) -> None:
    text = " ".join(f"w{number}" for number in range(2000))
    await desk.jarvis.messages.send(ana, room, text)
    await desk.run(ana, room)
    parts = sorted((material.said[0].text for material in desk.reader.given), key=lambda one: int(one.split()[0][1:]))
    assert " ".join(part.strip() for part in parts) == text


async def test_only_that_week_counts(desk: Desk, ana: Actor, room: RoomId) -> None:
    jarvis = desk.jarvis
    await jarvis.messages.send(ana, room, "idea-before")
    jarvis.clock.advance((WEEK.next.since - jarvis.clock.now()).total_seconds())
    await jarvis.messages.send(ana, room, "idea-first")
    jarvis.clock.advance(timedelta(days=7, milliseconds=-1).total_seconds())
    await jarvis.messages.send(ana, room, "idea-last")
    jarvis.clock.advance(0.001)
    await jarvis.messages.send(ana, room, "idea-after")
    await desk.run(ana, room, week=WEEK.next)
    assert await desk.titles(ana, room) == ["idea-first", "idea-last"]


@pytest.mark.parametrize("only", ["nothing", "deleted", "Jarvis", "another week"])
async def test_where_nobody_said_anything_nothing_is_made(desk: Desk, ana: Actor, room: RoomId, only: str) -> None:
    jarvis = desk.jarvis
    week = WEEK
    if only == "deleted":
        said = await jarvis.messages.send(ana, room, "idea1")
        await jarvis.messages.delete(ana, room, said.message_id)
    elif only != "nothing":
        await jarvis.messages.send(ana, room, "idea1")
        week = WEEK.next
    job = await desk.run(ana, room, week=week)
    assert made(job) == Made(0, "NO_MESSAGES")
    assert await desk.titles(ana, room) == []
    assert desk.reader.given == []


@pytest.mark.parametrize(("failure", "told"), [(ModelFailed(), IdeasFailed), (ModelAnsweredBadly(), IdeasUnreadable)])
async def test_a_run_that_fails_leaves_the_cards_and_is_not_tried_again(
    desk: Desk, ana: Actor, room: RoomId, failure: Exception, told: type[Exception]
) -> None:
    await desk.jarvis.messages.send(ana, room, "idea1")
    await desk.run(ana, room)
    before = await desk.jarvis.cards.of_room(ana, room), await desk.jarvis.everything(room)
    reader = Reader(failure)
    job = await desk.run(ana, room, reader)
    assert (job.status, job.attempt, len(reader.given)) == (JobStatus.FAILED, 1, 1)
    with pytest.raises(told):
        made(job)
    assert (await desk.jarvis.cards.of_room(ana, room), await desk.jarvis.everything(room)) == before


async def test_what_fails_with_nobody_waiting_is_tried_again(desk: Desk, ana: Actor, room: RoomId) -> None:
    await desk.jarvis.messages.send(ana, room, "idea1")
    reader = Reader(ModelFailed())
    ideas = desk.with_(reader)
    job = Job(JobId(desk.jarvis.ids.new()), KIND, "job:x:1", {"week": "2026-02-16"}, desk.jarvis.clock.now(),
              room_id=room)  # fmt: skip
    async with desk.jarvis.work() as work:
        await work.jobs.add(job)
    assert (await desk.work(job.id, ideas)).status is JobStatus.QUEUED
    desk.jarvis.clock.advance(60)
    assert (await desk.work(job.id, ideas)).status is JobStatus.DONE
    (card,) = await desk.jarvis.cards.of_room(ana, room)
    assert (card.title, card.created_by) == ("idea1", None)


async def test_what_rests_on_a_message_that_is_deleted_meanwhile_is_dropped(
    desk: Desk, ana: Actor, room: RoomId
) -> None:
    jarvis = desk.jarvis
    first = await jarvis.messages.send(ana, room, "idea1")
    await jarvis.messages.send(ana, room, "idea2")

    class Slow(Reader):
        async def ideas(self, material: IdeaMaterial) -> Sequence[Idea]:
            await jarvis.messages.delete(ana, room, first.message_id)
            return await super().ideas(material)

    await desk.run(ana, room, Slow())
    assert await desk.titles(ana, room) == ["idea2"]


async def test_who_leaves_while_the_model_reads_changes_nothing(
    desk: Desk, ana: Actor, ben: Actor, room: RoomId
) -> None:
    jarvis = desk.jarvis
    await jarvis.messages.send(ana, room, "idea1")

    class Slow(Reader):
        async def ideas(self, material: IdeaMaterial) -> Sequence[Idea]:
            await jarvis.rooms.leave(ben, room)
            return await super().ideas(material)

    job = await desk.run(ben, room, Slow())
    with pytest.raises(Forbidden):
        made(job)
    assert await desk.titles(ana, room) == []


async def test_a_worker_that_was_overtaken_makes_nothing_more(desk: Desk, ana: Actor, room: RoomId) -> None:
    jarvis = desk.jarvis
    await jarvis.messages.send(ana, room, "idea1")

    class Overtaken(Reader):
        """While it reads, the lease runs out and another worker does the same job to its end."""

        async def ideas(self, material: IdeaMaterial) -> Sequence[Idea]:
            if not self.given:
                self.given.append(material)
                jarvis.clock.advance(60)
                await desk.work(job_id, ideas)
            return await super().ideas(material)

    ideas = desk.with_(Overtaken())
    job_id = await ideas.ask(ana, room)
    async with jarvis.work() as work:
        job = await work.jobs.find(job_id)
        assert job is not None
        jarvis.store.jobs.put(job_id, replace(jarvis.store.jobs[job_id], job=replace(job, attempts_allowed=5)))
    await desk.work(job_id, ideas)
    assert await desk.titles(ana, room) == ["idea1"]
    assert len(jarvis.recorder.of(CardAdded)) == 1


async def test_who_may_ask_and_whom(desk: Desk, ana: Actor, outsider: Actor, room: RoomId) -> None:
    for model in (None, desk.reader):
        with pytest.raises(Forbidden):
            await desk.with_(model).ask(outsider, room)
    with pytest.raises(OpenAiNotConfigured):
        await desk.with_(None).ask(ana, room)
    assert len(desk.jarvis.store.jobs) == 0
    job = await desk.jarvis.job(await desk.ideas.ask(ana, room))
    assert (job.kind, job.attempts_allowed, job.payload) == (KIND, 1, {"week": "2026-02-16"})
    assert made(job) is None


async def test_the_mock_finds_ideas_in_the_real_talk(desk: Desk, ana: Actor, ben: Actor, room: RoomId) -> None:
    send = desk.jarvis.messages.send
    await send(ana, room, "결제 서버가 자꾸 느려져서 문제예요")
    await send(ben, room, "결제 서버 앞에 Redis 캐시를 도입하면 어떨까요?")
    await send(ana, room, "결제 캐시를 두기로 했습니다")
    assert made(await desk.run(ana, room, MockIdeas())) == Made(1)
    (card,) = await desk.jarvis.cards.of_room(ana, room)
    assert card.content.problem == "결제 서버가 자꾸 느려져서 문제예요"
    assert len(card.content.evidence) == 3
    assert isinstance(card, Card)
    assert card.graph is not None
    assert card.graph != CardGraph()
