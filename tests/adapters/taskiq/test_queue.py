"""Bells over a Redis stream: each gets to one worker, whatever becomes of workers and of Redis."""

import asyncio
import logging
from dataclasses import replace

import pytest

from adapters.taskiq.broker import broker_at
from adapters.taskiq.jobs import TaskiqJobQueue
from adapters.taskiq.worker import TaskiqWorker
from application.correlation import bound_request_id, current_request_id
from tests.adapters.taskiq.conftest import BRISK, NewHand, NewQueue
from tests.builders import PATIENCE, eventually
from tests.redis_server import RedisServer
from tests.waiting import until

WATCHFUL = replace(BRISK, idle=0.2)


def length(server: RedisServer, name: str = "jobs") -> int:
    with server.client() as client:
        return int(client.xlen(name))


def pending(server: RedisServer, name: str = "jobs") -> int:
    with server.client() as client:
        return int(client.xpending(name, "workers")["pending"])


def consumers(server: RedisServer, name: str = "jobs") -> int:
    with server.client() as client:
        return len(client.xinfo_consumers(name, "workers"))


async def test_every_bell_gets_to_one_worker(queue: NewQueue, hand: NewHand, redis_url: str, redis_space: str) -> None:
    name = f"{redis_space}:jobs"
    jobs, hands = await queue(redis_url, name), [await hand(redis_url, name) for _ in range(3)]
    lanes = [f"room:{number}" for number in range(60)]
    for lane in lanes:
        jobs.ring(lane)
    await hands[0].until(lambda: sum(len(one.rung) for one in hands) >= len(lanes))
    assert sorted(lane for one in hands for lane in one.rung) == sorted(lanes)


async def test_a_bell_is_acknowledged_after_the_work_and_leaves_nothing(
    queue: NewQueue, hand: NewHand, stoppable_redis: RedisServer
) -> None:
    jobs, worker = await queue(stoppable_redis.url), await hand(stoppable_redis.url, held=True)
    jobs.ring("room:1")
    await worker.begins("room:1")
    assert (length(stoppable_redis), pending(stoppable_redis)) == (1, 1)
    worker.gate.set()
    await worker.hears("room:1")
    await until(lambda: (length(stoppable_redis), pending(stoppable_redis)) == (0, 0))


async def test_what_was_rung_for_before_there_was_a_worker_is_heard(
    queue: NewQueue, hand: NewHand, stoppable_redis: RedisServer
) -> None:
    jobs = await queue(stoppable_redis.url)
    jobs.ring("room:1")
    await until(lambda: length(stoppable_redis))
    worker = await hand(stoppable_redis.url)
    await worker.hears("room:1")


async def test_a_worker_takes_no_more_than_it_has_hands_for(
    queue: NewQueue, hand: NewHand, stoppable_redis: RedisServer
) -> None:
    jobs, busy = await queue(stoppable_redis.url), await hand(stoppable_redis.url, concurrency=2, held=True)
    for number in range(4):
        jobs.ring(f"room:{number}")
    await busy.begins("room:0", "room:1")
    await until(lambda: length(stoppable_redis) == 4)
    free = await hand(stoppable_redis.url)
    await free.hears("room:2", "room:3")
    assert busy.begun == ["room:0", "room:1"]


async def test_what_a_dead_worker_left_is_taken_over_though_nothing_new_comes(
    queue: NewQueue, hand: NewHand, stoppable_redis: RedisServer
) -> None:
    jobs, dying = await queue(stoppable_redis.url), await hand(stoppable_redis.url, held=True, pace=WATCHFUL)
    jobs.ring("room:1")
    await dying.begins("room:1")
    await dying.killed()
    heir = await hand(stoppable_redis.url, pace=WATCHFUL)
    await heir.hears("room:1")
    assert dying.rung == []
    await until(lambda: pending(stoppable_redis) == 0)


async def test_a_worker_told_to_stop_hands_back_at_once(
    queue: NewQueue, hand: NewHand, stoppable_redis: RedisServer
) -> None:
    jobs, leaving = await queue(stoppable_redis.url), await hand(stoppable_redis.url, held=True)
    jobs.ring("room:1")
    await leaving.begins("room:1")
    staying = await hand(stoppable_redis.url)
    await leaving.stopped()
    await staying.hears("room:1")
    assert leaving.cancelled == ["room:1"]
    assert (leaving.rung, staying.rung) == ([], ["room:1"])
    await until(lambda: consumers(stoppable_redis) == 1)
    await until(lambda: (length(stoppable_redis), pending(stoppable_redis)) == (0, 0))


