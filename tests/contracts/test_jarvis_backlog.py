"""Questions that have no answer, as every store keeps them: put off, set aside, and run again."""

from datetime import timedelta

from application.ports.jarvis_backlog import Depth
from domain.ids import RequestId, RoomId
from domain.jarvis import JarvisRequest, RequestStatus, Unanswered
from domain.users import Actor
from tests.contracts.stores import LEASE, Stores

PAUSE = timedelta(seconds=30)


async def _asked(stores: Stores, room: RoomId, asker: Actor) -> JarvisRequest:
    request = stores.a_request(room, asker)
    await stores.ask(request)
    return request


async def _postpone(stores: Stores, request: JarvisRequest, failure: str = "ValueError") -> bool:
    async with stores.work() as work:
        until = stores.clock.now() + PAUSE
        return await work.requests.postpone(request.id, request.attempt, failure, until=until)


async def _fail(stores: Stores, request: JarvisRequest, failure: str = "ValueError") -> bool:
    async with stores.work() as work:
        return await work.requests.finish(
            request.id, request.attempt, RequestStatus.FAILED, at=stores.clock.now(), failure=failure
        )


async def _retry(stores: Stores, request_id: RequestId | None = None) -> list[str]:
    async with stores.work() as work:
        return list(await work.backlog.retry(request_id))


async def _waiting(stores: Stores) -> list[str]:
    async with stores.work() as work:
        return list(await work.backlog.waiting(now=stores.clock.now()))


async def _listed(stores: Stores, take: int = 100) -> list[Unanswered]:
    async with stores.work() as work:
        return list(await work.backlog.listed(take=take))


async def test_a_question_that_is_put_off_holds_its_lane_up_until_then(
    stores: Stores, ana: Actor, room: RoomId
) -> None:
    asked, behind = await _asked(stores, room, ana), await _asked(stores, room, ana)
    assert await _postpone(stores, await stores.taken(asked.lane))
    assert await stores.claim(asked.lane) is None
    assert await _waiting(stores) == []
    stores.clock.advance(PAUSE.total_seconds())
    assert await _waiting(stores) == [asked.lane]
    again = await stores.taken(asked.lane)
    assert (again.id, again.attempt, again.tries) == (asked.id, 2, 2)
    async with stores.work() as work:
        await work.requests.finish(again.id, again.attempt, RequestStatus.DONE, at=stores.clock.now())
    assert (await stores.taken(asked.lane)).id == behind.id


async def test_a_lane_that_is_put_off_keeps_no_other_waiting(
    stores: Stores, ana: Actor, ben: Actor, room: RoomId
) -> None:
    put_off = await _asked(stores, room, ana)
    other = await stores.room(ben)
    asked = await _asked(stores, other, ben)
    assert await _postpone(stores, await stores.taken(put_off.lane))
    assert await _waiting(stores) == [asked.lane]


async def test_an_old_attempt_can_put_nothing_off(stores: Stores, ana: Actor, room: RoomId) -> None:
    asked = await _asked(stores, room, ana)
    first = await stores.taken(asked.lane)
    stores.clock.advance(60)
    second = await stores.taken(asked.lane)
    assert not await _postpone(stores, first)
    assert await _fail(stores, second)
    assert not await _postpone(stores, second)
    assert await _waiting(stores) == []


async def test_what_was_put_off_can_be_taken_up_and_given_back(stores: Stores, ana: Actor, room: RoomId) -> None:
    asked = await _asked(stores, room, ana)
    assert await _postpone(stores, await stores.taken(asked.lane))
    stores.clock.advance(PAUSE.total_seconds())
    again = await stores.taken(asked.lane)
    async with stores.work() as work:
        await work.requests.release(again.id, again.attempt)
    assert await _waiting(stores) == [asked.lane]
    assert (await stores.taken(asked.lane)).tries == 2
    (listed,) = await _listed(stores)
    assert listed.failure == "ValueError"


