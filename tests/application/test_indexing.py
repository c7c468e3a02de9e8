"""The text index goes on, whatever happens, and leaves way to those who speak."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from typing import cast

import pytest

from application.indexing import TextIndexing
from application.ports.text_index import Behind
from application.ports.unit_of_work import UnitOfWork
from domain.errors import Unavailable
from domain.ids import RoomId
from tests.builders import FakeClock, SequenceIds, eventually

ROOM = RoomId(SequenceIds().new())


class Index:
    """A store whose index is as far behind as ``events`` says, one turn after the other, and fails where it is None."""

    def __init__(self, events: Sequence[int | None]) -> None:
        self.events = list(events)
        self.followed = 0
        self.text_index = self

    async def behind(self, *, take: int) -> Behind:
        events = self.events.pop(0) if self.events else 0
        if events is None:
            raise Unavailable
        return Behind(events, [ROOM] if events else [])

    async def follow(self, room_id: RoomId, *, take: int) -> int:
        self.followed += 1
        return take

    @asynccontextmanager
    async def __call__(self) -> AsyncIterator[UnitOfWork]:
        yield cast("UnitOfWork", self)


class CountingClock(FakeClock):
    """Remembers how long it was asked to sleep, and never does."""

    def __init__(self) -> None:
        super().__init__()
        self.pauses: list[float] = []

    async def sleep(self, seconds: float) -> None:
        self.pauses.append(seconds)
        await asyncio.sleep(0)


async def paused(index: Index, turns: int) -> list[float]:
    clock = CountingClock()
    running = asyncio.create_task(TextIndexing(index, clock).run())
    await eventually(lambda: len(clock.pauses) >= turns)
    running.cancel()
    with pytest.raises(asyncio.CancelledError):
        await running
    return clock.pauses[:turns]


async def test_it_goes_on_after_failures_ever_more_seldom() -> None:
    index = Index([None, None, None, 5])
    assert (await paused(index, 4))[:3] == [2, 4, 8]
    assert index.followed == 1


async def test_with_nothing_to_do_it_looks_once_a_second() -> None:
    assert await paused(Index([]), 3) == [1, 1, 1]


async def test_it_counts_what_waits() -> None:
    indexing = TextIndexing(Index([7]), FakeClock())
    assert await indexing.turn() == 128
    assert indexing.waiting == 7