async def test_a_worker_that_leaves_sends_anew_what_it_had_received(
    queue: NewQueue, hand: NewHand, stoppable_redis: RedisServer
) -> None:
    jobs = await queue(stoppable_redis.url)
    leaving = broker_at(stoppable_redis.url, "jobs", BRISK)
    listening = leaving.listen()
    jobs.ring("room:1")
    async with asyncio.timeout(PATIENCE):
        await anext(listening)
    await listening.aclose()
    assert pending(stoppable_redis) == 1
    await leaving.leave()
    await leaving.shutdown()
    assert (length(stoppable_redis), pending(stoppable_redis), consumers(stoppable_redis)) == (1, 0, 0)
    await (await hand(stoppable_redis.url)).hears("room:1")


async def test_workers_long_gone_are_struck_off(hand: NewHand, stoppable_redis: RedisServer) -> None:
    with stoppable_redis.client() as client:
        client.xgroup_create("jobs", "workers", id="0", mkstream=True)
        for number in range(5):
            client.xgroup_createconsumer("jobs", "workers", f"gone-{number}")
    await hand(stoppable_redis.url, pace=replace(WATCHFUL, forgotten=0.1))
    await until(lambda: consumers(stoppable_redis) == 0)


async def test_redis_that_comes_back_empty_is_listened_to_again(
    queue: NewQueue, hand: NewHand, stoppable_redis: RedisServer
) -> None:
    jobs, worker = await queue(stoppable_redis.url), await hand(stoppable_redis.url)
    jobs.ring("room:1")
    await worker.hears("room:1")
    for round_ in range(2, 5):
        stoppable_redis.stop()
        jobs.ring(f"room:{round_}")
        stoppable_redis.start()
        await worker.hears(f"room:{round_}")
    assert worker.rung == [f"room:{number}" for number in range(1, 5)]


async def test_a_stream_that_is_flushed_away_is_made_anew(
    queue: NewQueue, hand: NewHand, stoppable_redis: RedisServer
) -> None:
    jobs, worker = await queue(stoppable_redis.url), await hand(stoppable_redis.url)
    jobs.ring("room:1")
    await worker.hears("room:1")
    with stoppable_redis.client() as client:
        client.flushall()
    jobs.ring("room:2")
    await worker.hears("room:2")


async def test_work_goes_on_while_redis_is_away(queue: NewQueue, hand: NewHand, stoppable_redis: RedisServer) -> None:
    jobs, worker = await queue(stoppable_redis.url), await hand(stoppable_redis.url, held=True)
    jobs.ring("room:1")
    await worker.begins("room:1")
    stoppable_redis.stop()
    worker.gate.set()
    await worker.hears("room:1")
    stoppable_redis.start()
    jobs.ring("room:2")
    await worker.hears("room:2")


async def test_processes_start_while_redis_is_away(
    queue: NewQueue, hand: NewHand, stoppable_redis: RedisServer
) -> None:
    stoppable_redis.stop()
    jobs, worker = await queue(stoppable_redis.url), await hand(stoppable_redis.url)
    jobs.ring("room:1")
    stoppable_redis.start()
    await worker.hears("room:1")


async def test_a_worker_stops_also_while_redis_is_away(hand: NewHand, stoppable_redis: RedisServer) -> None:
    worker = await hand(stoppable_redis.url)
    stoppable_redis.stop()
    await worker.stopped()


async def test_ringing_costs_nothing_while_redis_is_away(stoppable_redis: RedisServer) -> None:
    stoppable_redis.stop()
    pace = replace(BRISK, waiting=10)
    jobs = TaskiqJobQueue(broker_at(stoppable_redis.url, "jobs", pace), pace)
    await jobs.start()
    for number in range(20):
        for _ in range(3):
            jobs.ring(f"room:{number}")
    assert jobs.waiting == 10
    assert jobs.dropped == 30
    async with asyncio.timeout(PATIENCE):
        await jobs.stop()


async def test_a_lane_that_is_rung_for_again_before_it_was_sent_is_rung_for_once(
    hand: NewHand, stoppable_redis: RedisServer
) -> None:
    jobs = TaskiqJobQueue(broker_at(stoppable_redis.url, "jobs", BRISK), BRISK)
    for _ in range(5):
        jobs.ring("room:1")
    jobs.ring("room:2")
    await jobs.start()
    worker = await hand(stoppable_redis.url)
    await worker.hears("room:1", "room:2")
    assert worker.rung == ["room:1", "room:2"]
    await jobs.stop()


