"""Unfinished answers, in one process and over Redis."""

from collections.abc import AsyncIterator

import pytest

from adapters.memory.partial_answers import InMemoryPartialAnswers
from adapters.redis.database import RedisDatabase
from adapters.redis.partial_answers import RedisPartialAnswers
from adapters.system.clock import SystemClock
from application.ports.partial_answers import PartialAnswer, PartialAnswers
from domain.ids import RoomId
from tests.builders import SequenceIds

IDS = SequenceIds()
ROOM, OTHER = RoomId(IDS.new()), RoomId(IDS.new())


@pytest.fixture
def memory_answers() -> PartialAnswers:
    return InMemoryPartialAnswers()


@pytest.fixture
async def redis_answers(redis_url: str, redis_space: str) -> AsyncIterator[PartialAnswers]:
    database = RedisDatabase(redis_url, SystemClock(), prefix=redis_space)
    yield RedisPartialAnswers(database)
    await database.close()


@pytest.fixture(params=["memory", "redis"])
def answers(request: pytest.FixtureRequest) -> PartialAnswers:
    chosen: PartialAnswers = request.getfixturevalue(f"{request.param}_answers")
    return chosen


async def test_an_answer_grows_until_its_own_request_ends(answers: PartialAnswers) -> None:
    assert await answers.of_room(ROOM) is None
    await answers.put(ROOM, PartialAnswer("q1", 0, ""))
    await answers.put(ROOM, PartialAnswer("q1", 1, "안"))
    assert await answers.of_room(ROOM) == PartialAnswer("q1", 1, "안")
    assert await answers.of_room(OTHER) is None
    await answers.clear(ROOM, "q0")
    assert await answers.of_room(ROOM) == PartialAnswer("q1", 1, "안")
    await answers.clear(ROOM, "q1")
    await answers.clear(ROOM, "q1")
    assert await answers.of_room(ROOM) is None


async def test_any_text_comes_back_as_it_was(answers: PartialAnswers) -> None:
    answer = PartialAnswer('질문 "1"\n\\', 12, "가\u0000나 😀 {} \n" * 5000)
    await answers.put(ROOM, answer)
    assert await answers.of_room(ROOM) == answer
    await answers.clear(ROOM, answer.public_id)
    assert await answers.of_room(ROOM) is None


async def test_a_new_answer_takes_the_place_of_one_that_never_ended(answers: PartialAnswers) -> None:
    await answers.put(ROOM, PartialAnswer("q1", 5, "half"))
    await answers.put(ROOM, PartialAnswer("q2", 0, ""))
    await answers.clear(ROOM, "q1")
    assert await answers.of_room(ROOM) == PartialAnswer("q2", 0, "")
