"""Jobs, as every store keeps them: done once, one at a time in each lane, put off, set aside, run again."""

from dataclasses import replace
from datetime import timedelta

import pytest

from application.jobs import JobSuperseded, completing
from application.ports.jarvis_backlog import Depth
from domain.ids import JobId, RoomId
from domain.jarvis import RequestStatus
from domain.jobs import Job, JobStatus, job_lane
from domain.rooms import Room
from domain.users import Actor
from tests.contracts.stores import Stores

LEASE = timedelta(seconds=15)
PAUSE = timedelta(seconds=30)
LANE = job_lane("minutes", "a")


async def _added(stores: Stores, lane: str = LANE, **fields: object) -> Job:
    stores.clock.advance(0.001)
    job = Job(JobId(stores.ids.new()), "minutes", lane, {"days": 7}, stores.clock.now())
    job = replace(job, **fields)  # type: ignore[arg-type]
    async with stores.work() as work:
        assert await work.jobs.add(job)
    return job


async def _claim(stores: Stores, lane: str = LANE) -> Job | None:
    now = stores.clock.now()
    async with stores.work() as work:
        return await work.jobs.claim(lane, now=now, until=now + LEASE)


async def _taken(stores: Stores, lane: str = LANE) -> Job:
    job = await _claim(stores, lane)
    assert job is not None
    return job


async def _found(stores: Stores, job: Job) -> Job:
    async with stores.work() as work:
        found = await work.jobs.find(job.id)
    assert found is not None
    return found


async def _finish(stores: Stores, job: Job, status: JobStatus = JobStatus.DONE, failure: str | None = None) -> bool:
    async with stores.work() as work:
        return await work.jobs.finish(
            job.id, job.attempt, status, at=stores.clock.now(), result={"made": 2}, failure=failure
        )


async def _waiting(stores: Stores) -> list[str]:
    async with stores.work() as work:
        return list(await work.job_backlog.waiting(now=stores.clock.now()))


async def test_a_job_is_kept_as_it_was_added(stores: Stores, ana: Actor, room: RoomId) -> None:
    job = await _added(
        stores, key="week 7", room_id=room, asker_id=ana.id, attempts_allowed=1, payload={"title": "주간", "parts": [1]}
    )
    assert await _found(stores, job) == job
    async with stores.work() as work:
        assert await work.jobs.find(JobId(stores.ids.new())) is None


async def test_one_of_a_kind_and_key_is_kept(stores: Stores) -> None:
    job = await _added(stores, key="week 7")
    again = replace(job, id=JobId(stores.ids.new()))
    async with stores.work() as work:
        assert not await work.jobs.add(again)
        assert await work.jobs.add(replace(again, kind="pulse"))
        assert await work.jobs.find(again.id) == replace(again, kind="pulse")
    await _added(stores)
    await _added(stores)


async def test_a_lane_is_worked_on_in_order_and_by_one_alone(stores: Stores) -> None:
    first, second = await _added(stores), await _added(stores)
    other = await _added(stores, job_lane("minutes", "b"))
    taken = await _taken(stores)
    assert taken == replace(first, status=JobStatus.RUNNING, attempt=1)
    assert await _claim(stores) is None
    assert (await _taken(stores, other.lane)).id == other.id
    assert await _waiting(stores) == []
    assert await _finish(stores, taken)
    assert (await _found(stores, first)).result == {"made": 2}
    assert await _waiting(stores) == [LANE]
    assert (await _taken(stores)).id == second.id


async def test_a_lease_that_runs_out_is_followed_by_another_attempt(stores: Stores) -> None:
    await _added(stores)
    first = await _taken(stores)
    stores.clock.advance(LEASE.total_seconds() - 1)
    async with stores.work() as work:
        assert await work.jobs.extend(first.id, first.attempt, until=stores.clock.now() + LEASE)
    stores.clock.advance(LEASE.total_seconds() - 1)
    assert await _claim(stores) is None
    stores.clock.advance(2)
    assert await _waiting(stores) == [LANE]
    second = await _taken(stores)
    assert second.attempt == 2
    async with stores.work() as work:
        assert not await work.jobs.extend(first.id, first.attempt, until=stores.clock.now() + LEASE)
        assert not await work.jobs.postpone(first.id, first.attempt, "X", until=stores.clock.now())
    assert not await _finish(stores, first)
    assert await _finish(stores, second)
    assert not await _finish(stores, second)


async def test_what_is_given_back_was_not_tried(stores: Stores) -> None:
    await _added(stores)
    job = await _taken(stores)
    async with stores.work() as work:
        await work.jobs.release(job.id, job.attempt)
    assert (await _taken(stores)).attempt == 1


async def test_what_is_put_off_waits_and_its_lane_with_it(stores: Stores) -> None:
    await _added(stores)
    await _added(stores)
    job = await _taken(stores)
    async with stores.work() as work:
        assert await work.jobs.postpone(job.id, job.attempt, "MODEL_FAILED", until=stores.clock.now() + PAUSE)
    assert await _claim(stores) is None
    assert await _waiting(stores) == []
    stores.clock.advance(PAUSE.total_seconds())
    assert await _waiting(stores) == [LANE]
    again = await _taken(stores)
    assert (again.id, again.attempt, again.failure) == (job.id, 2, "MODEL_FAILED")


