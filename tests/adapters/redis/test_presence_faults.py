"""Presence with many servers, when one of them dies, and when Redis is away or comes back empty."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack

import pytest
import redis

from adapters.redis.database import RedisDatabase
from adapters.redis.presence import RedisPresenceBoard
from adapters.system.clock import SystemClock
from domain.ids import UserId
from domain.presence import Turn
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

        async def new(
            *, lease_seconds: float = 40.0, grace_seconds: float = 5.0, renews: bool = True
        ) -> RedisPresenceBoard:
            database = RedisDatabase(stoppable_redis.url, SystemClock(), longest_pause=0.05)
            board = RedisPresenceBoard(database, IDS, clock, lease_seconds=lease_seconds, grace_seconds=grace_seconds)
            stack.push_async_callback(database.close)
            if renews:
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
    await dead.arrive(BEN, "2")
    await dead.arrive(ANA, "1")  # the last one, so that with her lease his has run out too
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


async def test_an_emptied_redis_is_filled_again_on_a_hint(
    new_board: NewBoard, clock: FakeClock, stoppable_redis: RedisServer
) -> None:
    here, there = await new_board(), await new_board()
    await clock.sleepers(2)
    await here.arrive(ANA, "1")
    with redis.Redis(port=stoppable_redis.port) as operator:
        operator.flushall()
    assert await there.online([ANA]) == frozenset()
    here.announce_soon()
    await are_online(there, ANA)


async def turns(*boards: RedisPresenceBoard, count: int) -> list[tuple[UserId, bool]]:
    """Ask all boards in turn until so many turns have been told, and once more; answers who came or went, in order."""
    told: list[Turn] = []
    for _ in range(100_000):
        enough = len(told) >= count
        for answer in await asyncio.gather(*(board.turns() for board in boards)):
            told += answer
        if enough:
            return [(turn.user_id, turn.is_online) for turn in told]
    raise AssertionError(told)


async def test_the_people_of_a_server_that_died_are_told_of_once_by_whoever_looks_first(new_board: NewBoard) -> None:
    dead, here, there = await new_board(lease_seconds=0.3), await new_board(), await new_board()
    many = [UserId(IDS.new()) for _ in range(600)]
    for person in (ANA, BEN, *many):
        await dead.arrive(person, str(person))
    await here.arrive(BEN, "2")
    told = await turns(here, there, here, count=601)
    assert sorted(told) == sorted([(ANA, False), *((person, False) for person in many)])
    assert await here.arrive(ANA, "3"), "who comes back has come"
    number = await here.depart(BEN, "2")
    assert number is not None
    assert number > 1_600_000_000_000_000


async def test_who_was_told_to_be_gone_and_is_not_is_told_to_be_there(
    new_board: NewBoard, clock: FakeClock, stoppable_redis: RedisServer
) -> None:
    """As when a server stood still for longer than its leases lasted."""
    still, other = await new_board(lease_seconds=0.3), await new_board()
    await still.arrive(ANA, "1")
    assert await turns(other, count=1) == [(ANA, False)]
    await still.renew()
    assert await turns(still, count=1) == [(ANA, True)]
    assert await still.depart(ANA, "1")


async def test_who_was_told_to_be_gone_and_goes_is_not_told_of_again(new_board: NewBoard) -> None:
    still, other = await new_board(lease_seconds=0.3), await new_board()
    await still.arrive(ANA, "1")
    assert await turns(other, count=1) == [(ANA, False)]
    assert await still.depart(ANA, "1") is None


async def test_an_emptied_redis_makes_nobody_come_or_go(new_board: NewBoard, stoppable_redis: RedisServer) -> None:
    here, there = await new_board(), await new_board()
    await here.arrive(ANA, "1")
    await here.arrive(BEN, "2")
    with stoppable_redis.client() as operator:
        operator.flushall()
    assert await here.depart(BEN, "2"), "who goes before everything is there again has gone"
    await here.renew()
    assert not await there.arrive(ANA, "3")
    assert await turns(here, there, count=0) == []


async def test_what_could_not_be_shared_is_told_when_redis_is_back(
    new_board: NewBoard, stoppable_redis: RedisServer
) -> None:
    here, there = await new_board(), await new_board()
    await here.arrive(ANA, "1")
    stoppable_redis.freeze()
    assert await here.arrive(BEN, "2")
    assert await here.depart(ANA, "1")
    stoppable_redis.thaw()
    await are_online(there, BEN)
    assert sorted(await turns(here, there, count=2)) == sorted([(BEN, True), (ANA, False)])


async def test_who_left_one_server_while_redis_was_away_and_is_on_another_is_told_to_be_there(
    new_board: NewBoard, stoppable_redis: RedisServer
) -> None:
    here, there = await new_board(), await new_board()
    await here.arrive(ANA, "1")
    await there.arrive(ANA, "2")
    stoppable_redis.freeze()
    assert await here.depart(ANA, "1"), "as far as this server knows"
    stoppable_redis.thaw()
    assert await turns(here, there, count=1) == [(ANA, True)]
    assert await there.depart(ANA, "2")


async def test_who_left_while_redis_was_away_and_is_back_before_that_was_shared_is_told_to_be_there(
    new_board: NewBoard, stoppable_redis: RedisServer
) -> None:
    here, there = await new_board(renews=False), await new_board()
    await there.arrive(BEN, "2")
    await here.arrive(ANA, "1")
    stoppable_redis.freeze()
    gone = await here.depart(ANA, "1")
    stoppable_redis.thaw()
    for _ in range(100_000):
        if await here.online([BEN]) == {BEN}:
            break
    back = await here.arrive(ANA, "2")
    assert gone is not None
    assert back is not None
    assert back > gone


async def test_who_came_and_went_while_redis_was_away_is_told_to_be_gone(
    new_board: NewBoard, stoppable_redis: RedisServer
) -> None:
    here, there = await new_board(), await new_board()
    stoppable_redis.freeze()
    assert await here.arrive(ANA, "1"), "which may reach Redis late"
    assert await here.depart(ANA, "1")
    stoppable_redis.thaw()
    assert await turns(here, there, count=1) == [(ANA, False)]
    assert await there.online([ANA]) == frozenset()


async def test_a_death_is_told_though_the_answer_that_told_it_was_lost(
    new_board: NewBoard, stoppable_redis: RedisServer
) -> None:
    dead, alive = await new_board(lease_seconds=0.3), await new_board()
    assert await turns(alive, count=0) == []
    await dead.arrive(ANA, "1")
    stoppable_redis.freeze()
    assert await turns(alive, count=0) == [], "Redis does what it was asked when it goes on, and nobody hears of it"
    stoppable_redis.thaw()
    assert await turns(alive, count=1) == [(ANA, False)]
    assert await turns(alive, count=0) == []


async def test_what_happens_while_redis_is_away_counts_as_before_what_comes_after(
    new_board: NewBoard, clock: FakeClock, stoppable_redis: RedisServer
) -> None:
    """Also where the server's clock is ahead of Redis's."""
    clock.advance(10 * 365 * 86_400)
    here = await new_board()
    await here.turns()
    before = await here.arrive(ANA, "1")
    stoppable_redis.freeze()
    meanwhile = await here.depart(ANA, "1")
    stoppable_redis.thaw()
    assert await turns(here, count=1) == [(ANA, False)]
    after = await here.arrive(ANA, "2")
    assert before is not None
    assert meanwhile is not None
    assert after is not None
    assert before < meanwhile < after


async def test_who_comes_back_while_a_server_stops_was_never_gone(new_board: NewBoard) -> None:
    here, there = await new_board(grace_seconds=60), await new_board()
    await here.arrive(ANA, "1")
    await here.stop()
    assert await there.online([ANA]) == {ANA}
    assert await there.arrive(ANA, "2") is None
    assert await turns(there, count=0) == []
    assert await there.depart(ANA, "2") is None, "the server that stopped still holds her place"


async def test_a_server_that_stops_leaves_its_people_a_while(new_board: NewBoard) -> None:
    here, there = await new_board(grace_seconds=0.2), await new_board()
    await here.arrive(ANA, "1")
    await there.arrive(BEN, "2")
    await here.stop()
    await are_online(there, BEN)
    assert await turns(there, count=1) == [(ANA, False)]
