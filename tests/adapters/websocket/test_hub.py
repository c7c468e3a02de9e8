"""Who is told what on which of their sockets, and what the hub lets go of."""

import asyncio

import pytest

from application.ports.tokens import Claims
from domain.errors import Forbidden, Unavailable
from domain.ids import RoomId
from domain.users import Actor, Rights
from tests.adapters.websocket.rig import Ear, Rig
from tests.builders import eventually

Talk = tuple[RoomId, Actor, Actor]
SIGNED_OUT = 4001


async def test_what_concerns_a_person_goes_to_all_their_sockets(rig: Rig, talk: Talk) -> None:
    room_id, ana, ben = talk
    rig.bus.at_once()
    cho = await rig.jarvis.person("Cho")
    ears = [await rig.socket(cho), await rig.socket(cho)]
    other = await rig.socket(ben)
    await rig.jarvis.rooms.invite(ana, room_id, [cho.id])
    await rig.quiet()
    assert [ear.types for ear in ears] == [["room.added"]] * 2
    assert other.types == []


async def test_a_title_and_an_end_are_told_once_whether_or_not_the_room_is_heard(rig: Rig, talk: Talk) -> None:
    room_id, ana, ben = talk
    rig.bus.at_once()
    ears = [await rig.socket(ana, room_id), await rig.socket(ana), await rig.socket(ben)]
    await rig.jarvis.rooms.rename(ana, room_id, "New")
    await rig.jarvis.rooms.delete(ana, room_id)
    await rig.quiet()
    assert [ear.types[-2:] for ear in ears] == [["room.updated", "room.deleted"]] * 3
    assert [len(ear.events) for ear in ears] == [3, 2, 2]


async def test_a_room_that_went_while_the_bus_was_away_is_told_of_when_rooms_are_compared(rig: Rig, talk: Talk) -> None:
    room_id, ana, _ = talk
    ear = await rig.socket(ana, room_id)
    await rig.say(ana, room_id, "one")
    await rig.jarvis.rooms.delete(ana, room_id)
    rig.bus.lose()
    await rig.hub.compare()
    await rig.quiet()
    assert ear.types == ["room.joined", "room.deleted"]
    await rig.hub.compare()
    await rig.quiet()
    assert ear.types == ["room.joined", "room.deleted"]


async def test_a_revoked_token_closes_its_own_sockets_which_hear_nothing_more(rig: Rig, talk: Talk) -> None:
    room_id, ana, ben = talk
    rig.bus.at_once()
    ear, other = await rig.socket(ana, room_id), await rig.socket(ben, room_id)
    await rig.jarvis.accounts.sign_out(rig.claims(ear))
    await rig.say(ben, room_id, "after")
    await eventually(lambda: ear.close_code is not None)
    await rig.quiet()
    assert (ear.close_code, ear.types) == (SIGNED_OUT, ["room.joined"])
    assert (other.close_code, other.types) == (None, ["room.joined", "message.new"])
    await ear.connection.end()


async def test_an_expired_token_closes_its_socket(rig: Rig, talk: Talk) -> None:
    _, ana, _ = talk
    ear = await rig.socket(ana)
    watch = asyncio.ensure_future(rig.hub.keep_watch(compare_seconds=10**9, look_seconds=1, heartbeat_turns=0))
    await rig.jarvis.clock.sleepers(2)
    rig.jarvis.clock.advance((ear.connection.expires_at - rig.jarvis.clock.now()).total_seconds() - 1)
    await rig.jarvis.clock.sleepers(2)
    assert ear.close_code is None
    rig.jarvis.clock.advance(1)
    await eventually(lambda: ear.close_code == SIGNED_OUT)
    await ear.connection.end()
    watch.cancel()
    await asyncio.gather(watch, return_exceptions=True)


async def gone(rig: Rig, *ears: Ear) -> None:
    for ear in ears:
        await rig.hub.leave(ear.connection)
    await rig.hub.compare()
    await rig.quiet()


