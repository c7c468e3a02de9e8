"""Asking Jarvis: what is written down, and what only repeats a question."""

from dataclasses import dataclass, fields, replace

import pytest

from adapters.memory.rate_limits import InMemoryRateLimits
from application.jarvis.ask import Question
from application.jarvis.calling import refusal_of_a_call
from application.jarvis.usage import DailyQuota
from application.limits import Limits, RateLimit
from application.throttle import Rates, Throttle
from domain.answer_events import RequestAccepted
from domain.errors import AiQuotaExceeded, InvalidInput, RateLimited
from domain.events import AnswerPosted
from domain.ids import MessageId, RoomId
from domain.jarvis import Mode
from domain.users import Actor, Right, Rights
from tests.in_memory import InMemoryJarvis
from tests.models import ScriptedModel

INSTRUCTION = "다음 질문에 한국어로 답해줘."


@dataclass
class House:
    """Jarvis with a model that notes what it is asked, and a room with two people."""

    jarvis: InMemoryJarvis
    model: ScriptedModel
    ana: Actor
    ben: Actor
    room: RoomId

    async def send(self, content: str, actor: Actor | None = None) -> MessageId:
        return (await self.jarvis.messages.send(actor or self.ana, self.room, content)).message_id

    async def ask(self, question: Question, actor: Actor | None = None) -> str | None:
        return await self.jarvis.asking.ask(actor or self.ana, self.room, question)

    async def answered(self) -> list[str]:
        """Answer everything that was asked in public, and tell the prompts in their order."""
        await self.jarvis.answering.answer(f"room:{self.room}")
        return [conversation.prompt for conversation in self.model.shown]


@pytest.fixture
async def house() -> House:
    model = ScriptedModel()
    jarvis = InMemoryJarvis(model=model, limits=Limits(prompt=120))
    ana, ben = await jarvis.people("Ana", "Ben")
    return House(jarvis, model, ana, ben, (await jarvis.room(ana, ben)).room.id)


async def test_a_message_that_calls_jarvis_asks_him(house: House) -> None:
    await house.send("자비스야 내일 회의 언제야?")
    await house.send("자비스 이야기는 아니고")
    assert await house.answered() == ["내일 회의 언제야?"]
    assert [conversation.mode for conversation in house.model.shown] == [Mode.CHAT]


async def test_a_bot_without_the_right_is_heard_and_asks_nothing(house: House) -> None:
    for rights in ({Right.WRITE}, {Right.WRITE, Right.ASK}):
        await house.send(f"자비스야 {len(rights)}?", replace(house.ben, rights=frozenset(rights)))
    assert await house.answered() == ["2?"]
    said = await house.jarvis.messages.history(house.ana, house.room)
    assert [message.content for message in said[:2]] == ["자비스야 1?", "자비스야 2?"]


@pytest.mark.parametrize("rights", [None, frozenset({Right.ASK}), frozenset({Right.WRITE})])
async def test_a_call_counts_as_a_question_of_whoever_may_ask(rights: Rights | None) -> None:
    jarvis = InMemoryJarvis(quota=DailyQuota(requests=0))
    [ana] = await jarvis.people("Ana")
    rates = Rates(*[RateLimit(1, 0.1)] * len(fields(Rates)))
    throttle = Throttle(InMemoryRateLimits(jarvis.clock), rates)
    actor, asks = replace(ana, rights=rights), rights is None or Right.ASK in rights
    refusal = await refusal_of_a_call(actor, throttle, jarvis.quotas)
    assert isinstance(refusal, AiQuotaExceeded) == asks
    if asks:
        with pytest.raises(RateLimited):
            await refusal_of_a_call(actor, throttle, jarvis.quotas)
    else:
        assert await refusal_of_a_call(actor, throttle, jarvis.quotas) is None


async def test_a_repeated_send_asks_once(house: House) -> None:
    for _ in range(3):
        await house.jarvis.messages.send(house.ana, house.room, "자비스야 언제야?", "t1")
    assert await house.answered() == ["언제야?"]


