"""One socket: what it is handed, when it is too slow, and how it ends."""

import asyncio

import pytest

from adapters.websocket.framing import text_frame
from domain.ids import RoomId
from domain.users import Actor
from tests.adapters.websocket.rig import Ear, Rig
from tests.builders import eventually

Talk = tuple[RoomId, Actor, Actor]
TOO_SLOW = 4008
LIMIT = 1000


@pytest.fixture
async def ear() -> Ear:
    """A socket whose reader has stopped, and for whom 1000 bytes may wait."""
    rig = Rig(buffer=LIMIT)
    ear = await rig.socket(await rig.jarvis.person("Ana"))
    ear.wire.keeps = True
    return ear


def hand(ear: Ear, size: int) -> None:
    """Write one frame of this size."""
    overhead = len(text_frame(b"x" * size)) - size
    ear.connection.write(text_frame(b'"' + b"x" * (size - overhead - 2) + b'"'))
    ear.connection.flush()


async def test_as_much_as_the_limit_may_wait(ear: Ear) -> None:
    for _ in range(10):
        hand(ear, 100)
    assert ear.wire.unread == LIMIT
    hand(ear, 100)
    assert ear.close_code is None


async def test_a_reader_who_is_further_behind_is_closed_after_what_waits(ear: Ear) -> None:
    for _ in range(12):
        hand(ear, 100)
    assert ear.close_code == TOO_SLOW
    assert len(ear.wire.writes) == 12, "eleven frames, and the end"
    assert ear.wire.closed
    assert not ear.wire.aborted
    assert ear.connection.is_closing
    hand(ear, 100)
    assert len(ear.wire.writes) == 12


async def test_one_large_frame_alone_overflows_nothing(ear: Ear) -> None:
    hand(ear, 50 * LIMIT)
    for _ in range(10):
        hand(ear, 100)
    assert ear.close_code is None
    hand(ear, 100)
    hand(ear, 100)
    assert ear.close_code == TOO_SLOW


async def test_what_a_large_frame_took_counts_again_once_it_is_read(ear: Ear) -> None:
    hand(ear, 50 * LIMIT)
    ear.wire.unread = 0
    for _ in range(12):
        hand(ear, 100)
    assert ear.close_code == TOO_SLOW


async def test_a_reader_who_catches_up_is_kept(ear: Ear) -> None:
    for _ in range(10):
        for _ in range(10):
            hand(ear, 100)
        ear.wire.unread = 0
    assert ear.close_code is None


async def test_who_is_too_slow_is_let_go_by_every_room(talk: Talk, rig: Rig) -> None:
    room_id, ana, ben = talk
    rig.bus.at_once()
    slow, quick = await rig.socket(ben, room_id), await rig.socket(ana, room_id)
    slow.wire.unread = 1 << 30
    await rig.say(ana, room_id, "one", "two")
    await rig.quiet()
    assert slow.close_code == TOO_SLOW
    assert quick.seqs == [1, 2]
    assert slow.connection.channels == {}
    await rig.say(ana, room_id, "three")
    await rig.quiet()
    assert slow.seqs == []


async def test_closing_says_why_and_waits_for_the_other_side(talk: Talk, rig: Rig) -> None:
    _, ana, _ = talk
    ear = await rig.socket(ana)
    ear.connection.tell("error", {"message": "BAD_JSON"})
    closing = asyncio.ensure_future(ear.connection.close(4001, "signed out"))
    await eventually(lambda: ear.close_code is not None)
    assert ear.types == ["error"], "what waited is said before the end"
    assert not closing.done()
    await ear.connection.end()
    await closing
    assert ear.wire.closed
    assert not ear.wire.aborted


async def test_a_socket_that_answers_no_ping_is_ended(rig: Rig, talk: Talk) -> None:
    _, ana, _ = talk
    dead, alive = await rig.socket(ana), await rig.socket(ana)
    watch = asyncio.ensure_future(rig.hub.keep_watch(compare_seconds=600, look_seconds=1, heartbeat_turns=1))
    for _ in range(3):
        await rig.jarvis.clock.sleepers(2)
        rig.jarvis.clock.advance(1)
        await rig.jarvis.clock.sleepers(2)
        alive.connection.is_alive = True
    assert dead.wire.aborted
    assert not alive.wire.aborted
    watch.cancel()
    await asyncio.gather(watch, return_exceptions=True)


async def test_sends_that_are_underway_are_waited_for(rig: Rig, talk: Talk) -> None:
    _, ana, _ = talk
    connection = (await rig.socket(ana)).connection
    for _ in range(3):
        connection.sending()
    below_three = asyncio.ensure_future(connection.unsettled_below(3))
    at_rest = asyncio.ensure_future(connection.at_rest())
    await asyncio.sleep(0)
    assert not below_three.done()
    connection.sent()
    await below_three
    assert not at_rest.done()
    connection.sent()
    connection.sent()
    await at_rest
