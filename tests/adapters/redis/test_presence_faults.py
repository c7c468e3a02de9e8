"""Presence with many servers, when one of them dies, and when Redis is away or comes back empty."""

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack

import pytest
import redis

from adapters.redis.database import RedisDatabase
from adapters.redis.presence import RedisPresenceBoard
from adapters.system.clock import SystemClock
from domain.ids import UserId
from tests.adapters.redis.conftest import IDS
from tests.builders import FakeClock, eventually
from tests.redis_server import RedisServer

ANA, BEN, OLGA = (UserId(IDS.new()) for _ in range(3))
NewBoard = Callable[..., Awaitable[RedisPresenceBoard]]


@pytest.fixture
def clock() -> FakeClock:
    """The clock by which leases are renewed; they run out by Redis's own."""
    return FakeClock()


@pytest.fixture
async def new_board(stoppable_redis: RedisServer, clock: FakeClock) -> AsyncIterator[NewBoard]:
    async with AsyncExitStack() as stack:

        async def new(*, lease_seconds: float = 40.0) -> RedisPresenceBoard:
            database = RedisDatabase(stoppable_redis.url, SystemClock(), longest_pause=0.05)
            board = RedisPresenceBoard(database, IDS, clock, lease_seconds=lease_seconds)
            stack.push_async_callback(database.close)
            await board.start()
            stack.push_async_callback(board.stop)
            return board

        yield new


async def are_online(board: RedisPresenceBoard, *people: UserId) -> None:
    """Ask until just these are online, of Ana, Ben and Olga."""
    answers: set[frozenset[UserId]] = set()
    for _ in range(100_000):
        answer = await board.online([ANA, BEN, OLGA])
        if answer == frozenset(people):
            return
        answers.add(answer)
    raise AssertionError(answers)


async def test_first_and_last_hold_over_all_servers(new_board: NewBoard) -> None:
    here, there = await new_board(), await new_board()
    assert await here.arrive(ANA, "1")
    assert not await there.arrive(ANA, "2")
    assert await there.online([ANA, BEN]) == {ANA}
    assert not await here.depart(ANA, "1")
    assert await here.online([ANA]) == {ANA}
    assert await there.depart(ANA, "2")
    assert await here.online([ANA]) == frozenset()


async def test_who_was_on_a_server_that_died_goes_when_its_lease_does(
    new_board: NewBoard, stoppable_redis: RedisServer
) -> None:
    dead, alive = await new_board(lease_seconds=0.3), await new_board()
    await dead.arrive(ANA, "1")
    await dead.arrive(BEN, "2")
    await alive.arrive(BEN, "3")
    assert await alive.online([ANA, BEN]) == {ANA, BEN}
    await are_online(alive, BEN)
    assert await alive.depart(BEN, "3"), "the dead server's lease does not count"
    with stoppable_redis.client() as operator:
        assert operator.keys("jarvis:presence:*") == []


async def test_leases_are_renewed(new_board: NewBoard, clock: FakeClock, stoppable_redis: RedisServer) -> None:
    here, there = await new_board(), await new_board()
    await here.arrive(ANA, "1")
    await clock.sleepers(2)
    with stoppable_redis.client() as operator:
        [key] = operator.keys("jarvis:presence:*")
        operator.pexpire(key, 3_000)
        clock.advance(15)
        await eventually(lambda: int(operator.pttl(key)) > 30_000)
    assert await there.online([ANA]) == {ANA}


async def test_redis_away_leaves_what_this_server_knows(new_board: NewBoard, stoppable_redis: RedisServer) -> None:
    here, there = await new_board(), await new_board()
    await there.arrive(BEN, "1")
    await here.arrive(ANA, "2")
    stoppable_redis.stop()
    assert await here.online([ANA, BEN]) == {ANA}
    assert await here.arrive(OLGA, "3")
    assert not await here.arrive(OLGA, "4")
    assert not await here.depart(OLGA, "3")
    assert await here.depart(OLGA, "4")
    assert await here.depart(ANA, "2")
    assert await here.online([ANA, OLGA]) == frozenset()


async def test_presence_comes_right_when_redis_is_back_and_empty(
    new_board: NewBoard, stoppable_redis: RedisServer
) -> None:
    here, there = await new_board(), await new_board()
    await here.arrive(ANA, "1")
    await there.arrive(BEN, "2")
    stoppable_redis.stop()
    assert await here.online([ANA, BEN]) == {ANA}
    assert await there.online([ANA, BEN]) == {BEN}
    await here.arrive(OLGA, "3")
    stoppable_redis.start()
    for board in (here, there):
        await are_online(board, ANA, BEN, OLGA)
    assert not await there.arrive(ANA, "4"), "Ana is on the other server"
    assert not await there.depart(ANA, "4")


async def test_who_left_while_redis_was_away_is_taken_off_afterwards(
    new_board: NewBoard, stoppable_redis: RedisServer
) -> None:
    here, there = await new_board(), await new_board()
    await here.arrive(ANA, "1")
    stoppable_redis.freeze()
    assert await here.depart(ANA, "1"), "as far as this server knows"
    stoppable_redis.thaw()
    await are_online(there)


async def test_an_emptied_redis_is_filled_again_on_a_hint(new_board: NewBoard, stoppable_redis: RedisServer) -> None:
    here, there = await new_board(), await new_board()
    await here.arrive(ANA, "1")
    with redis.Redis(port=stoppable_redis.port) as operator:
        operator.flushall()
    assert await there.online([ANA]) == frozenset()
    here.announce_soon()
    await are_online(there, ANA)


async def test_a_server_that_stops_takes_its_people_off(new_board: NewBoard) -> None:
    here, there = await new_board(), await new_board()
    await here.arrive(ANA, "1")
    await there.arrive(BEN, "2")
    await here.stop()
    assert await there.online([ANA, BEN]) == {BEN}
