"""Bells and workers within one process."""

import asyncio
import logging

import pytest

from adapters.memory.job_queue import InMemoryJobQueue
from application.correlation import bound_request_id, current_request_id
from tests.builders import eventually


class Worker:
    """Works on a lane until the test lets it go."""

    def __init__(self) -> None:
        self.began: list[str] = []
        self.ended: list[str] = []
        self.cancelled: list[str] = []
        self.go = asyncio.Event()

    async def answer(self, lane: str) -> None:
        self.began.append(lane)
        try:
            await self.go.wait()
        except asyncio.CancelledError:
            self.cancelled.append(lane)
            raise
        if lane.startswith("bad"):
            raise ValueError("a text that nobody should read in a log")
        self.ended.append(lane)


def queue_of(worker: Worker, concurrency: int = 8) -> InMemoryJobQueue:
    queue = InMemoryJobQueue(concurrency)
    queue.bind(worker.answer)
    return queue


async def test_bells_before_the_start_are_not_lost() -> None:
    worker = Worker()
    queue = queue_of(worker)
    queue.ring("a")
    queue.ring("b")
    queue.ring("a")
    await asyncio.sleep(0)
    assert worker.began == []
    worker.go.set()
    await queue.start()
    await eventually(lambda: len(worker.ended) == 2)
    await queue.stop()
    assert worker.began == ["a", "b"]


async def test_a_bell_while_the_lane_is_worked_on_leads_to_one_run_more() -> None:
    worker = Worker()
    queue = queue_of(worker)
    await queue.start()
    queue.ring("a")
    await eventually(lambda: worker.began == ["a"])
    for _ in range(3):
        queue.ring("a")
    queue.ring("b")
    await eventually(lambda: worker.began == ["a", "b"])
    worker.go.set()
    await eventually(lambda: sorted(worker.ended) == ["a", "a", "b"])
    await queue.stop()
    assert worker.began == ["a", "b", "a"]


async def test_no_more_lanes_at_once_than_allowed() -> None:
    worker = Worker()
    queue = queue_of(worker, concurrency=2)
    await queue.start()
    for lane in "abcd":
        queue.ring(lane)
    await eventually(lambda: worker.began == ["a", "b"])
    worker.go.set()
    await eventually(lambda: sorted(worker.ended) == list("abcd"))
    await queue.stop()


async def test_a_failure_is_noted_without_its_text_and_stops_nothing(caplog: pytest.LogCaptureFixture) -> None:
    worker = Worker()
    worker.go.set()
    queue = queue_of(worker, concurrency=1)
    await queue.start()
    with caplog.at_level(logging.ERROR):
        queue.ring("bad")
        queue.ring("good")
        await eventually(lambda: worker.ended == ["good"])
        queue.ring("bad")
        await eventually(lambda: worker.began == ["bad", "good", "bad"])
        await queue.stop()
    assert [record.getMessage() for record in caplog.records][:1] == ["working on bad failed: ValueError"]
    assert "nobody should read" not in caplog.text


async def test_stopping_cancels_and_waits_and_a_new_start_goes_on() -> None:
    worker = Worker()
    queue = queue_of(worker, concurrency=1)
    await queue.start()
    queue.ring("a")
    queue.ring("b")
    await eventually(lambda: worker.began == ["a"])
    await queue.stop()
    assert worker.cancelled == ["a"]
    queue.ring("c")
    await asyncio.sleep(0)
    assert worker.began == ["a"]
    worker.go.set()
    await queue.start()
    await eventually(lambda: sorted(worker.ended) == ["a", "b", "c"])
    await queue.stop()
    await queue.stop()


async def test_a_queue_that_is_not_bound_does_not_start() -> None:
    with pytest.raises(RuntimeError):
        await InMemoryJobQueue().start()


async def test_the_work_belongs_to_the_request_that_rang() -> None:
    seen: dict[str, str | None] = {}
    go = asyncio.Event()

    async def answer(lane: str) -> None:
        await go.wait()
        seen[lane] = current_request_id()

    queue = InMemoryJobQueue(concurrency=1)
    queue.bind(answer)
    await queue.start()
    for lane in ("a", "b", "c"):
        with bound_request_id(f"request of {lane}" if lane != "c" else None):
            queue.ring(lane)
    go.set()
    await eventually(lambda: len(seen) == 3)
    await queue.stop()
    assert seen == {"a": "request of a", "b": "request of b", "c": None}
