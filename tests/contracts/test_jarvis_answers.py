"""How answers come about, and what people say meanwhile, as every store keeps it."""

from dataclasses import replace
from datetime import timedelta

from application.ports.chat_model import Round, Said, ToolCall
from domain.answers import AnswerRecord, Confirmation, Leave, Usage
from domain.citations import Citation
from domain.events import AnswerPosted
from domain.ids import MessageId, RequestId, RoomId
from domain.jarvis import JarvisRequest, RequestStatus
from domain.messages import Message, SenderType
from domain.users import Actor
from tests.contracts.stores import Stores

LEASE = timedelta(seconds=15)


async def _asked(stores: Stores, room: RoomId, asker: Actor, *, personal: bool = False) -> JarvisRequest:
    request = stores.a_request(room, asker, personal=personal)
    assert await stores.ask(request)
    return request


async def _rounds(stores: Stores, request: JarvisRequest) -> list[Round]:
    async with stores.work() as work:
        return list(await work.answers.rounds(request.id))


async def test_rounds_are_kept_as_they_come(stores: Stores, ana: Actor, room: RoomId) -> None:
    request = await _asked(stores, room, ana)
    said = await stores.say(room, ana, "목요일이요")
    source = Said("Ana", "목요일이요", stores.clock.now(), said.message_id, room, 3)
    calls = (ToolCall("c1", "look_up", '{"q": "출시"}'), ToolCall("c2", "add", "no JSON"))
    first = Round("잠깐만요", calls)
    for kept in (first, replace(first, results=("[]",)), replace(first, results=("[]", "{}"), sources=(source,))):
        async with stores.work() as work:
            await work.answers.keep_round(request.id, 0, kept)
        assert await _rounds(stores, request) == [kept]
    async with stores.work() as work:
        await work.answers.keep_round(request.id, 1, Round("", (ToolCall("c1", "add", "{}"),)))
    assert len(await _rounds(stores, request)) == 2
    async with stores.work() as work:
        await work.answers.forget_rounds(request.id)
    assert await _rounds(stores, request) == []


async def test_what_answers_took_is_added_up_by_person_and_day(
    stores: Stores, ana: Actor, ben: Actor, room: RoomId
) -> None:
    early = await _asked(stores, room, ana)
    stores.clock.advance(100)
    since = stores.clock.now()
    requests = [await _asked(stores, room, ana), await _asked(stores, room, ana), await _asked(stores, room, ben)]
    for number, request in enumerate([early, *requests]):
        async with stores.work() as work:
            await work.answers.note(request.id, AnswerRecord("m", 10 * number, number, 5, 50))
    async with stores.work() as work:
        assert await work.ai_usage.since(ana.id, since) == Usage(2, 33)
        assert await work.ai_usage.since(ben.id, since) == Usage(1, 33)
        assert await work.ai_usage.since(ana.id, stores.clock.now() + LEASE) == Usage(0, 0)


async def test_what_several_attempts_took_is_added_up(stores: Stores, ana: Actor, room: RoomId) -> None:
    request = await _asked(stores, room, ana)
    for record in (AnswerRecord("m", 10, 1, 5, 50), AnswerRecord("", 7, 2, None, 60), AnswerRecord("n", 1, 1, 9, None)):
        async with stores.work() as work:
            await work.answers.note(request.id, record)
    async with stores.work() as work:
        assert await work.ai_usage.since(ana.id, request.created_at) == Usage(1, 22)


async def test_what_was_cancelled_is_not_set_aside(stores: Stores, ana: Actor, room: RoomId) -> None:
    stopped, failed = await _asked(stores, room, ana), await _asked(stores, room, ana)
    now = stores.clock.now()
    async with stores.work() as work:
        await work.interventions.cancel(stopped.public_id, ana.id)
        for request, code in ((stopped, "CANCELLED"), (failed, "ABANDONED")):
            assert await work.requests.finish(request.id, 0, RequestStatus.FAILED, at=now, failure=code)
    async with stores.work() as work:
        assert (await work.backlog.depth(now=now)).set_aside == 1
        assert [one.id for one in await work.backlog.listed(take=9)] == [failed.id]
        assert await work.backlog.retry(stopped.id) == []
        assert await work.backlog.retry() == [failed.lane]


async def test_the_asker_cancels(stores: Stores, ana: Actor, ben: Actor, room: RoomId) -> None:
    request = await _asked(stores, room, ben)
    async with stores.work() as work:
        assert not await work.interventions.is_cancelled(request.id)
        cancelled = await work.interventions.cancel(request.public_id, ben.id)
    assert cancelled is not None
    assert (cancelled.id, cancelled.cancelled, cancelled.status) == (request.id, True, RequestStatus.QUEUED)
    async with stores.work() as work:
        assert await work.interventions.is_cancelled(request.id)
        now = stores.clock.now()
        claimed = await work.requests.claim(request.lane, now=now, until=now + LEASE)
    assert claimed is not None
    assert claimed.cancelled