async def test_what_failed_is_listed_and_runs_again(stores: Stores) -> None:
    job, waiting = await _added(stores), await _added(stores, job_lane("minutes", "b"))
    assert await _finish(stores, await _taken(stores), JobStatus.FAILED, "ValueError")
    async with stores.work() as work:
        listed = await work.job_backlog.listed(take=10)
        depth = await work.job_backlog.depth(now=stores.clock.now())
    assert [(one.id, one.status, one.tries, one.failure) for one in listed] == [
        (waiting.id, RequestStatus.QUEUED, 0, None),
        (job.id, RequestStatus.FAILED, 1, "ValueError"),
    ]
    assert depth == Depth(1, waiting.created_at, 1)
    async with stores.work() as work:
        assert await work.job_backlog.retry(waiting.id) == []
        assert await work.job_backlog.retry(job.id) == [LANE]
    again = await _taken(stores)
    assert (again.id, again.attempt, again.tries) == (job.id, 2, 1)


async def test_what_was_done_long_ago_is_forgotten(stores: Stores) -> None:
    done, failed, waiting = [
        await _added(stores, job_lane("minutes", name), key=name) for name in ("done", "failed", "waiting")
    ]
    await _finish(stores, await _taken(stores, done.lane))
    await _finish(stores, await _taken(stores, failed.lane), JobStatus.FAILED, "X")
    async with stores.work() as work:
        assert await work.job_backlog.forget(done_before=stores.clock.now()) == 0
        assert await work.job_backlog.forget(done_before=stores.clock.now() + PAUSE) == 1
        assert await work.jobs.find(done.id) is None
        assert await work.jobs.find(failed.id) is not None
        assert await work.jobs.find(waiting.id) is not None
        assert await work.jobs.add(replace(done, id=JobId(stores.ids.new())))


async def test_one_kind_is_forgotten_before_others_and_what_was_cancelled_with_what_is_done(
    stores: Stores, ana: Actor
) -> None:
    other, done, cancelled = [
        await _added(stores, job_lane(kind, name), kind=kind, asker_id=ana.id)
        for kind, name in (("minutes", "a"), ("catch-up", "b"), ("catch-up", "c"))
    ]
    async with stores.work() as work:
        await work.job_cancellation.cancel(cancelled.id, ana.id)
    for job, status in ((other, JobStatus.DONE), (done, JobStatus.DONE), (cancelled, JobStatus.FAILED)):
        await _finish(stores, await _taken(stores, job.lane), status)
    async with stores.work() as work:
        before = stores.clock.now() + PAUSE
        assert await work.job_backlog.forget(done_before=before, kind="catch-up") == 2
        assert await work.jobs.find(other.id) is not None
        assert await work.job_backlog.forget(done_before=before) == 1


async def test_a_room_takes_its_jobs_with_it(stores: Stores, ana: Actor, room: RoomId) -> None:
    job, other = await _added(stores, room_id=room, key="a"), await _added(stores)
    async with stores.work() as work:
        await work.rooms.delete(room)
    async with stores.work() as work:
        assert await work.jobs.find(job.id) is None
        assert await work.jobs.find(other.id) is not None


async def test_what_a_job_changes_is_kept_with_its_end_or_not_at_all(stores: Stores, ana: Actor) -> None:
    await _added(stores)
    slow = await _taken(stores)
    stores.clock.advance(LEASE.total_seconds() + 1)
    quick = await _taken(stores)
    made: list[Room] = []
    for job in (slow, quick):
        room = stores.a_room(ana)
        made.append(room)
        if job is slow:
            with pytest.raises(JobSuperseded):
                async with completing(stores.work, job, stores.clock) as work:
                    await work.rooms.add(room)
        else:
            async with completing(stores.work, job, stores.clock, {"room": str(room.id)}) as work:
                await work.rooms.add(room)
    async with stores.work() as work:
        newest = await work.log.newest([room.id for room in made])
    assert newest == {made[1].id: 0}
    assert (await _found(stores, quick)).status is JobStatus.DONE
    assert (await _found(stores, quick)).result == {"room": str(made[1].id)}


async def test_who_asked_cancels_a_job_that_is_not_finished(
    stores: Stores, ana: Actor, ben: Actor, room: RoomId
) -> None:
    waiting, unasked = await _added(stores, room_id=room, asker_id=ana.id), await _added(stores)
    async with stores.work() as work:
        for job_id, by in ((waiting.id, ben), (unasked.id, ana), (JobId(stores.ids.new()), ana)):
            assert await work.job_cancellation.cancel(job_id, by.id) is None
        assert not await work.job_cancellation.is_cancelled(waiting.id)
        assert await work.job_cancellation.cancel(waiting.id, ana.id) == replace(waiting, cancelled=True)
    assert await _found(stores, waiting) == replace(waiting, cancelled=True)
    running = await _taken(stores)
    assert (running.id, running.cancelled) == (waiting.id, True)
    async with stores.work() as work:
        assert await work.job_cancellation.cancel(waiting.id, ana.id) == running
        assert await work.job_cancellation.is_cancelled(waiting.id)
        assert not await work.job_cancellation.is_cancelled(unasked.id)
    assert not await _finish(stores, running), "what was stopped is not done"
    assert await _finish(stores, running, JobStatus.FAILED, "CANCELLED")
    async with stores.work() as work:
        assert await work.job_cancellation.cancel(waiting.id, ana.id) is None


async def test_what_was_cancelled_is_not_set_aside(stores: Stores, ana: Actor) -> None:
    stopped, failed = await _added(stores, asker_id=ana.id), await _added(stores)
    async with stores.work() as work:
        await work.job_cancellation.cancel(stopped.id, ana.id)
    for _ in (stopped, failed):
        assert await _finish(stores, await _taken(stores), JobStatus.FAILED, "X")
    async with stores.work() as work:
        assert (await work.job_backlog.depth(now=stores.clock.now())).set_aside == 1
        assert [job.id for job in await work.job_backlog.listed(take=9)] == [failed.id]
        assert await work.job_backlog.retry(stopped.id) == []
        assert await work.job_backlog.retry() == [failed.lane]
