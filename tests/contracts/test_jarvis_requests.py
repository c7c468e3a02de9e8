"""Questions and who works on them, as every store keeps them."""

import asyncio
from dataclasses import replace
from datetime import UTC

import pytest

from adapters.memory.job_queue import InMemoryJobQueue
from application.jarvis.ask import Asking, Question
from application.jarvis.usage import DailyQuota, Quotas
from domain.errors import AiQuotaExceeded
from domain.ids import MessageId, RequestId, RoomId
from domain.jarvis import JarvisRequest, Mode, RequestStatus
from domain.users import Actor
from tests.contracts.stores import LEASE, Stores


async def _extend(stores: Stores, request: JarvisRequest) -> bool:
    async with stores.work() as work:
        return await work.requests.extend(request.id, request.attempt, until=stores.clock.now() + LEASE)


async def _finish(stores: Stores, request: JarvisRequest, status: RequestStatus = RequestStatus.DONE) -> bool:
    async with stores.work() as work:
        return await work.requests.finish(request.id, request.attempt, status, at=stores.clock.now())


async def _release(stores: Stores, request: JarvisRequest) -> None:
    async with stores.work() as work:
        await work.requests.release(request.id, request.attempt)


async def _waiting(stores: Stores) -> set[str]:
    async with stores.work() as work:
        return set(await work.backlog.waiting(now=stores.clock.now()))


async def test_a_claimed_question_is_the_one_asked(stores: Stores, ana: Actor, room: RoomId) -> None:
    said = await stores.say(room, ana, "언제?")
    asked = replace(
        stores.a_request(room, ana, public_id="질문-1", message_id=said.message_id),
        prompt="줄 하나\r\n줄 둘  ",
        mode=Mode.ACTION,
    )
    assert await stores.ask(asked)
    claimed = await stores.taken(asked.lane)
    assert claimed == replace(asked, status=RequestStatus.RUNNING, attempt=1)


async def test_a_public_id_is_used_once_by_one_person(stores: Stores, ana: Actor, ben: Actor, room: RoomId) -> None:
    other = await stores.room(ana)
    assert await stores.ask(stores.a_request(room, ana, public_id="q"))
    assert not await stores.ask(stores.a_request(room, ana, public_id="q"))
    assert not await stores.ask(stores.a_request(other, ana, public_id="q", personal=True))
    assert await stores.ask(stores.a_request(room, ben, public_id="q"))


async def test_a_refused_question_spoils_nothing_else_in_its_unit(stores: Stores, ana: Actor, room: RoomId) -> None:
    await stores.ask(stores.a_request(room, ana, public_id="q"))
    async with stores.work() as work:
        assert not await work.requests.add(stores.a_request(room, ana, public_id="q"))
        assert await work.requests.add(stores.a_request(room, ana, public_id="r"))
        await work.rooms.rename(room, "went on")
    assert (await stores.find_room(room)).title == "went on"


async def test_a_lane_is_answered_in_order_one_at_a_time(stores: Stores, ana: Actor, ben: Actor, room: RoomId) -> None:
    first, second = stores.a_request(room, ana), stores.a_request(room, ben)
    assert first.lane == second.lane
    await stores.ask(first)
    await stores.ask(second)
    one = await stores.taken(first.lane)
    assert one.id == first.id
    assert await stores.claim(first.lane) is None, "the second waits although nobody holds it"
    assert await _finish(stores, one)
    assert (await stores.taken(first.lane)).id == second.id


async def test_lanes_do_not_wait_for_one_another(stores: Stores, ana: Actor, ben: Actor, room: RoomId) -> None:
    other = await stores.room(ana)
    requests = [
        stores.a_request(room, ana),
        stores.a_request(other, ana),
        stores.a_request(room, ana, personal=True),
        stores.a_request(room, ben, personal=True),
    ]
    assert len({request.lane for request in requests}) == 4
    for request in requests:
        await stores.ask(request)
    for request in requests:
        assert (await stores.taken(request.lane)).id == request.id
    assert await stores.claim("room:unknown") is None