async def test_what_nobody_hears_is_heard_no_more(rig: Rig, talk: Talk) -> None:
    room_id, ana, ben = talk
    first, second = await rig.socket(ana, room_id), await rig.socket(ana, room_id)
    assert rig.bus.subjects == {room_id, ana.id}
    await gone(rig, first)
    assert rig.bus.subjects == {room_id, ana.id}
    await gone(rig, second)
    assert rig.bus.subjects == set()
    third = await rig.socket(ben, room_id)
    assert rig.bus.subjects == {room_id, ben.id}
    await rig.say(ana, room_id, "heard")
    rig.bus.deliver()
    await rig.quiet()
    assert third.seqs == [1]


async def test_a_room_is_heard_no_more_once_it_is_gone_or_left_or_its_reader_too_slow(rig: Rig, talk: Talk) -> None:
    room_id, ana, ben = talk
    slow_room = (await rig.jarvis.room(ana, ben)).room.id
    left_room = (await rig.jarvis.room(ana, ben)).room.id
    rig.bus.at_once()
    ear = await rig.socket(ben, room_id, left_room)
    await rig.jarvis.rooms.delete(ana, room_id)
    await rig.jarvis.rooms.leave(ben, left_room)
    slow = await rig.socket(ana, slow_room)
    slow.wire.unread = 1 << 30
    await rig.say(ana, slow_room, "one")
    await rig.quiet()
    await rig.hub.compare()
    await eventually(lambda: rig.bus.subjects == {ana.id, ben.id})
    assert ear.close_code is None


async def test_a_room_refused_is_not_listened_to(rig: Rig, talk: Talk) -> None:
    room_id, _, _ = talk
    cho = await rig.jarvis.person("Cho")
    ear = await rig.socket(cho)
    for _ in range(2):
        try:
            await rig.hub.join(ear.connection, room_id)
        except Forbidden:
            continue
        raise AssertionError("let in")
    await eventually(lambda: rig.bus.subjects == {cho.id})


async def test_everybody_is_told_goodbye_after_what_was_accepted_is_settled(rig: Rig, talk: Talk) -> None:
    room_id, ana, ben = talk
    rig.bus.at_once()
    ears = [await rig.socket(ana, room_id), await rig.socket(ben, room_id)]
    ears[0].connection.sending()
    closing = asyncio.ensure_future(rig.hub.close())
    await eventually(lambda: ears[1].close_code == 1001)
    assert ears[0].close_code is None
    ears[0].connection.tell("message.ack", {})
    ears[0].connection.sent()
    await eventually(lambda: ears[0].close_code == 1001)
    assert ears[0].types == ["room.joined", "message.ack"]
    for ear in ears:
        await ear.connection.end()
    await closing


async def test_who_was_signed_out_while_the_bus_was_away_is_put_out_when_it_comes_back(rig: Rig, talk: Talk) -> None:
    room_id, ana, ben = talk
    ears = [await rig.socket(ana, room_id), await rig.socket(ben, room_id)]
    await rig.jarvis.accounts.sign_out(rig.claims(ears[0]))
    rig.bus.lose()
    await rig.quiet()
    assert ears[0].close_code is None
    rig.bus.come_back()
    await eventually(lambda: ears[0].close_code == SIGNED_OUT)
    assert ears[1].close_code is None


async def test_nobody_is_put_out_because_the_store_is_away(
    rig: Rig, talk: Talk, monkeypatch: pytest.MonkeyPatch
) -> None:
    room_id, ana, _ = talk
    ear = await rig.socket(ana, room_id)
    asked: list[Claims] = []

    async def away(claims: Claims, _: Rights | None) -> bool:
        asked.append(claims)
        raise Unavailable

    monkeypatch.setattr(rig.hub, "_may_stay", away)
    rig.bus.come_back()
    await eventually(lambda: asked == [rig.claims(ear)])
    await rig.quiet()
    assert ear.close_code is None
