"""A room with people in it, and a model that does what the test says."""

import asyncio
from dataclasses import dataclass

import pytest

from application.jarvis.ask import Question
from domain.answer_events import AnswerFailed, PersonalAnswerDone, ToolUsed
from domain.events import AnswerPosted
from domain.ids import RoomId
from domain.jarvis import Mode
from domain.users import Actor
from tests.builders import eventually
from tests.in_memory import InMemoryJarvis
from tests.models import ObedientModel


@dataclass
class Office:
    """Ana owns the room that Ben is in as well; Cho is in neither, but has a room of his own."""

    jarvis: InMemoryJarvis
    model: ObedientModel
    ana: Actor
    ben: Actor
    cho: Actor
    room: RoomId

    def __post_init__(self) -> None:
        self.recorder = self.jarvis.recorder

    async def say(self, actor: Actor, text: str, room: RoomId | None = None) -> None:
        await self.jarvis.messages.send(actor, room or self.room, text, ask=False)

    async def ask(
        self,
        prompt: str,
        actor: Actor | None = None,
        *,
        personal: bool = False,
        mode: Mode = Mode.ACTION,
        id_: str = "q",
    ) -> str:
        """Ask, and answer in which lane that waits."""
        actor = actor or self.ana
        asked = Question(prompt, personal=personal, mode=mode, request_id=id_)
        assert await self.jarvis.asking.ask(actor, self.room, asked) == id_
        return f"user:{actor.id}" if personal else f"room:{self.room}"

    async def answered(self, prompt: str, actor: Actor | None = None, **how: object) -> str:
        """The text of the answer."""
        lane = await self.ask(prompt, actor, **how)  # type: ignore[arg-type]
        await self.jarvis.answering.answer(lane)
        return self.answers()[-1]

    def begin(self, lane: str) -> "asyncio.Task[None]":
        return asyncio.ensure_future(self.jarvis.answering.answer(lane))

    def answers(self) -> list[str]:
        posted = [one.message.content for one in self.recorder.of(AnswerPosted)]
        return posted + [one.content for one in self.recorder.of(PersonalAnswerDone)]

    def statuses(self) -> list[tuple[str, str]]:
        return [(used.name, used.status) for used in self.recorder.of(ToolUsed)]

    def failure(self) -> str | None:
        failed = self.recorder.of(AnswerFailed)
        return failed[-1].code if failed else None

    async def member_ids(self) -> set[object]:
        async with self.jarvis.work() as work:
            return set(await work.members.ids(self.room))

    async def until_asleep(self, count: int) -> None:
        await self.jarvis.clock.sleepers(count)

    async def until(self, status: str) -> None:
        await eventually(lambda: any(used.status == status for used in self.recorder.of(ToolUsed)))


@pytest.fixture
def model() -> ObedientModel:
    return ObedientModel()


@pytest.fixture
async def office(model: ObedientModel) -> Office:
    jarvis = InMemoryJarvis(model=model)
    ana, ben, cho = await jarvis.people("Ana", "Ben", "Cho")
    room = await jarvis.room(ana, ben, title="제품 출시")
    return Office(jarvis, model, ana, ben, cho, room.room.id)