async def test_a_lease_keeps_others_away_until_it_ends(stores: Stores, ana: Actor, room: RoomId) -> None:
    asked = stores.a_request(room, ana)
    await stores.ask(asked)
    first = await stores.taken(asked.lane)
    stores.clock.advance(10)
    assert await _extend(stores, first)
    stores.clock.advance(10)
    assert await stores.claim(asked.lane) is None
    stores.clock.advance(6)
    second = await stores.taken(asked.lane)
    assert (second.id, second.attempt) == (asked.id, 2)
    assert not await _extend(stores, first)
    assert not await _finish(stores, first)
    await _release(stores, first)
    assert await stores.claim(asked.lane) is None, "the first attempt has no say any more"
    assert await _extend(stores, second)
    assert await _finish(stores, second)


async def test_a_late_worker_keeps_its_question_where_nobody_took_over(
    stores: Stores, ana: Actor, room: RoomId
) -> None:
    asked = stores.a_request(room, ana)
    await stores.ask(asked)
    first = await stores.taken(asked.lane)
    stores.clock.advance(60)
    assert await _extend(stores, first)
    assert await stores.claim(asked.lane) is None
    assert await _finish(stores, first)


async def test_what_is_given_back_can_be_claimed_at_once(stores: Stores, ana: Actor, room: RoomId) -> None:
    asked = stores.a_request(room, ana)
    await stores.ask(asked)
    await _release(stores, await stores.taken(asked.lane))
    assert await _waiting(stores) == {asked.lane}
    again = await stores.taken(asked.lane)
    assert (again.id, again.attempt, again.status) == (asked.id, 1, RequestStatus.RUNNING), "giving back is no attempt"


@pytest.mark.parametrize("status", [RequestStatus.DONE, RequestStatus.FAILED])
async def test_what_is_finished_stays_finished(stores: Stores, ana: Actor, room: RoomId, status: RequestStatus) -> None:
    asked = stores.a_request(room, ana, public_id="q")
    await stores.ask(asked)
    claimed = await stores.taken(asked.lane)
    assert await _finish(stores, claimed, status)
    assert not await _finish(stores, claimed)
    assert not await _extend(stores, claimed)
    await _release(stores, claimed)
    assert await stores.claim(asked.lane) is None
    assert await _waiting(stores) == set()
    assert not await stores.ask(stores.a_request(room, ana, public_id="q")), "its public id stays used"


async def test_an_unknown_question_cannot_be_worked_on(stores: Stores, ana: Actor, room: RoomId) -> None:
    unknown = replace(stores.a_request(room, ana), id=RequestId(stores.ids.new()), attempt=1)
    assert not await _extend(stores, unknown)
    assert not await _finish(stores, unknown)
    await _release(stores, unknown)


async def test_of_claimers_at_once_one_gets_it(stores: Stores, ana: Actor, room: RoomId) -> None:
    asked = stores.a_request(room, ana)
    await stores.ask(asked)
    await stores.ask(stores.a_request(room, ana))
    claims = await asyncio.gather(*(stores.claim(asked.lane) for _ in range(8)))
    (got,) = [claim for claim in claims if claim is not None]
    assert (got.id, got.attempt) == (asked.id, 1)


async def test_of_claimers_at_once_one_gets_what_was_abandoned(stores: Stores, ana: Actor, room: RoomId) -> None:
    asked = stores.a_request(room, ana)
    await stores.ask(asked)
    await stores.taken(asked.lane)
    stores.clock.advance(60)
    claims = await asyncio.gather(*(stores.claim(asked.lane) for _ in range(8)))
    (got,) = [claim for claim in claims if claim is not None]
    assert (got.id, got.attempt) == (asked.id, 2)


async def test_of_finishers_at_once_one_is_first(stores: Stores, ana: Actor, room: RoomId) -> None:
    asked = stores.a_request(room, ana)
    await stores.ask(asked)
    claimed = await stores.taken(asked.lane)
    assert sorted(await asyncio.gather(*(_finish(stores, claimed) for _ in range(5)))) == [False] * 4 + [True]


async def test_lanes_wait_while_they_have_questions_that_nobody_holds(
    stores: Stores, ana: Actor, ben: Actor, room: RoomId
) -> None:
    public, behind = stores.a_request(room, ana), stores.a_request(room, ben)
    personal = stores.a_request(room, ana, personal=True)
    assert await _waiting(stores) == set()
    for request in (public, behind, personal):
        await stores.ask(request)
    assert await _waiting(stores) == {public.lane, personal.lane}
    held = await stores.taken(public.lane)
    assert await _waiting(stores) == {personal.lane}, "the lane is held by the lease on its oldest question"
    stores.clock.advance(60)
    assert await _waiting(stores) == {public.lane, personal.lane}
    assert await _finish(stores, held)
    assert await _waiting(stores) == {public.lane, personal.lane}
    assert await _finish(stores, await stores.taken(behind.lane))
    assert await _finish(stores, await stores.taken(personal.lane), RequestStatus.FAILED)
    assert await _waiting(stores) == set()


