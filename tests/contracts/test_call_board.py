"""Who is in the calls of rooms, in one process and over Redis."""

import asyncio
from collections.abc import AsyncIterator, Callable
from datetime import UTC, datetime

import pytest

from adapters.memory.call_board import InMemoryCallBoard
from adapters.redis.call_board import RedisCallBoard
from adapters.redis.database import RedisDatabase
from adapters.system.clock import SystemClock
from adapters.system.ids import Uuid7Source
from application.ports.call_board import CallBoard
from domain.calls import Call, CallChange, Seat
from domain.ids import CallId, RoomId, UserId

IDS = Uuid7Source()
ROOM, OTHER = RoomId(IDS.new()), RoomId(IDS.new())
ANA, BEN = UserId(IDS.new()), UserId(IDS.new())
AT = datetime(2026, 2, 16, 1, 2, 3, 4567, tzinfo=UTC)


@pytest.fixture
def memory_board() -> CallBoard:
    return InMemoryCallBoard()


@pytest.fixture
async def redis_board(redis_url: str, redis_space: str) -> AsyncIterator[CallBoard]:
    database = RedisDatabase(redis_url, SystemClock(), prefix=redis_space)
    yield RedisCallBoard(database, IDS)
    await database.close()


@pytest.fixture(params=["memory", "redis"])
def board(request: pytest.FixtureRequest) -> CallBoard:
    chosen: CallBoard = request.getfixturevalue(f"{request.param}_board")
    return chosen


def taking(user_id: UserId, connection_id: str, *, signalled: bool = True) -> Callable[[Call | None], Call]:
    """This connection takes a seat, in a new call where there is none."""
    seat = Seat(connection_id, user_id, AT, signalled)
    fresh = CallId(IDS.new())
    return lambda call: Call(fresh, ROOM, user_id, AT, seats=(seat,)) if call is None else call.with_seat(seat)


def leaving(connection_id: str) -> Callable[[Call | None], Call | None]:
    """This connection goes."""
    return lambda call: call and call.without(lambda seat: seat.connection_id == connection_id)


async def test_a_call_is_kept_as_it_was_made(board: CallBoard) -> None:
    assert await board.find(ROOM) is None
    begun = await board.change(ROOM, taking(ANA, "1"))
    assert begun.before is None
    assert begun.after is not None
    assert await board.find(ROOM) == begun.after
    assert await board.find(OTHER) is None
    more = await board.change(ROOM, taking(BEN, "2", signalled=False))
    assert more.before == begun.after
    assert more.after is not None
    assert more.after.seats == (Seat("1", ANA, AT, signalled=True), Seat("2", BEN, AT, signalled=False))
    assert (more.after.id, more.after.version) == (begun.after.id, 2)
    assert await board.find(ROOM) == more.after


async def test_a_call_ends_with_its_last_seat_and_the_next_is_another(board: CallBoard) -> None:
    first = (await board.change(ROOM, taking(ANA, "1"))).after
    assert await board.change(ROOM, leaving("1")) == CallChange(first, None)
    assert await board.find(ROOM) is None
    assert await board.change(ROOM, leaving("1")) == CallChange(None, None)
    second = (await board.change(ROOM, taking(ANA, "1"))).after
    assert first is not None
    assert second is not None
    assert second.id != first.id


async def test_what_changes_nothing_changes_nothing(board: CallBoard) -> None:
    call = (await board.change(ROOM, taking(ANA, "1"))).after
    assert await board.change(ROOM, taking(ANA, "1")) == CallChange(call, call)
    assert await board.change(ROOM, leaving("2")) == CallChange(call, call)


async def test_of_many_that_come_at_once_one_starts_the_call_and_none_is_lost(board: CallBoard) -> None:
    people = {str(number): UserId(IDS.new()) for number in range(20)}
    changes = await asyncio.gather(*(board.change(ROOM, taking(user, name)) for name, user in people.items()))
    assert sum(change.before is None for change in changes) == 1
    call = await board.find(ROOM)
    assert call is not None
    assert {seat.connection_id: seat.user_id for seat in call.seats} == people
    assert call.version == 20
    gone = await asyncio.gather(*(board.change(ROOM, leaving(name)) for name in people))
    assert sum(change.after is None for change in gone) == 1


async def test_keeping_changes_nothing_while_all_live(board: CallBoard) -> None:
    call = (await board.change(ROOM, taking(ANA, "1"))).after
    assert await board.keep() == []
    assert await board.find(ROOM) == call
