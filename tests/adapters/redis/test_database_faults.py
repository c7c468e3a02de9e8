"""Partial answers, rate limits and health while Redis is away and after it came back empty."""

import asyncio
import logging

import pytest

from adapters.memory.rate_limits import InMemoryRateLimits
from adapters.redis.database import Away, RedisDatabase
from adapters.redis.health import RedisHealthProbe
from adapters.redis.partial_answers import RedisPartialAnswers
from adapters.redis.rate_limits import RedisRateLimits
from adapters.system.clock import SystemClock
from application.limits import RateLimit
from application.ports.partial_answers import PartialAnswer
from domain.ids import RoomId
from tests.adapters.redis.conftest import IDS
from tests.builders import FakeClock, eventually
from tests.redis_server import RedisServer

ROOM = RoomId(IDS.new())
A_DAY = 86_400.0


async def test_partial_answers_are_done_without(
    database: RedisDatabase, stoppable_redis: RedisServer, caplog: pytest.LogCaptureFixture
) -> None:
    answers = RedisPartialAnswers(database)
    await answers.put(ROOM, PartialAnswer("q", 0, "안녕"))
    stoppable_redis.stop()
    with caplog.at_level(logging.WARNING):
        for index in range(5):
            await answers.put(ROOM, PartialAnswer("q", index, "안녕"))
            assert await answers.of_room(ROOM) is None
        await answers.clear(ROOM, "q")
    assert [record.message for record in caplog.records] == ["Redis does not serve: ConnectionError"]
    stoppable_redis.start()
    await eventually(lambda: not database.is_away)
    assert await answers.of_room(ROOM) is None
    await answers.put(ROOM, PartialAnswer("q", 6, "안녕하세요"))
    assert await answers.of_room(ROOM) == PartialAnswer("q", 6, "안녕하세요")
    await answers.clear(ROOM, "q")
    assert await answers.of_room(ROOM) is None


async def test_a_partial_answer_runs_out(database: RedisDatabase, stoppable_redis: RedisServer) -> None:
    await RedisPartialAnswers(database, seconds=120).put(ROOM, PartialAnswer("q", 0, ""))
    with stoppable_redis.client() as operator:
        assert 110 < int(operator.ttl(f"jarvis:partial:{ROOM}")) <= 120


async def test_rate_limits_are_this_servers_own_while_redis_is_away(
    database: RedisDatabase, stoppable_redis: RedisServer
) -> None:
    limits = RedisRateLimits(database, InMemoryRateLimits(FakeClock()))
    limit = RateLimit(2, 1 / A_DAY)
    assert [await limits.take("send", "ana", limit) > 0 for _ in range(3)] == [False, False, True]
    stoppable_redis.stop()
    assert [await limits.take("send", "ana", limit) > 0 for _ in range(3)] == [False, False, True]
    stoppable_redis.start()
    await eventually(lambda: not database.is_away)
    assert [await limits.take("send", "ana", limit) > 0 for _ in range(3)] == [False, False, True]


@pytest.mark.parametrize("burst", [9, 200])
async def test_servers_share_a_bucket(stoppable_redis: RedisServer, burst: int) -> None:
    databases = [RedisDatabase(stoppable_redis.url, SystemClock()) for _ in range(2)]
    here, there = (RedisRateLimits(database, InMemoryRateLimits(FakeClock())) for database in databases)
    limit = RateLimit(burst, 1 / A_DAY)
    waits = await asyncio.gather(
        *(limits.take("send", "ana", limit) for _ in range(2 * burst) for limits in (here, there))
    )
    assert waits.count(0.0) == burst
    for database in databases:
        await database.close()


async def test_a_bucket_is_filled_again_by_redis_own_clock(
    database: RedisDatabase, stoppable_redis: RedisServer
) -> None:
    limits = RedisRateLimits(database, InMemoryRateLimits(FakeClock()))
    limit = RateLimit(1, 20.0)
    async with asyncio.timeout(10):
        admitted = 0
        while admitted < 4:
            admitted += await limits.take("send", "ana", limit) == 0
    with stoppable_redis.client() as operator:
        [key] = operator.keys("jarvis:rate:*")
        assert 0 < int(operator.pttl(key)) <= 52, "a full bucket is not kept"


async def test_the_probe_tells_how_redis_is(database: RedisDatabase, stoppable_redis: RedisServer) -> None:
    probe = RedisHealthProbe(database)
    assert probe.service == "redis"
    assert await probe.is_well()
    stoppable_redis.stop()
    assert not await probe.is_well()
    assert await asyncio.gather(*(probe.is_well() for _ in range(20))) == [False] * 20
    stoppable_redis.start()
    await eventually(lambda: not database.is_away)
    assert await probe.is_well()


async def test_a_hanging_redis_holds_nobody_up_for_long(stoppable_redis: RedisServer) -> None:
    database = RedisDatabase(stoppable_redis.url, SystemClock(), patience=0.1)
    stoppable_redis.freeze()
    async with asyncio.timeout(5):
        with pytest.raises(Away):
            await database.command("PING")
    async with asyncio.timeout(0.1):
        for _ in range(1000):
            with pytest.raises(Away):
                await database.command("PING")
    stoppable_redis.thaw()
    await database.close()


async def test_its_return_is_told_once(database: RedisDatabase, stoppable_redis: RedisServer) -> None:
    returns: list[None] = []
    database.on_return(lambda: returns.append(None))
    await database.command("PING")
    stoppable_redis.stop()
    with pytest.raises(Away):
        await database.command("PING")
    stoppable_redis.start()
    await eventually(lambda: not database.is_away)
    await asyncio.gather(*(database.command("PING") for _ in range(10)))
    assert returns == [None]


async def test_a_restart_between_two_commands_is_not_noticed(
    database: RedisDatabase, stoppable_redis: RedisServer
) -> None:
    await asyncio.gather(*(database.command("PING") for _ in range(5)))
    stoppable_redis.restart()
    assert await asyncio.gather(*(database.command("PING") for _ in range(5))) == [True] * 5