async def test_the_rooms_owner_cancels_what_is_public(
    stores: Stores, ana: Actor, ben: Actor, outsider: Actor, room: RoomId
) -> None:
    public, personal = await _asked(stores, room, ben), await _asked(stores, room, ben, personal=True)
    async with stores.work() as work:
        assert await work.interventions.cancel(public.public_id, outsider.id) is None
        assert await work.interventions.cancel(personal.public_id, ana.id) is None
        assert await work.interventions.cancel(public.public_id, ana.id) is not None
        assert await work.interventions.cancel("none", ana.id) is None


async def test_what_is_finished_cannot_be_cancelled(stores: Stores, ana: Actor, room: RoomId) -> None:
    request = await _asked(stores, room, ana)
    async with stores.work() as work:
        now = stores.clock.now()
        claimed = await work.requests.claim(request.lane, now=now, until=now + LEASE)
        assert claimed is not None
        assert await work.requests.finish(request.id, claimed.attempt, RequestStatus.DONE, at=now)
    async with stores.work() as work:
        assert await work.interventions.cancel(request.public_id, ana.id) is None


async def test_only_the_asker_decides_once_and_in_time(stores: Stores, ana: Actor, ben: Actor, room: RoomId) -> None:
    request = await _asked(stores, room, ana)
    expires = stores.clock.now() + timedelta(minutes=5)
    asked = [Confirmation(request.id, f"0-{n}", ana.id, "room_add_user", f"Invite {n}?", expires) for n in range(3)]
    async with stores.work() as work:
        for one in asked:
            assert await work.interventions.ask_leave(one) == one
        assert await work.interventions.leave(request.id, "0-0") is Leave.WAITING
        assert await work.interventions.leave(request.id, "9-9") is Leave.REFUSED
        decide, now = work.interventions.decide, stores.clock.now()
        assert not await decide(ben.id, request.public_id, "0-0", Leave.GIVEN, at=now)
        assert not await decide(ana.id, "other", "0-0", Leave.GIVEN, at=now)
        assert await decide(ana.id, request.public_id, "0-0", Leave.GIVEN, at=now)
        assert not await decide(ana.id, request.public_id, "0-0", Leave.REFUSED, at=now)
        assert await decide(ana.id, request.public_id, "0-1", Leave.REFUSED, at=now)
        assert not await decide(ana.id, request.public_id, "0-2", Leave.GIVEN, at=expires)
    async with stores.work() as work:
        leaves = [await work.interventions.leave(request.id, one.call_id) for one in asked]
        again = replace(asked[0], summary="other", expires_at=expires + LEASE)
        assert await work.interventions.ask_leave(again) == replace(asked[0], leave=Leave.GIVEN)
    assert leaves == [Leave.GIVEN, Leave.REFUSED, Leave.WAITING]


async def test_an_answer_shows_what_it_cites_as_that_stands_now(stores: Stores, ana: Actor, room: RoomId) -> None:
    kept, gone = await stores.say(room, ana, "목요일\n정오"), await stores.say(room, ana, "비밀번호는 1234")
    request = await _asked(stores, room, ana)
    answer = await _answered(stores, room, request, [kept.message_id, gone.message_id])
    expected = (
        Citation(kept.message_id, room, 1, "목요일 정오"),
        Citation(gone.message_id, room, 2, "비밀번호는 1234"),
    )
    assert (await stores.page(room))[-1].citations == expected
    await stores.delete(room, gone.message_id, ana)
    await stores.edit(room, kept.message_id, ana, "금요일")
    now = (replace(expected[0], excerpt="금요일"), replace(expected[1], excerpt=""))
    assert next(message for message in await stores.page(room) if message.id == answer).citations == now
    [posted] = [one.event for one in await stores.log(room) if isinstance(one.event, AnswerPosted)]
    assert posted.message.citations == now


async def _answered(stores: Stores, room: RoomId, request: JarvisRequest, cited: list[MessageId]) -> MessageId:
    texts = {message.id: message.content for message in await stores.page(room)}
    async with stores.work() as work:
        place = await work.rooms.lock(room)
        citations = tuple(
            Citation(id_, room, ref, " ".join(texts[id_].split())) for ref, id_ in enumerate(cited, start=1)
        )
        message = Message(
            MessageId(stores.ids.new()), room, place.last_seq + 1, SenderType.BOT, None, "그래요 [1][2]",
            stores.clock.now(), request_id=RequestId(request.id), citations=citations,
        )  # fmt: skip
        await work.messages.add(message)
        work.record(AnswerPosted(room, message, request.public_id))
    return message.id


async def test_a_room_takes_all_of_it_along(stores: Stores, ana: Actor, room: RoomId) -> None:
    request = await _asked(stores, room, ana)
    async with stores.work() as work:
        await work.answers.keep_round(request.id, 0, Round("", (ToolCall("c", "add", "{}"),)))
        await work.answers.note(request.id, AnswerRecord("m", 1, 1))
        confirmation = Confirmation(request.id, "0-0", ana.id, "add", "?", stores.clock.now() + LEASE)
        await work.interventions.ask_leave(confirmation)
    async with stores.work() as work:
        await work.rooms.delete(room)
    assert await _rounds(stores, request) == []
    async with stores.work() as work:
        assert await work.interventions.leave(request.id, "0-0") is Leave.REFUSED
