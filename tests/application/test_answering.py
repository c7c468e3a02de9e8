"""Making answers: in order, once, whatever becomes of the workers."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import timedelta

import pytest

from application.jarvis.answer import Answering
from application.jarvis.ask import Question
from application.jarvis.backlog import Backlog
from application.jarvis.phrases import line_for
from application.jarvis.prompt import RULES, whole_text
from application.limits import AnswerPace
from application.ports.partial_answers import PartialAnswer
from application.ports.unit_of_work import UnitOfWork, Work
from application.tokens import tokens_of
from domain.answer_events import AnswerChunk, AnswerFailed, PersonalAnswerChunk, PersonalAnswerDone
from domain.errors import ModelFailed, NotFound, Unavailable
from domain.events import AnswerPosted, MessagePosted
from domain.ids import RoomId
from domain.jarvis import RequestStatus, Unanswered
from domain.messages import SenderType
from domain.users import Actor
from tests.builders import FakeClock, eventually
from tests.in_memory import InMemoryJarvis
from tests.models import ScriptedModel

PACE = AnswerPace(lease=timedelta(seconds=15), talk=5, attempts=2)


@dataclass
class House:
    """Jarvis, a room with two people, and the model that is asked."""

    jarvis: InMemoryJarvis
    model: ScriptedModel
    ana: Actor
    ben: Actor
    room: RoomId

    def __post_init__(self) -> None:
        self.recorder = self.jarvis.recorder
        self.lane = f"room:{self.room}"

    async def ask(self, prompt: str, request_id: str, actor: Actor | None = None, *, personal: bool = False) -> None:
        question = Question(prompt, personal=personal, request_id=request_id)
        assert await self.jarvis.asking.ask(actor or self.ana, self.room, question) == request_id

    async def answer(self, lane: str | None = None) -> None:
        await self.jarvis.answering.answer(lane or self.lane)

    def begin(self, worker: Answering | None = None) -> "asyncio.Task[None]":
        return asyncio.ensure_future((worker or self.jarvis.answering).answer(self.lane))

    async def until_said(self, index: int, times: int = 1) -> None:
        """Wait until the piece of this index was told so many times."""
        await eventually(lambda: sum(chunk.index == index for chunk in self.recorder.of(AnswerChunk)) >= times)

    async def waiting(self) -> list[str]:
        async with self.jarvis.work() as work:
            return list(await work.backlog.waiting(now=self.jarvis.clock.now()))

    async def set_aside(self) -> list[Unanswered]:
        return list(await Backlog(self.jarvis.work, self.jarvis.jobs).listed(take=100))

    async def partial(self) -> PartialAnswer | None:
        return await self.jarvis.streams.unfinished_answer(self.room)

    def answers(self) -> list[tuple[str, str]]:
        return [(answer.public_id, answer.message.content) for answer in self.recorder.of(AnswerPosted)]


@pytest.fixture
async def house() -> House:
    model = ScriptedModel("안녕", "하세", "요")
    jarvis = InMemoryJarvis(model=model, pace=PACE)
    ana, ben = await jarvis.people("Ana", "Ben")
    return House(jarvis, model, ana, ben, (await jarvis.room(ana, ben)).room.id)


class Outage:
    """A store that is away while ``down``."""

    def __init__(self, work: Work) -> None:
        self._work = work
        self.down = False

    @asynccontextmanager
    async def __call__(self) -> AsyncIterator[UnitOfWork]:
        if self.down:
            raise Unavailable
        async with self._work() as work:
            yield work


async def test_a_public_answer_is_streamed_and_posted(house: House) -> None:
    await house.ask("언제?", "q")
    await house.answer()
    assert house.recorder.of(AnswerChunk) == [
        AnswerChunk(house.room, "q", index, chunk) for index, chunk in enumerate(["", "안녕", "하세", "요"])
    ]
    (posted,) = house.recorder.of(AnswerPosted)
    message = posted.message
    assert (message.content, message.sender_type, message.sender_id) == ("안녕하세요", SenderType.BOT, None)
    assert message.seq == house.recorder.logged(house.room)[-1].seq == 1
    assert await house.jarvis.messages.history(house.ben, house.room) == [message]
    assert house.recorder.events[-1] == house.recorder.logged(house.room)[-1], "the answer comes after its pieces"
    assert await house.partial() is None
    assert await house.waiting() == []


async def test_a_personal_answer_is_told_to_its_asker_alone_and_not_posted(house: House) -> None:
    await house.ask("언제?", "p", house.ben, personal=True)
    await house.answer(f"user:{house.ben.id}")
    assert house.recorder.of(PersonalAnswerChunk) == [
        PersonalAnswerChunk(house.ben.id, "p", index, chunk) for index, chunk in enumerate(["", "안녕", "하세", "요"])
    ]
    assert house.recorder.events[-1] == PersonalAnswerDone(house.ben.id, "p", "안녕하세요")
    assert house.recorder.of(AnswerChunk) == []
    assert await house.jarvis.everything(house.room) == []
    assert await house.jarvis.messages.history(house.ana, house.room) == []


async def test_empty_pieces_take_no_index(house: House) -> None:
    house.model.pieces = ["", "a", "", "b"]
    await house.ask("?", "q")
    await house.answer()
    assert [(chunk.index, chunk.chunk) for chunk in house.recorder.of(AnswerChunk)] == [(0, ""), (1, "a"), (2, "b")]


async def test_a_rooms_questions_are_answered_in_the_order_in_which_they_were_asked(house: House) -> None:
    for number in range(4):
        await house.ask(f"{number}?", f"q{number}", house.ben if number % 2 else house.ana)
    workers = [house.begin(house.jarvis.worker()) for _ in range(3)]
    await asyncio.gather(*workers)
    told = [chunk.public_id for chunk in house.recorder.of(AnswerChunk)]
    assert told == sorted(told), "one answer at a time"
    assert house.answers() == [(f"q{number}", "안녕하세요") for number in range(4)]
    assert [conversation.prompt for conversation in house.model.shown] == ["0?", "1?", "2?", "3?"]


async def test_a_personal_question_does_not_wait_for_the_room(house: House) -> None:
    house.model.gate.clear()
    await house.ask("public?", "q")
    await house.ask("personal?", "p", personal=True)
    public = house.begin()
    await house.until_said(0)
    personal = asyncio.ensure_future(house.answer(f"user:{house.ana.id}"))
    await house.recorder.until(PersonalAnswerChunk)
    house.model.gate.set()
    await asyncio.gather(public, personal)
    assert house.answers() == [("q", "안녕하세요")]
    assert house.recorder.of(PersonalAnswerDone) == [PersonalAnswerDone(house.ana.id, "p", "안녕하세요")]


async def test_the_model_is_shown_the_talk_without_what_is_gone(house: House) -> None:
    messages, room = house.jarvis.messages, house.room
    await messages.send(house.ana, room, "out of sight")
    gone = await messages.send(house.ana, room, "geheim")
    await messages.send(house.ben, room, "그림\n[[jarvis_attachments_v1]]\nW10=\n[[/jarvis_attachments_v1]]")
    await messages.delete(house.ana, room, gone.message_id)
    await house.ask("앞의 질문?", "q0")
    await house.answer()
    await messages.send(house.ben, room, "나는 간다")
    await house.jarvis.rooms.leave(house.ben, room)
    await messages.send(house.ana, room, "자비스야 무슨 이야기?")
    await house.answer()
    shown = house.model.shown[-1]
    assert (shown.room_title, shown.asker, shown.prompt) == ("Room", "Ana", "무슨 이야기?")
    assert [(said.speaker, said.text) for said in shown.talk] == [
        ("?", "그림"),
        (None, "안녕하세요"),
        ("?", "나는 간다"),
    ]
    assert shown.now == house.jarvis.clock.now()


async def test_a_large_room_of_long_names_fits_into_the_tokens_too(house: House) -> None:
    jarvis, room = house.jarvis, house.room
    crowd = await jarvis.people(*(f"{number} " + "이름 " * 100 for number in range(60)))
    await jarvis.rooms.invite(house.ana, room, [person.id for person in crowd])
    for person in crowd:
        await jarvis.messages.send(person, room, "출시는 " + "목요일 " * 200)
    await house.ask("출시 언제?", "q")
    await house.answer()
    shown = house.model.shown[-1]
    assert tokens_of(whole_text(shown)) < jarvis.pace.context_tokens + tokens_of(RULES) + 300
    assert shown.talk
    assert len(shown.members) + shown.more_members == 62
    assert f'"moreMembers": {shown.more_members}' in whole_text(shown)


async def test_who_comes_in_the_middle_finds_what_was_said_so_far(house: House) -> None:
    model = ScriptedModel("안녕", "하세요", hold_after=1)
    await house.ask("언제?", "q")
    answering = house.begin(house.jarvis.worker(model))
    await house.until_said(1)
    assert await house.partial() == PartialAnswer("q", 1, "안녕")
    model.gate.set()
    await answering
    assert await house.partial() is None
    assert house.answers() == [("q", "안녕하세요")]


@pytest.mark.parametrize("pieces", [("안녕", ModelFailed()), (ModelFailed(),), (), (" ", "\n")])
async def test_a_model_that_fails_fails_the_question_and_not_the_next(
    house: House, pieces: tuple[str | Exception, ...]
) -> None:
    house.model.pieces = pieces
    await house.ask("언제?", "q")
    await house.answer()
    failed = AnswerFailed(house.room, house.ana.id, "q", False, "MODEL_FAILED", line_for(ModelFailed(), "언제?"))
    assert house.recorder.events[-1] == failed
    assert await house.jarvis.everything(house.room) == []
    assert await house.partial() is None
    assert await house.waiting() == []
    house.model.pieces = ["네"]
    await house.ask("다시?", "q2")
    await house.answer()
    assert house.answers() == [("q2", "네")]


async def test_a_personal_answer_that_fails_ends_with_a_sentence_that_says_so(house: House) -> None:
    house.model.pieces = ["안", ModelFailed("The model is away.")]
    await house.ask("언제?", "p", personal=True)
    await house.answer(f"user:{house.ana.id}")
    assert house.recorder.events[-2:] == [
        AnswerFailed(house.room, house.ana.id, "p", True, "MODEL_FAILED", line_for(ModelFailed(), "언제?")),
        PersonalAnswerDone(house.ana.id, "p", line_for(ModelFailed(), "언제?")),
    ]
    house.model.pieces = [ModelFailed("The model is away.")]
    await house.ask("When?", "e", personal=True)
    await house.answer(f"user:{house.ana.id}")
    assert house.recorder.events[-1] == PersonalAnswerDone(house.ana.id, "e", "The model is away.")


async def test_a_fault_of_the_programme_is_tried_again_after_a_pause(house: House) -> None:
    house.model.pieces = ["안", ValueError("inner matters")]
    await house.ask("언제?", "q")
    await house.ask("그리고?", "q2")
    with pytest.raises(ValueError, match="inner matters"):
        await house.answer()
    assert await house.partial() is None
    house.model.pieces = ["네"]
    await house.answer()
    assert await house.waiting() == [], "the next question waits too: a lane keeps its order"
    assert house.recorder.of(AnswerFailed) == []
    house.jarvis.clock.advance(PACE.pause_after(1).total_seconds())
    assert await house.waiting() == [house.lane]
    await house.answer()
    assert house.answers() == [("q", "네"), ("q2", "네")]


async def test_a_fault_that_stays_is_told_without_its_text_and_the_lane_goes_on(house: House) -> None:
    house.model.pieces = ["안", ValueError("inner matters")]
    await house.ask("언제?", "q")
    for tries in range(1, PACE.attempts + 1):
        assert house.recorder.of(AnswerFailed) == []
        with pytest.raises(ValueError, match="inner matters"):
            await house.answer()
        house.jarvis.clock.advance(PACE.pause_after(tries).total_seconds())
    (failed,) = house.recorder.of(AnswerFailed)
    assert (failed.code, failed.message) == ("INTERNAL_ERROR", line_for(ModelFailed(), "언제?"))
    assert await house.waiting() == []
    (set_aside,) = await house.set_aside()
    assert (set_aside.status, set_aside.tries, set_aside.failure) == (RequestStatus.FAILED, PACE.attempts, "ValueError")


async def test_the_lane_is_rung_for_when_a_question_is_set_aside(house: House) -> None:
    house.model.pieces = [ValueError("every time")]
    await house.ask("언제?", "q")
    with pytest.raises(ValueError, match="every time"):
        await house.answer()
    await house.ask("어디?", "q2")
    house.jarvis.clock.advance(1)
    with pytest.raises(ValueError, match="every time"):
        await house.answer()
    house.model.pieces = ["여기"]
    await house.jarvis.jobs.start()
    await house.recorder.until(AnswerPosted)
    await house.jarvis.jobs.stop()
    assert house.answers() == [("q2", "여기")]


def test_pauses_grow_up_to_the_longest() -> None:
    pauses = [AnswerPace().pause_after(tries).total_seconds() for tries in (1, 2, 3, 6, 7, 1000)]
    assert pauses == [1, 2, 4, 32, 60, 60]


async def test_what_was_set_aside_is_answered_after_all_when_an_operator_says_so(house: House) -> None:
    backlog = Backlog(house.jarvis.work, house.jarvis.jobs)
    house.model.pieces = [ModelFailed()]
    await house.ask("언제?", "q")
    await house.ask("어디?", "q2")
    await house.answer()
    first, second = await backlog.listed(take=10)
    assert [(kept.status, kept.failure) for kept in (first, second)] == [(RequestStatus.FAILED, "MODEL_FAILED")] * 2
    house.model.pieces = ["네"]
    await backlog.retry(second.id)
    with pytest.raises(NotFound):
        await backlog.retry(second.id)
    await house.answer()
    assert house.answers() == [("q2", "네")]
    assert await backlog.retry_all() == 1
    await house.jarvis.jobs.start()
    await house.recorder.until(AnswerPosted, 2)
    await house.jarvis.jobs.stop()
    assert house.answers() == [("q2", "네"), ("q", "네")]
    assert await backlog.listed(take=10) == []
    assert await backlog.retry_all() == 0


async def test_a_worker_that_is_cancelled_hands_its_question_back(house: House) -> None:
    model = ScriptedModel("안녕", "하세요", hold_after=1)
    await house.ask("언제?", "q")
    answering = house.begin(house.jarvis.worker(model))
    await house.until_said(1)
    assert await house.waiting() == []
    answering.cancel()
    with pytest.raises(asyncio.CancelledError):
        await answering
    assert await house.waiting() == [house.lane]
    assert await house.partial() is None
    assert house.recorder.of(AnswerFailed) == []
    await house.answer()
    assert house.answers() == [("q", "안녕하세요")]


async def test_a_worker_that_dies_is_followed_by_another_once_its_lease_has_run_out(house: House) -> None:
    await house.ask("언제?", "q")
    async with house.jarvis.work() as work:
        now = house.jarvis.clock.now()
        assert await work.requests.claim(house.lane, now=now, until=now + PACE.lease)
    await house.jarvis.jobs.start()
    await house.jarvis.answering.sweep()
    await house.answer()
    assert house.answers() == []
    house.jarvis.clock.advance(15)
    await house.jarvis.answering.sweep()
    await house.recorder.until(AnswerPosted)
    await house.jarvis.jobs.stop()
    assert house.answers() == [("q", "안녕하세요")]


async def test_a_lease_is_kept_while_the_answer_takes_its_time(house: House) -> None:
    model = ScriptedModel("천천히", hold_after=0)
    await house.ask("언제?", "q")
    answering = house.begin(house.jarvis.worker(model))
    for _ in range(10):
        await house.jarvis.clock.sleepers()
        house.jarvis.clock.advance(5)
    await house.jarvis.clock.sleepers()
    assert await house.waiting() == []
    await house.answer()
    model.gate.set()
    await answering
    assert house.answers() == [("q", "천천히")]
    assert len(house.model.shown) == 0, "nobody else took it up"


async def test_a_worker_that_stood_still_too_long_posts_nothing(house: House) -> None:
    """The first worker's time stands still, as that of a machine that was put to sleep."""
    model = ScriptedModel("old ", "answer", hold_after=1)
    await house.ask("언제?", "q")
    stalled = house.begin(house.jarvis.worker(model, clock=FakeClock()))
    await house.until_said(1)
    house.jarvis.clock.advance(60)
    await house.answer()
    model.gate.set()
    await stalled
    assert house.answers() == [("q", "안녕하세요")]
    assert house.recorder.of(AnswerFailed) == []
    assert [event.seq for event in await house.jarvis.everything(house.room)] == [1]


