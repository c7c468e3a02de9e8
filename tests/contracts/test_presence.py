"""Presence, in one process and over Redis."""

import asyncio
from collections.abc import AsyncIterator

import pytest

from adapters.memory.presence import InMemoryPresenceBoard
from adapters.redis.database import RedisDatabase
from adapters.redis.presence import RedisPresenceBoard
from adapters.system.clock import SystemClock
from adapters.system.ids import Uuid7Source
from application.ports.presence import PresenceBoard
from domain.ids import UserId

IDS = Uuid7Source()
ANA, BEN, OLGA = (UserId(IDS.new()) for _ in range(3))


@pytest.fixture
def memory_board() -> PresenceBoard:
    return InMemoryPresenceBoard()


@pytest.fixture
async def redis_board(redis_url: str, redis_space: str) -> AsyncIterator[PresenceBoard]:
    database = RedisDatabase(redis_url, SystemClock(), prefix=redis_space)
    board = RedisPresenceBoard(database, IDS, SystemClock())
    await board.start()
    yield board
    await board.stop()
    await database.close()


@pytest.fixture(params=["memory", "redis"])
def board(request: pytest.FixtureRequest) -> PresenceBoard:
    chosen: PresenceBoard = request.getfixturevalue(f"{request.param}_board")
    return chosen


async def test_the_first_and_the_last_connection_of_a_person_are_told(board: PresenceBoard) -> None:
    assert await board.arrive(ANA, "1")
    assert not await board.arrive(ANA, "2")
    assert await board.arrive(BEN, "3")
    assert await board.online([ANA, BEN, OLGA]) == {ANA, BEN}
    assert await board.online([BEN]) == {BEN}
    assert await board.online([]) == frozenset()
    assert not await board.depart(ANA, "1")
    assert not await board.depart(ANA, "1"), "a connection departs once"
    assert await board.depart(ANA, "2")
    assert not await board.depart(ANA, "2")
    assert not await board.depart(OLGA, "4"), "who never came does not leave"
    assert await board.online([ANA, BEN]) == {BEN}
    assert await board.arrive(ANA, "5"), "who comes again is there for the first time again"


async def test_of_many_at_once_one_is_first_and_one_is_last(board: PresenceBoard) -> None:
    connections = [str(number) for number in range(50)]
    came = await asyncio.gather(*(board.arrive(ANA, connection) for connection in connections))
    went = await asyncio.gather(*(board.depart(ANA, connection) for connection in connections))
    [first], [last] = [number for number in came if number], [number for number in went if number]
    assert first < last
    assert await board.online([ANA]) == frozenset()


async def test_many_people_are_told_apart(board: PresenceBoard) -> None:
    people = [UserId(IDS.new()) for _ in range(700)]
    there = people[::3]
    for person in there:
        assert await board.arrive(person, str(person))
    assert await board.online(people) == set(there)


async def test_changes_of_a_person_have_numbers_that_grow(board: PresenceBoard) -> None:
    numbers = []
    for _ in range(20):
        numbers += [await board.arrive(ANA, "1"), await board.depart(ANA, "1")]
    assert None not in numbers
    assert numbers == sorted(set(numbers), key=lambda number: number or 0)


async def test_where_nobody_s_server_is_gone_there_is_nothing_else_to_tell(board: PresenceBoard) -> None:
    await board.arrive(ANA, "1")
    await board.arrive(BEN, "2")
    await board.depart(BEN, "2")
    assert list(await board.turns()) == []
