"""What people have asked of the language model, as every store keeps it."""

import asyncio
from datetime import timedelta

import pytest

from application.jarvis.usage import DailyQuota, Quotas
from domain.answers import AnswerRecord, Usage
from domain.errors import AiQuotaExceeded
from domain.ids import RoomId
from domain.users import Actor
from tests.builders import SEOUL
from tests.contracts.stores import Stores


async def _used(stores: Stores, who: Actor, ago: timedelta = timedelta(days=1)) -> Usage:
    async with stores.work() as work:
        return await work.ai_usage.since(who.id, stores.clock.now() - ago)


async def _charge(stores: Stores, who: Actor, usage: Usage) -> None:
    async with stores.work() as work:
        await work.ai_usage.charge(who.id, usage, at=stores.clock.now())


async def test_what_is_charged_is_added_up(stores: Stores, ana: Actor, ben: Actor, room: RoomId) -> None:
    await _charge(stores, ana, Usage(1, 0))
    await _charge(stores, ana, Usage(0, 3_000_000_000))
    request = stores.a_request(room, ana)
    assert await stores.ask(request)
    async with stores.work() as work:
        await work.answers.note(request.id, AnswerRecord("m", 10, 1, 5, 50))
    assert await _used(stores, ana) == Usage(2, 3_000_000_011)
    assert await _used(stores, ben) == Usage(0, 0)


async def test_a_question_that_was_asked_before_counts_once(stores: Stores, ana: Actor, room: RoomId) -> None:
    request = stores.a_request(room, ana)
    assert await stores.ask(request)
    assert not await stores.ask(request)
    assert await _used(stores, ana) == Usage(1, 0)


async def test_an_answer_to_no_question_counts_nothing(stores: Stores, ana: Actor, room: RoomId) -> None:
    async with stores.work() as work:
        await work.answers.note(stores.a_request(room, ana).id, AnswerRecord("m", 10, 1, 5, 50))
    assert await _used(stores, ana) == Usage(0, 0)


async def test_a_room_that_is_deleted_takes_nothing_back(stores: Stores, ana: Actor, room: RoomId) -> None:
    request = stores.a_request(room, ana)
    await stores.ask(request)
    async with stores.work() as work:
        await work.answers.note(request.id, AnswerRecord("m", 10, 1, 5, 50))
    async with stores.work() as work:
        await work.rooms.delete(room)
    assert await _used(stores, ana) == Usage(1, 11)


async def test_what_counts_no_more_is_forgotten(stores: Stores, ana: Actor, ben: Actor) -> None:
    await _charge(stores, ana, Usage(1, 1))
    stores.clock.advance(60)
    now = stores.clock.now()
    await _charge(stores, ana, Usage(1, 2))
    await _charge(stores, ben, Usage(1, 4))
    async with stores.work() as work:
        await work.ai_usage.forget(before=now)
    assert await _used(stores, ana) == Usage(1, 2)
    assert await _used(stores, ben) == Usage(1, 4)


async def test_what_is_undone_was_not_used(stores: Stores, ana: Actor) -> None:
    async def breaks() -> None:
        async with stores.work() as work:
            await work.ai_usage.charge(ana.id, Usage(1, 1), at=stores.clock.now())
            raise KeyError

    with pytest.raises(KeyError):
        await breaks()
    assert await _used(stores, ana) == Usage(0, 0)


async def test_nobody_takes_more_than_is_left_by_asking_at_once(stores: Stores, ana: Actor) -> None:
    quotas = Quotas(stores.work, stores.clock, SEOUL, DailyQuota(requests=3))
    taken = await asyncio.gather(*(quotas.take(ana) for _ in range(8)), return_exceptions=True)
    assert [type(outcome) for outcome in taken].count(AiQuotaExceeded) == 5
    assert taken.count(None) == 3
    assert (await _used(stores, ana)).requests == 3
