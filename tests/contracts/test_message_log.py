"""Sending: each message once, in order, by members alone."""

import asyncio
from dataclasses import replace

import pytest

from application.ports.message_log import Posted
from domain.errors import ClientTempIdReused, Forbidden
from domain.events import MemberRemoved, MessagePosted
from domain.ids import RoomId
from domain.jarvis import RequestStatus
from domain.users import Actor
from tests.contracts.stores import Stores


async def test_sends_take_effect_in_the_order_of_the_calls(
    stores: Stores, ana: Actor, ben: Actor, room: RoomId
) -> None:
    other = await stores.room(ben)
    sends = [
        stores.say(other if number % 3 == 0 else room, ben if number % 2 else ana, f"{number}")
        for number in range(60)
        if number % 3 or number % 2
    ]
    posted = await asyncio.gather(*sends)
    for where in (room, other):
        messages = await stores.page(where)
        assert [message.seq for message in messages] == list(range(1, len(messages) + 1))
        assert [int(message.content) for message in messages] == sorted(int(message.content) for message in messages)
        ours = [one for one in posted if one.message_id in {message.id for message in messages}]
        assert ours == [Posted(message.id, message.seq) for message in messages]


async def test_what_is_acknowledged_was_kept_and_is_published_once(stores: Stores, ana: Actor, room: RoomId) -> None:
    posted = await stores.say(room, ana, "안녕", "t1")
    (message,) = await stores.page(room)
    assert posted == Posted(message.id, 1)
    (published,) = stores.recorder.logged(room)
    assert (published.seq, published.event) == (1, MessagePosted(room, message))


async def test_a_repeated_send_finds_its_first_self(stores: Stores, ana: Actor, room: RoomId) -> None:
    first = await stores.say(room, ana, "once", "t1")
    await stores.say(room, ana, "between")
    again = await stores.say(room, ana, "once", "t1")
    assert again == Posted(first.message_id, first.seq, repeated=True)
    assert [message.content for message in await stores.page(room)] == ["once", "between"]
    assert [event.seq for event in stores.recorder.logged(room)] == [1, 2]


async def test_fifty_duplicates_at_once_are_one_message(stores: Stores, ana: Actor, ben: Actor, room: RoomId) -> None:
    sends = [stores.say(room, ana, "once", "t1") for _ in range(25)]
    await asyncio.sleep(0)
    sends += [stores.say(room, ana, "once", "t1") for _ in range(25)]
    sends.append(stores.say(room, ben, "after"))
    *posted, after = await asyncio.gather(*sends)
    (once, _) = await stores.page(room)
    assert {(one.message_id, one.seq) for one in posted} == {(once.id, 1)}
    assert sorted(one.repeated for one in posted) == [False] + [True] * 49
    assert after.seq == 2
    assert [event.seq for event in stores.recorder.logged(room)] == [1, 2]


async def test_a_client_id_used_for_other_text_is_refused(stores: Stores, ana: Actor, room: RoomId) -> None:
    first = await stores.say(room, ana, "one", "t1")
    with pytest.raises(ClientTempIdReused):
        await stores.say(room, ana, "two", "t1")
    in_flight = [stores.say(room, ana, text, "t2") for text in ("three", "four", "three")]
    three, four, again = await asyncio.gather(*in_flight, return_exceptions=True)
    assert isinstance(four, ClientTempIdReused)
    assert isinstance(three, Posted)
    assert again == Posted(three.message_id, three.seq, repeated=True)
    assert [(message.id, message.content) for message in await stores.page(room)] == [
        (first.message_id, "one"),
        (three.message_id, "three"),
    ]
    assert [event.seq for event in stores.recorder.logged(room)] == [1, 2]


async def test_a_retry_is_known_by_what_was_first_sent(stores: Stores, ana: Actor, room: RoomId) -> None:
    edited, deleted = await stores.say(room, ana, "one", "t1"), await stores.say(room, ana, "two", "t2")
    await stores.edit(room, edited.message_id, ana, "changed")
    await stores.delete(room, deleted.message_id, ana)
    assert await stores.say(room, ana, "one", "t1") == Posted(edited.message_id, 1, repeated=True)
    assert await stores.say(room, ana, "two", "t2") == Posted(deleted.message_id, 2, repeated=True)
    with pytest.raises(ClientTempIdReused):
        await stores.say(room, ana, "changed", "t1")


async def test_client_ids_belong_to_a_sender_in_a_room(stores: Stores, ana: Actor, ben: Actor, room: RoomId) -> None:
    other = await stores.room(ana)
    posted = await asyncio.gather(
        stores.say(room, ana, "mine", "t1"), stores.say(room, ben, "his", "t1"), stores.say(other, ana, "there", "t1")
    )
    assert [one.repeated for one in posted] == [False] * 3
    assert len({one.message_id for one in posted}) == 3


