"""Doing jobs: in order, again after what may pass, once whatever happens."""

import asyncio
from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from application.jobs import Jobs, Working, completing
from application.limits import AnswerPace
from domain.errors import Forbidden, ModelFailed, NotFound
from domain.events import JobChanged
from domain.ids import JobId
from domain.jobs import Job, JobStatus, is_job_lane, job_lane, kind_of
from domain.users import Actor
from tests.builders import eventually
from tests.in_memory import InMemoryJarvis

LANE = job_lane("minutes", "x")


class Workshop:
    """A worker whose jobs fail as they are told to, and say what they did."""

    def __init__(self) -> None:
        self.jarvis = InMemoryJarvis()
        self.done: list[str] = []
        self.failures: list[Exception] = []
        self.gate = asyncio.Event()
        self.gate.set()
        self.working = self.worker()

    def worker(self) -> Working:
        jarvis = self.jarvis
        pace = AnswerPace()
        return Working(jarvis.work, jarvis.jobs, jarvis.publication, jarvis.clock, pace, {"minutes": self._do})

    async def add(self, name: str, asker: Actor | None = None, attempts: int = 5) -> Job:
        self.jarvis.clock.advance(0.001)
        job = Job(
            JobId(self.jarvis.ids.new()), "minutes", LANE, {"name": name}, self.jarvis.clock.now(),
            asker_id=asker.id if asker else None, attempts_allowed=attempts,
        )  # fmt: skip
        async with self.jarvis.work() as work:
            await work.jobs.add(job)
        return job

    async def now(self, job: Job) -> Job:
        async with self.jarvis.work() as work:
            found = await work.jobs.find(job.id)
        assert found is not None
        return found

    async def _do(self, job: Job) -> Mapping[str, Any]:
        await self.gate.wait()
        if self.failures:
            raise self.failures.pop(0)
        self.done.append(job.payload["name"])
        return {"said": job.payload["name"]}


@pytest.fixture
def shop() -> Workshop:
    return Workshop()


async def test_the_jobs_of_a_lane_are_done_in_order(shop: Workshop) -> None:
    ana = await shop.jarvis.person("Ana")
    first, second = await shop.add("first", ana), await shop.add("second")
    await shop.working.run(LANE)
    assert shop.done == ["first", "second"]
    assert (await shop.now(first)).result == {"said": "first"}
    assert (await shop.now(second)).status is JobStatus.DONE
    told = [(event.job_id, event.status) for event in shop.jarvis.recorder.of(JobChanged)]
    assert told == [(first.id, JobStatus.RUNNING), (first.id, JobStatus.DONE)]


async def test_what_may_pass_is_tried_again_after_growing_pauses(shop: Workshop) -> None:
    job = await shop.add("a")
    shop.failures = [ModelFailed(), ModelFailed()]
    await shop.working.run(LANE)
    assert (await shop.now(job)).failure == "MODEL_FAILED"
    for pause in (1, 2):
        shop.jarvis.clock.advance(pause - 0.01)
        await shop.working.run(LANE)
        assert shop.done == []
        shop.jarvis.clock.advance(0.01)
        await shop.working.run(LANE)
    assert shop.done == ["a"]
    assert (await shop.now(job)).attempt == 3


async def test_an_unexpected_fault_is_tried_again_and_raised(shop: Workshop) -> None:
    job = await shop.add("a", attempts=2)
    shop.failures = [KeyError("x"), KeyError("x")]
    with pytest.raises(KeyError):
        await shop.working.run(LANE)
    assert (await shop.now(job)).status is JobStatus.QUEUED
    shop.jarvis.clock.advance(1)
    with pytest.raises(KeyError):
        await shop.working.run(LANE)
    ended = await shop.now(job)
    assert (ended.status, ended.failure) == (JobStatus.FAILED, "KeyError")


async def test_a_refusal_is_final_and_the_lane_goes_on(shop: Workshop) -> None:
    ana = await shop.jarvis.person("Ana")
    job = await shop.add("a", ana)
    await shop.add("b")
    shop.failures = [Forbidden()]
    await shop.working.run(LANE)
    ended = await shop.now(job)
    assert (ended.status, ended.failure) == (JobStatus.FAILED, "FORBIDDEN")
    assert shop.jarvis.recorder.of(JobChanged)[-1].failure == "FORBIDDEN"
    assert shop.done == ["b"]


