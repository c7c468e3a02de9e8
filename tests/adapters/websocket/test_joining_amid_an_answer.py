"""Coming into a room in the middle of an answer of Jarvis's."""

from collections.abc import Sequence

import pytest

from application.ports.event_bus import Notice
from application.ports.partial_answers import PartialAnswer
from domain.answer_events import AnswerChunk
from domain.ids import RoomId
from domain.users import Actor
from tests.adapters.websocket.rig import STEPS, Ear, Rig, join
from tests.models import ScriptedModel

Talk = tuple[RoomId, Actor, Actor]
REQUEST = "request"


class Answer:
    """An answer that Jarvis is giving in a room."""

    def __init__(self, rig: Rig, room_id: RoomId) -> None:
        self._rig = rig
        self._room_id = room_id
        self._said: list[str] = []

    async def say(self, *chunks: str) -> None:
        for chunk in chunks:
            self._said.append(chunk)
            index = len(self._said) - 1
            partial = PartialAnswer(REQUEST, index, "".join(self._said))
            await self._rig.jarvis.partial_answers.put(self._room_id, partial)
            self._rig.jarvis.publication.publish([AnswerChunk(self._room_id, REQUEST, index, chunk)])


def pieces(ear: Ear) -> list[tuple[int, str]]:
    return [(payload["index"], payload["chunk"]) for payload in ear.payloads("bot.stream")]


@pytest.mark.parametrize("step", STEPS)
async def test_an_answer_that_goes_on_meanwhile_is_heard_without_gap_or_repetition(
    rig: Rig, talk: Talk, step: str
) -> None:
    room_id, ana, _ = talk
    rig.bus.at_once()
    answer = Answer(rig, room_id)
    await answer.say("", "a", "b")
    ear = await rig.socket(ana)
    rig.streams.before(step, lambda: answer.say("c", "d"))
    await join(rig, ear, room_id)
    await answer.say("e")
    await rig.quiet()
    assert "".join(chunk for _, chunk in pieces(ear)) == "abcde"
    first, _ = pieces(ear)[0]
    assert [index for index, _ in pieces(ear)] == list(range(first, 6))


@pytest.mark.parametrize("step", STEPS)
async def test_an_answer_that_begins_meanwhile_is_heard_from_the_start(rig: Rig, talk: Talk, step: str) -> None:
    room_id, ana, _ = talk
    rig.bus.at_once()
    answer = Answer(rig, room_id)
    ear = await rig.socket(ana)
    rig.streams.before(step, lambda: answer.say("", "a"))
    await join(rig, ear, room_id)
    await answer.say("b")
    await rig.quiet()
    assert "".join(chunk for _, chunk in pieces(ear)) == "ab"
    assert sorted({index for index, _ in pieces(ear)}) == [index for index, _ in pieces(ear)]


@pytest.mark.parametrize("step", STEPS)
@pytest.mark.parametrize("since", [None, 0])
async def test_of_an_answer_that_ends_meanwhile_nothing_comes_after_its_end(
    rig: Rig, talk: Talk, step: str, since: int | None
) -> None:
    room_id, ana, _ = talk
    rig.bus.at_once()
    early = await rig.socket(ana, room_id)
    worker = rig.jarvis.worker(rig.jarvis.model)
    await rig.say(ana, room_id, "자비스야, 뭐?")
    ear = await rig.socket(ana)
    rig.streams.before(step, lambda: worker.answer(f"room:{room_id}"))
    await join(rig, ear, room_id, since)
    assert early.types[-1] == "bot.done"
    if "bot.done" in ear.types:
        assert "bot.stream" not in ear.types[ear.types.index("bot.done") :]
    else:
        assert "bot.stream" not in ear.types


async def test_what_was_said_so_far_is_told_once_to_each_socket(rig: Rig, talk: Talk) -> None:
    room_id, ana, _ = talk
    rig.bus.at_once()
    answer = Answer(rig, room_id)
    await answer.say("", "a", "b")
    first, second = await rig.socket(ana, room_id), await rig.socket(ana, room_id)
    for since in (None, 0, None, 0):
        await join(rig, first, room_id, since)
    assert pieces(first) == pieces(second) == [(2, "ab")]


async def test_once_an_answer_is_kept_nothing_is_left_of_it_to_catch_up_with(rig: Rig, talk: Talk) -> None:
    room_id, ana, _ = talk
    unfinished: list[object] = []
    rig.jarvis.model = ScriptedModel("a", "b")
    rig.bus.at_once()
    ear = await rig.socket(ana, room_id)
    told = rig.bus.receive

    def look(notices: Sequence[Notice]) -> None:
        if any(notice.seq is not None for notice in notices):
            unfinished.append(rig.jarvis.partial_answers._answers.get(room_id))
        told(notices)

    await rig.say(ana, room_id, "자비스야, 뭐?")
    rig.jarvis.bus.attach(look, lambda: None)
    await rig.jarvis.answering.answer(f"room:{room_id}")
    await rig.quiet()
    assert ear.types[-1] == "bot.done"
    assert unfinished == [None]