async def test_what_has_no_answer_is_listed_without_what_was_asked(
    stores: Stores, ana: Actor, ben: Actor, room: RoomId
) -> None:
    other = await stores.room(ben)
    failed, done = await _asked(stores, room, ana), await _asked(stores, room, ana)
    assert await _fail(stores, await stores.taken(failed.lane), "MODEL_FAILED")
    finished = await stores.taken(done.lane)
    async with stores.work() as work:
        await work.requests.finish(finished.id, finished.attempt, RequestStatus.DONE, at=stores.clock.now())
    running, queued = await _asked(stores, other, ben), await _asked(stores, other, ben)
    put_off = await _asked(stores, room, ana)
    await stores.taken(running.lane)
    assert await _postpone(stores, await stores.taken(put_off.lane), "TimeoutError")
    until = stores.clock.now() + PAUSE
    listed = [
        Unanswered(running.id, running.lane, RequestStatus.RUNNING, running.created_at, 1),
        Unanswered(queued.id, queued.lane, RequestStatus.QUEUED, queued.created_at, 0),
        Unanswered(put_off.id, put_off.lane, RequestStatus.QUEUED, put_off.created_at, 1, "TimeoutError", until),
        Unanswered(failed.id, failed.lane, RequestStatus.FAILED, failed.created_at, 1, "MODEL_FAILED"),
    ]
    assert await _listed(stores) == listed
    assert await _listed(stores, take=2) == listed[:2]


async def test_what_failed_runs_again_in_its_old_place(stores: Stores, ana: Actor, room: RoomId) -> None:
    failed, behind = await _asked(stores, room, ana), await _asked(stores, room, ana)
    assert await _fail(stores, await stores.taken(failed.lane))
    assert await _retry(stores, failed.id) == [failed.lane]
    assert await _retry(stores, failed.id) == []
    again = await stores.taken(failed.lane)
    assert (again.id, again.attempt, again.tries) == (failed.id, 2, 1), "tries are counted anew, attempts are not"
    assert await _fail(stores, again)
    assert (await stores.taken(failed.lane)).id == behind.id


async def test_what_runs_again_waits_for_what_is_being_answered(stores: Stores, ana: Actor, room: RoomId) -> None:
    failed, behind = await _asked(stores, room, ana), await _asked(stores, room, ana)
    assert await _fail(stores, await stores.taken(failed.lane))
    running = await stores.taken(behind.lane)
    assert await _retry(stores) == [failed.lane]
    assert await stores.claim(failed.lane) is None
    assert await _waiting(stores) == []
    assert await _fail(stores, running)
    assert (await stores.taken(failed.lane)).id == failed.id


async def test_all_that_failed_runs_again_at_once(stores: Stores, ana: Actor, ben: Actor, room: RoomId) -> None:
    other = await stores.room(ben)
    requests = [await _asked(stores, room, ana), await _asked(stores, room, ana), await _asked(stores, other, ben)]
    untouched = await _asked(stores, await stores.room(ana), ana)
    for request in requests:
        assert await _fail(stores, await stores.taken(request.lane))
    assert sorted(await _retry(stores)) == sorted(request.lane for request in requests)
    assert {kept.id for kept in await _listed(stores)} == {request.id for request in (*requests, untouched)}
    assert await _retry(stores) == []


async def test_only_what_failed_runs_again(stores: Stores, ana: Actor, room: RoomId) -> None:
    asked = await _asked(stores, room, ana)
    assert await _retry(stores, asked.id) == []
    running = await stores.taken(asked.lane)
    assert await _retry(stores, asked.id) == []
    assert await _retry(stores, RequestId(stores.ids.new())) == []
    async with stores.work() as work:
        await work.requests.finish(running.id, running.attempt, RequestStatus.DONE, at=stores.clock.now())
    assert await _retry(stores, asked.id) == []
    assert await _listed(stores) == []


async def _depth(stores: Stores) -> Depth:
    async with stores.work() as work:
        return await work.backlog.depth(now=stores.clock.now())


async def test_the_depth_counts_what_nobody_works_on_and_what_was_set_aside(
    stores: Stores, ana: Actor, room: RoomId
) -> None:
    assert await _depth(stores) == Depth(0, None, 0)
    first = await _asked(stores, room, ana)
    stores.clock.advance(7)
    second = await _asked(stores, room, ana)
    assert await _depth(stores) == Depth(2, first.created_at, 0)
    taken = await stores.taken(first.lane)
    assert await _depth(stores) == Depth(1, second.created_at, 0)
    stores.clock.advance(LEASE.total_seconds() + 1)
    assert await _depth(stores) == Depth(2, first.created_at, 0), "its worker has died"
    again = await stores.taken(taken.lane)
    assert await _fail(stores, again)
    assert await _depth(stores) == Depth(1, second.created_at, 1)
    await _retry(stores)
    assert await _depth(stores) == Depth(2, first.created_at, 0)