async def test_workers_that_die_use_the_attempts_up(shop: Workshop) -> None:
    job = await shop.add("a", attempts=2)
    for _ in range(2):
        now = shop.jarvis.clock.now()
        async with shop.jarvis.work() as work:
            await work.jobs.claim(LANE, now=now, until=now)
        shop.jarvis.clock.advance(1)
    await shop.working.run(LANE)
    assert (await shop.now(job)).failure == "ABANDONED"
    assert shop.done == []


async def test_a_worker_told_to_stop_hands_its_job_back(shop: Workshop) -> None:
    job = await shop.add("a")
    shop.gate.clear()
    working = asyncio.ensure_future(shop.working.run(LANE))
    await eventually(lambda: bool(shop.jarvis.recorder.events) or shop.jarvis.store.jobs[job.id].job.attempt == 1)
    working.cancel()
    await asyncio.wait({working})
    handed_back = await shop.now(job)
    assert (handed_back.status, handed_back.attempt) == (JobStatus.QUEUED, 0)
    shop.gate.set()
    await shop.working.run(LANE)
    assert shop.done == ["a"]


async def test_a_worker_that_lost_its_lease_keeps_nothing(shop: Workshop) -> None:
    ana = await shop.jarvis.person("Ana")
    kept: list[int] = []

    async def do(job: Job) -> None:
        if job.attempt == 1:
            # Another worker takes the job over while this one is still at it.
            shop.jarvis.clock.advance(60)
            async with shop.jarvis.work() as work:
                now = shop.jarvis.clock.now()
                await work.jobs.claim(LANE, now=now, until=now)
        async with completing(shop.jarvis.work, job, shop.jarvis.clock) as work:
            await work.users.seen(ana.id, shop.jarvis.clock.now())
            kept.append(job.attempt)

    await shop.add("a")
    working = replace(shop.working, handlers={"minutes": do})
    await working.run(LANE)
    async with shop.jarvis.work() as work:
        user = await work.users.find(ana.id)
    assert kept == [1]
    assert user is not None
    assert user.last_seen_at is None
    await working.run(LANE)
    assert kept == [1, 3]


async def test_the_sweep_rings_for_what_nobody_works_on(shop: Workshop) -> None:
    await shop.add("a")
    await shop.working.sweep()
    shop.jarvis.jobs.bind(shop.working.run)
    await shop.jarvis.jobs.start()
    await eventually(lambda: shop.done == ["a"])
    await shop.jarvis.jobs.stop()


async def test_only_who_asked_follows_a_job(shop: Workshop) -> None:
    ana, ben = await shop.jarvis.people("Ana", "Ben")
    job = await shop.add("a", ana)
    jobs = Jobs(shop.jarvis.work, shop.jarvis.clock)
    assert (await jobs.find(ana, job.id)).status is JobStatus.QUEUED
    with pytest.raises(NotFound):
        await jobs.find(ben, job.id)
    waiting = asyncio.ensure_future(jobs.outcome(ana, job.id, within=10))
    await shop.jarvis.clock.sleepers()
    await shop.working.run(LANE)
    shop.jarvis.clock.advance(0.2)
    assert (await waiting).result == {"said": "a"}
    unfinished = await shop.add("b", ana)
    assert (await jobs.outcome(ana, unfinished.id, within=0)).status is JobStatus.QUEUED


def test_lanes_say_what_is_done_in_them() -> None:
    assert (is_job_lane(LANE), kind_of(LANE)) == (True, "minutes")
    assert (is_job_lane("room:1"), kind_of("room:1")) == (False, "answer")


async def test_what_is_done_is_forgotten_after_its_time(shop: Workshop) -> None:
    jarvis = shop.jarvis
    hasty = replace(shop.working, kept_for={"minutes": timedelta(hours=1)})
    job = await shop.add("a")
    await shop.working.run(LANE)
    jarvis.clock.advance(3601)
    await shop.working.forget_done()
    assert (await shop.now(job)).status is JobStatus.DONE
    await hasty.forget_done()
    async with jarvis.work() as work:
        assert await work.jobs.find(job.id) is None