async def test_without_a_client_id_the_same_text_is_said_twice(stores: Stores, ana: Actor, room: RoomId) -> None:
    await asyncio.gather(stores.say(room, ana, "ㅋㅋ"), stores.say(room, ana, "ㅋㅋ"))
    assert [message.content for message in await stores.page(room)] == ["ㅋㅋ", "ㅋㅋ"]


async def test_only_members_are_heard(stores: Stores, ana: Actor, outsider: Actor, room: RoomId) -> None:
    sends = [
        stores.say(room, ana, "first"),
        stores.say(room, outsider, "not a member"),
        stores.say(RoomId(stores.ids.new()), ana, "no such room"),
        stores.say(room, ana, "second"),
    ]
    first, stranger, nowhere, second = await asyncio.gather(*sends, return_exceptions=True)
    assert isinstance(stranger, Forbidden)
    assert isinstance(nowhere, Forbidden)
    assert isinstance(first, Posted)
    assert isinstance(second, Posted)
    assert (first.seq, second.seq) == (1, 2)
    assert [message.content for message in await stores.page(room)] == ["first", "second"]


async def test_who_has_left_is_not_heard(stores: Stores, ben: Actor, room: RoomId) -> None:
    await stores.say(room, ben, "here")
    await stores.rooms.leave(ben, room)
    with pytest.raises(Forbidden):
        await stores.say(room, ben, "gone")
    assert [message.content for message in await stores.page(room)] == ["here"]


async def test_who_comes_back_is_heard_again(stores: Stores, ana: Actor, ben: Actor, room: RoomId) -> None:
    await stores.say(room, ben, "here")
    await stores.rooms.leave(ben, room)
    await stores.rooms.invite(ana, room, [ben.id])
    assert (await stores.say(room, ben, "back")).seq == 4


async def test_a_deleted_room_takes_no_more(stores: Stores, ana: Actor, room: RoomId) -> None:
    await stores.say(room, ana, "here")
    await stores.rooms.delete(ana, room)
    with pytest.raises(Forbidden):
        await stores.say(room, ana, "gone")


async def test_a_bad_send_does_not_harm_those_beside_it(
    stores: Stores, ana: Actor, outsider: Actor, room: RoomId
) -> None:
    await stores.say(room, ana, "old", "t0")
    sends = []
    for number in range(20):
        sends.append(stores.say(room, ana, f"{number}", f"t{number + 1}"))
        sends.append(stores.say(room, ana, "other text", "t0"))
        sends.append(stores.say(room, outsider, "hello"))
        sends.append(stores.say(room, ana, "old", "t0"))
    results = await asyncio.gather(*sends, return_exceptions=True)
    assert all(isinstance(result, ClientTempIdReused) for result in results[1::4])
    assert all(isinstance(result, Forbidden) for result in results[2::4])
    assert all(isinstance(result, Posted) and result.repeated for result in results[3::4])
    assert [message.content for message in await stores.page(room)] == ["old", *map(str, range(20))]
    assert [event.seq for event in stores.recorder.logged(room)] == list(range(1, 22))


async def test_nobody_is_heard_past_their_removal(stores: Stores, ana: Actor, room: RoomId) -> None:
    """However sends and leaving meet, a message of a person is either before their MemberRemoved or refused."""
    for round_ in range(5):
        guest = await stores.person(f"Guest{round_}")
        await stores.rooms.invite(ana, room, [guest.id])
        before = [stores.say(room, guest, "before") for _ in range(5)]
        leaving = asyncio.ensure_future(stores.rooms.leave(guest, room))
        during = []
        for _ in range(10):
            during.append(stores.say(room, guest, "during"))
            during.append(stores.say(room, ana, "still here"))
            await asyncio.sleep(0)
        await leaving
        results = await asyncio.gather(*before, *during, return_exceptions=True)
        refused = sum(isinstance(result, Forbidden) for result in results)
        events = await stores.log(room)
        (removed,) = [event.seq for event in events if event.event == MemberRemoved(room, guest.id, guest.name)]
        said = [
            event.seq
            for event in events
            if isinstance(event.event, MessagePosted) and event.event.message.sender_id == guest.id
        ]
        assert all(seq < removed for seq in said)
        assert len(said) + refused == 15
        assert [event.seq for event in events] == list(range(1, len(events) + 1))


async def test_the_question_in_a_message_is_kept_with_it(stores: Stores, ana: Actor, room: RoomId) -> None:
    first, retry = [stores.new_message(room, ana, "자비스야 언제?", "t1") for _ in range(2)]
    request, again = [stores.a_request(room, ana, message_id=new.id) for new in (first, retry)]
    await stores.message_log.append(first._replace(request=request))
    await stores.message_log.append(retry._replace(request=again))
    now = stores.clock.now()
    async with stores.work() as work:
        assert await work.backlog.waiting(now=now) == [request.lane]
        claimed = await work.requests.claim(request.lane, now=now, until=now)
        assert claimed == replace(request, status=RequestStatus.RUNNING, attempt=1)
        assert await work.requests.asked_by_message(room, ana.id, since=request.created_at) == [claimed]
