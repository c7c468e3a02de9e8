"""Calls with many servers, when one of them dies, and when Redis is away or comes back empty."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import AsyncExitStack
from datetime import UTC, datetime

import pytest

from adapters.redis.call_board import RedisCallBoard
from adapters.redis.database import RedisDatabase
from adapters.system.clock import SystemClock
from domain.call_events import CallEnded, CallJoined, CallLeft, events_of
from domain.calls import Call, CallChange, Seat
from domain.ids import CallId, RoomId, UserId
from tests.adapters.redis.conftest import IDS
from tests.redis_server import RedisServer

ANA, BEN = UserId(IDS.new()), UserId(IDS.new())
ROOM = RoomId(IDS.new())
AT = datetime(2026, 2, 16, tzinfo=UTC)
NewBoard = Callable[..., Awaitable[RedisCallBoard]]


@pytest.fixture
async def new_board(stoppable_redis: RedisServer) -> AsyncIterator[NewBoard]:
    async with AsyncExitStack() as stack:

        async def new(*, lease_seconds: float = 30.0) -> RedisCallBoard:
            database = RedisDatabase(stoppable_redis.url, SystemClock(), longest_pause=0.05)
            stack.push_async_callback(database.close)
            return RedisCallBoard(database, IDS, lease_seconds=lease_seconds)

        yield new


async def take(board: RedisCallBoard, user_id: UserId, connection_id: str) -> CallChange:
    seat, fresh = Seat(connection_id, user_id, AT, signalled=True), CallId(IDS.new())
    return await board.change(
        ROOM, lambda call: Call(fresh, ROOM, user_id, AT, seats=(seat,)) if call is None else call.with_seat(seat)
    )


async def leave(board: RedisCallBoard, connection_id: str) -> CallChange:
    return await board.change(
        ROOM, lambda call: call and call.without(lambda seat: seat.connection_id == connection_id)
    )


async def people(board: RedisCallBoard) -> set[UserId]:
    call = await board.find(ROOM)
    return set() if call is None else {one.user_id for one in call.participants}


async def kept_until_something_changes(board: RedisCallBoard) -> Sequence[CallChange]:
    """Look after the calls until that changes something."""
    for _ in range(100_000):
        if changes := await board.keep():
            return changes
    raise AssertionError("nothing changed")


async def until_all_see(boards: Sequence[RedisCallBoard], *wanted: UserId) -> None:
    """Look after the calls on all servers until each of them sees just these people in the call, in Redis itself."""
    seen: list[set[UserId]] = []
    for _ in range(100_000):
        for board in boards:
            await board.keep()
            await asyncio.sleep(0)
        seen = [await people(board) for board in boards]
        if all(each == set(wanted) for each in seen):
            return
    raise AssertionError(seen)


async def test_one_call_is_seen_by_all_servers(new_board: NewBoard) -> None:
    here, there = await new_board(), await new_board()
    begun = await take(here, ANA, "1")
    joined = await take(there, BEN, "2")
    assert joined.before == begun.after
    assert await people(here) == {ANA, BEN}
    assert await here.keep() == await there.keep() == []
    assert (await leave(here, "1")).after == await there.find(ROOM)
    assert await people(here) == {BEN}


async def test_who_was_on_a_server_that_died_is_out_when_its_lease_is_over_and_that_is_told_once(
    new_board: NewBoard,
) -> None:
    dead, alive, other = await new_board(lease_seconds=0.3), await new_board(), await new_board()
    await take(dead, ANA, "1")
    await take(alive, BEN, "2")
    [change] = await kept_until_something_changes(alive)
    assert [type(event) for event in events_of(change)] == [CallLeft]
    assert await people(alive) == {BEN}
    assert await other.keep() == [], "another one has seen to it"
    await leave(alive, "2")
    await take(dead, ANA, "3")
    [change] = await kept_until_something_changes(other)
    assert [type(event) for event in events_of(change)] == [CallLeft, CallEnded]


async def test_a_server_that_lives_keeps_its_seats(new_board: NewBoard, stoppable_redis: RedisServer) -> None:
    here, there = await new_board(), await new_board()
    await take(here, ANA, "1")
    with stoppable_redis.client() as operator:
        [(_, before)] = operator.zrange("jarvis:{calls}:servers", 0, -1, withscores=True)
        await here.keep()
        [(_, after)] = operator.zrange("jarvis:{calls}:servers", 0, -1, withscores=True)
    assert after >= before
    assert await there.keep() == []
    assert await people(there) == {ANA}


async def test_a_server_that_was_taken_for_dead_comes_back_into_the_call(
    new_board: NewBoard, stoppable_redis: RedisServer
) -> None:
    slow, other = await new_board(), await new_board()
    await take(slow, ANA, "1")
    await take(other, BEN, "2")
    with stoppable_redis.client() as operator:
        operator.delete("jarvis:{calls}:servers")
    await other.keep()
    assert await people(other) == {BEN}
    [change] = await slow.keep()
    assert [type(event) for event in events_of(change)] == [CallJoined]
    assert await people(other) == {ANA, BEN}


async def test_while_redis_is_away_a_call_is_what_this_server_knows(
    new_board: NewBoard, stoppable_redis: RedisServer
) -> None:
    here, there = await new_board(), await new_board()
    await take(there, BEN, "1")
    await take(here, ANA, "2")
    stoppable_redis.stop()
    assert await people(here) == {ANA, BEN}
    assert await here.keep() == []
    left = await leave(here, "2")
    assert [type(event) for event in events_of(left)] == [CallLeft]
    stoppable_redis.start()
    await until_all_see([here, there], BEN)


async def test_calls_come_right_when_redis_is_back_and_empty(new_board: NewBoard, stoppable_redis: RedisServer) -> None:
    here, there = await new_board(), await new_board()
    await take(here, ANA, "1")
    joined = await take(there, BEN, "2")
    stoppable_redis.stop()
    assert await people(there) == {ANA, BEN}
    await here.find(ROOM)
    stoppable_redis.start()
    await until_all_see([here, there], ANA, BEN)
    call = await there.find(ROOM)
    assert call is not None
    assert joined.after is not None
    assert call.id == joined.after.id, "it is the same call"