async def test_a_worker_that_finds_its_lease_lost_stops_at_once(house: House) -> None:
    model, clock = ScriptedModel("never", hold_after=0), FakeClock()
    await house.ask("언제?", "q")
    stalled = house.begin(house.jarvis.worker(model, clock=clock))
    await clock.sleepers()
    house.jarvis.clock.advance(60)
    await house.answer()
    clock.advance(5)
    await stalled
    assert house.answers() == [("q", "안녕하세요")]
    assert not model.gate.is_set(), "it did not wait for its model"


async def test_a_short_absence_of_the_store_costs_nothing(house: House) -> None:
    model, store = ScriptedModel("여기요", hold_after=0), Outage(house.jarvis.work)
    await house.ask("언제?", "q")
    answering = house.begin(house.jarvis.worker(model, work=store))
    await house.jarvis.clock.sleepers()
    await house.until_said(0)
    store.down = True
    house.jarvis.clock.advance(5)
    await house.jarvis.clock.sleepers()
    store.down = False
    house.jarvis.clock.advance(5)
    await house.jarvis.clock.sleepers()
    model.gate.set()
    await answering
    assert house.answers() == [("q", "여기요")]


async def test_a_store_that_is_away_at_the_end_leaves_the_question_to_another_attempt(house: House) -> None:
    model, store = ScriptedModel("verloren", hold_after=0), Outage(house.jarvis.work)
    await house.ask("언제?", "q")
    answering = house.begin(house.jarvis.worker(model, work=store))
    await house.until_said(0)
    store.down = True
    model.gate.set()
    with pytest.raises(Unavailable):
        await answering
    assert house.recorder.of(AnswerFailed) == []
    house.jarvis.clock.advance(15)
    assert await house.waiting() == [house.lane]
    await house.answer()
    assert house.answers() == [("q", "안녕하세요")]