async def test_a_stop_sends_what_waits(stoppable_redis: RedisServer) -> None:
    jobs = TaskiqJobQueue(broker_at(stoppable_redis.url, "jobs", BRISK), BRISK)
    await jobs.start()
    for number in range(50):
        jobs.ring(f"room:{number}")
    await jobs.stop()
    assert length(stoppable_redis) == 50


async def test_the_stream_is_trimmed(stoppable_redis: RedisServer) -> None:
    jobs = TaskiqJobQueue(broker_at(stoppable_redis.url, "jobs", replace(BRISK, kept=10, goodbye=10)), BRISK)
    await jobs.start()
    for number in range(500):
        jobs.ring(f"room:{number}")
    await eventually(lambda: jobs.waiting == 0)
    await jobs.stop()
    assert 10 <= length(stoppable_redis) < 300


async def test_what_is_no_bell_is_passed_over(queue: NewQueue, hand: NewHand, stoppable_redis: RedisServer) -> None:
    with stoppable_redis.client() as client:
        client.xadd("jobs", {"data": "{"})
        client.xadd("jobs", {"another": "thing"})
        client.xadd("jobs", {"data": '{"task_id":"1","task_name":"no.such","labels":{},"args":[],"kwargs":{}}'})
    jobs, worker = await queue(stoppable_redis.url), await hand(stoppable_redis.url)
    jobs.ring("room:1")
    await worker.hears("room:1")
    await until(lambda: (length(stoppable_redis), pending(stoppable_redis)) == (0, 0))


async def test_work_that_fails_is_done_with_and_its_error_is_not_quoted(
    queue: NewQueue, stoppable_redis: RedisServer, caplog: pytest.LogCaptureFixture
) -> None:
    async def fail(lane: str) -> None:
        raise ValueError("what somebody wrote")

    broker, stop = broker_at(stoppable_redis.url, "jobs", BRISK), asyncio.Event()
    jobs = await queue(stoppable_redis.url)
    worker = TaskiqWorker(broker, fail, jobs, 4)
    with caplog.at_level(logging.DEBUG, logger="adapters"), caplog.at_level(logging.INFO, logger="taskiq"):
        running = asyncio.create_task(worker.run(stop))
        jobs.ring("room:1")
        await until(lambda: "working on room:1 failed" in caplog.text)
        await until(lambda: length(stoppable_redis) == 0)
        stop.set()
        await running
    assert "ValueError at " in caplog.text
    assert "what somebody wrote" not in caplog.text
    await broker.shutdown()


async def test_the_request_that_rang_is_known_to_the_worker(queue: NewQueue, stoppable_redis: RedisServer) -> None:
    known: asyncio.Queue[tuple[str, str | None]] = asyncio.Queue()

    async def note(lane: str) -> None:
        known.put_nowait((lane, current_request_id()))

    broker, stop = broker_at(stoppable_redis.url, "jobs", BRISK), asyncio.Event()
    jobs = await queue(stoppable_redis.url)
    running = asyncio.create_task(TaskiqWorker(broker, note, jobs, 4).run(stop))
    with bound_request_id("r-1"):
        jobs.ring("room:1")
    jobs.ring("room:2")
    async with asyncio.timeout(PATIENCE):
        assert [await known.get() for _ in range(2)] == [("room:1", "r-1"), ("room:2", None)]
    stop.set()
    await running
    await broker.shutdown()


async def test_a_frozen_redis_is_given_up_and_found_again(stoppable_redis: RedisServer, hand: NewHand) -> None:
    pace = replace(BRISK, answer=0.3)
    worker = await hand(stoppable_redis.url, pace=pace)
    jobs = TaskiqJobQueue(broker_at(stoppable_redis.url, "jobs", pace), pace)
    await jobs.start()
    stoppable_redis.freeze()
    jobs.ring("room:1")
    await eventually(lambda: jobs.waiting == 0)
    await until(lambda: jobs.waiting == 1)
    stoppable_redis.thaw()
    await worker.hears("room:1")
    await jobs.stop()


async def test_it_works_on_a_cluster(queue: NewQueue, hand: NewHand, cluster: list[RedisServer]) -> None:
    url = "redis+cluster://" + ",".join(f"127.0.0.1:{node.port}" for node in cluster)
    for name in ("jobs", "other-jobs", "third"):
        jobs, worker = await queue(url, name), await hand(url, name)
        lanes = [f"room:{number}" for number in range(10)]
        for lane in lanes:
            jobs.ring(lane)
        await worker.hears(*lanes)
        await worker.stopped()
        assert sorted(worker.rung) == sorted(lanes)