async def test_a_question_is_accepted_under_the_askers_id(house: House) -> None:
    assert await house.ask(Question("언제?", request_id="r1", mode=Mode.ACTION)) == "r1"
    named = await house.ask(Question("어디?"))
    assert named is not None
    assert house.jarvis.recorder.of(RequestAccepted) == [
        RequestAccepted(house.ana.id, house.room, "r1"),
        RequestAccepted(house.ana.id, house.room, named),
    ]
    assert await house.answered() == ["언제?", "어디?"]
    assert [conversation.mode for conversation in house.model.shown] == [Mode.ACTION, Mode.CHAT]
    assert [answer.public_id for answer in house.jarvis.recorder.of(AnswerPosted)] == ["r1", named]


async def test_the_same_request_id_is_one_question(house: House) -> None:
    assert await house.ask(Question("언제?", request_id="r1")) == "r1"
    assert await house.ask(Question("언제?", request_id="r1")) is None
    assert await house.ask(Question("other", request_id="r1", personal=True)) is None
    assert await house.ask(Question("언제?", request_id="r1"), house.ben) == "r1"
    assert await house.answered() == ["언제?", "언제?"]


@pytest.mark.parametrize("after", [0, 2])
async def test_the_installed_clients_two_sends_are_one_question(house: House, after: float) -> None:
    await house.send("자비스야 내일 회의 언제야?")
    house.jarvis.clock.advance(after)
    assert await house.ask(Question(f"{INSTRUCTION}\n자비스야 내일 회의 언제야?")) is None
    assert house.jarvis.recorder.of(RequestAccepted) == []
    assert await house.answered() == ["내일 회의 언제야?"]


async def test_two_questions_sent_twice_each_are_two(house: House) -> None:
    for content in ("자비스야 하나?", "자비스야 둘?"):
        await house.send(content)
    for content in ("자비스야 하나?", "자비스야 둘?"):
        assert await house.ask(Question(f"{INSTRUCTION}\n{content}")) is None
    assert await house.answered() == ["하나?", "둘?"]


async def test_what_only_looks_like_a_repetition_is_asked(house: House) -> None:
    await house.send("자비스야 언제?")
    repeated = f"{INSTRUCTION}\n자비스야 언제?"
    assert await house.ask(Question(repeated), house.ben) is not None, "somebody else asks"
    assert await house.ask(Question(repeated, personal=True)) is not None, "the answer is for the asker alone"
    assert await house.ask(Question(repeated, request_id="r")) is not None, "a client that names its requests"
    assert await house.ask(Question(f"{INSTRUCTION}\n자비스야 어디?")) is not None
    other = (await house.jarvis.room(house.ana)).room.id
    assert await house.jarvis.asking.ask(house.ana, other, Question(repeated)) is not None, "elsewhere"
    house.jarvis.clock.advance(2.001)
    assert await house.ask(Question(repeated)) is not None, "too late to be the same"


async def test_a_request_that_names_its_message_repeats_it_whenever_it_comes(house: House) -> None:
    message_id = await house.send("자비스야 언제?")
    house.jarvis.clock.advance(60)
    assert await house.ask(Question("다르게", message_id=message_id, request_id="r1")) is None
    assert await house.ask(Question("언제?", message_id=MessageId(house.jarvis.ids.new()))) is not None
    assert await house.ask(Question("언제?", message_id=message_id, personal=True)) is not None


@pytest.mark.parametrize(
    "question",
    [
        Question(""),
        Question(" \n"),
        Question("a\x00"),
        Question("x" * 121),
        Question("언제?", request_id=""),
        Question("언제?", request_id="x" * 201),
    ],
)
async def test_a_bad_question_changes_nothing(house: House, question: Question) -> None:
    with pytest.raises(InvalidInput):
        await house.ask(question)
    assert await house.answered() == []
    assert house.jarvis.recorder.of(RequestAccepted) == []


async def test_a_long_message_is_asked_as_far_as_a_prompt_may_go(house: House) -> None:
    await house.send("자비스야 " + "가" * 100)
    assert await house.answered() == ["가" * 40]


async def test_the_bell_rings_once_the_question_is_kept(house: House) -> None:
    await house.jarvis.jobs.start()
    await house.send("자비스야 하나?")
    await house.jarvis.recorder.until(AnswerPosted)
    await house.ask(Question("둘?"))
    await house.jarvis.recorder.until(AnswerPosted, 2)
    await house.jarvis.jobs.stop()
    assert [conversation.prompt for conversation in house.model.shown] == ["하나?", "둘?"]