async def test_after_so_many_attempts_a_question_is_given_up(house: House) -> None:
    await house.ask("언제?", "q")
    for _ in range(PACE.attempts):
        async with house.jarvis.work() as work:
            now = house.jarvis.clock.now()
            assert await work.requests.claim(house.lane, now=now, until=now + PACE.lease)
        house.jarvis.clock.advance(15)
    await house.ask("어디?", "q2")
    await house.answer()
    assert [failed.public_id for failed in house.recorder.of(AnswerFailed)] == ["q"]
    assert [kept.failure for kept in await house.set_aside()] == ["ABANDONED"]
    assert [conversation.prompt for conversation in house.model.shown] == ["어디?"]
    assert house.answers() == [("q2", "안녕하세요")]


async def test_a_room_that_is_deleted_in_the_middle_gets_no_answer(house: House) -> None:
    model = ScriptedModel("안녕", "하세요", hold_after=1)
    await house.ask("언제?", "q")
    answering = house.begin(house.jarvis.worker(model))
    await house.until_said(1)
    await house.jarvis.rooms.delete(house.ana, house.room)
    model.gate.set()
    await answering
    assert house.answers() == []
    assert house.recorder.of(AnswerFailed) == []
    assert await house.partial() is None


async def test_people_go_on_talking_while_an_answer_is_made(house: House) -> None:
    model = ScriptedModel("안녕", "하세요", hold_after=1)
    await house.ask("언제?", "q")
    answering = house.begin(house.jarvis.worker(model))
    await house.until_said(1)
    await house.jarvis.messages.send(house.ben, house.room, "meanwhile")
    model.gate.set()
    await answering
    events = await house.jarvis.everything(house.room)
    assert [(event.seq, type(event.event)) for event in events] == [(1, MessagePosted), (2, AnswerPosted)]
    history = await house.jarvis.messages.history(house.ana, house.room)
    assert [message.content for message in history] == ["meanwhile", "안녕하세요"]