async def test_questions_of_messages_are_found_by_asker_room_and_time(
    stores: Stores, ana: Actor, ben: Actor, room: RoomId
) -> None:
    other = await stores.room(ana, ben)

    async def asked(where: RoomId, who: Actor, by_message: bool) -> JarvisRequest:
        message_id = MessageId(stores.ids.new()) if by_message else None
        request = stores.a_request(where, who, message_id=message_id)
        await stores.ask(request)
        return request

    old = await asked(room, ana, by_message=True)
    stores.clock.advance(10)
    since = stores.clock.now()
    new = await asked(room, ana, by_message=True)
    await asked(room, ana, by_message=False)
    his = await asked(room, ben, by_message=True)
    await asked(other, ana, by_message=True)
    newest = await asked(room, ana, by_message=True)
    claimed = await stores.taken(old.lane)

    async def found(message_id: MessageId | None) -> list[RequestId]:
        async with stores.work() as work:
            requests = await work.requests.asked_by_message(room, ana.id, since=since, message_id=message_id)
        return [request.id for request in sorted(requests, key=lambda request: request.created_at)]

    assert await found(None) == [new.id, newest.id]
    assert await found(old.message_id) == [old.id, new.id, newest.id]
    assert await found(new.message_id) == [new.id, newest.id]
    assert await found(his.message_id) == [new.id, newest.id]
    async with stores.work() as work:
        requests = await work.requests.asked_by_message(room, ana.id, since=since, message_id=old.message_id)
    assert claimed in requests, "they come as they stand now"


async def _asked_by(stores: Stores, room: RoomId, asker: Actor, message_id: MessageId) -> JarvisRequest:
    async with stores.work() as work:
        [asked] = await work.requests.asked_by_message(
            room, asker.id, since=stores.clock.now() + LEASE, message_id=message_id
        )
    return asked


@pytest.mark.parametrize("taken_back", ["before", "after"])
@pytest.mark.parametrize("how", ["deleted", "edited"])
@pytest.mark.parametrize("status", [RequestStatus.DONE, RequestStatus.FAILED])
async def test_what_was_asked_goes_with_its_message(
    stores: Stores, ana: Actor, room: RoomId, taken_back: str, how: str, status: RequestStatus
) -> None:
    said = await stores.say(room, ana, "자비스야 언제?")
    request = stores.a_request(room, ana, message_id=said.message_id)
    assert await stores.ask(request)
    claimed = await stores.taken(request.lane)
    if taken_back == "after":
        assert await _finish(stores, claimed, status)
        assert (await _asked_by(stores, room, ana, said.message_id)).prompt == "언제?"
    async with stores.work() as work:
        message = await work.messages.lock(room, said.message_id)
        now = stores.clock.now()
        changed = message.deleted_by_author(ana.id, now) if how == "deleted" else message.edited_by(ana.id, "?", now)
        await work.messages.replace(changed)
    if taken_back == "before":
        assert (await _asked_by(stores, room, ana, said.message_id)).prompt == "언제?", "somebody is answering it"
        assert await _finish(stores, claimed, status)
    kept = (await _asked_by(stores, room, ana, said.message_id)).prompt
    # What failed may be answered again when an operator says so, unless its message is gone.
    assert kept == ("언제?" if (how, status) == ("edited", RequestStatus.FAILED) else "")
    async with stores.work() as work:
        again = await work.backlog.retry()
    assert again == ([request.lane] if kept else [])


async def test_a_days_quota_is_held_also_by_who_asks_all_at_once(stores: Stores, ana: Actor, room: RoomId) -> None:
    quotas = Quotas(stores.work, stores.clock, UTC, DailyQuota(requests=3))
    asking = Asking(stores.work, InMemoryJobQueue(), stores.clock, stores.ids, quotas=quotas)
    asked = [asking.ask(ana, room, Question(f"{n}?", personal=n % 2 == 0)) for n in range(10)]
    outcomes = await asyncio.gather(*asked, return_exceptions=True)
    assert sum(isinstance(outcome, str) for outcome in outcomes) == 3
    assert sum(isinstance(outcome, AiQuotaExceeded) for outcome in outcomes) == 7
