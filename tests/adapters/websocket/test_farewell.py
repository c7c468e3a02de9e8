"""How a server lets its sockets go."""

import asyncio

import pytest

from domain.errors import Unavailable
from domain.ids import RoomId
from domain.users import Actor
from tests.adapters.websocket.rig import Ear, Rig
from tests.builders import FakeClock, eventually

GOING_DOWN = 1001


async def crowd(rig: Rig, count: int) -> tuple[RoomId, Actor, list[Ear]]:
    room_id, (ana,) = await rig.people_in_a_room("Ana")
    return room_id, ana, [await rig.socket(ana, room_id) for _ in range(count)]


def closed(ears: list[Ear]) -> int:
    return sum(ear.close_code == GOING_DOWN for ear in ears)


async def agree(ears: list[Ear]) -> None:
    """What the other side does: it closes, too."""
    for ear in ears:
        if ear.close_code is not None and not ear.wire.closed:
            await ear.connection.end()


async def test_sockets_are_closed_one_after_the_other_and_work_until_their_turn(rig: Rig) -> None:
    clock = rig.jarvis.clock
    assert isinstance(clock, FakeClock)
    room_id, ana, ears = await crowd(rig, 6)
    closing = asyncio.create_task(rig.hub.close(3.0))
    seen = []
    for turn in range(6):
        await eventually(lambda: closed(ears) > turn)  # noqa: B023
        seen.append(closed(ears))
        if turn < 5:
            await clock.sleepers()
            await rig.say(ana, room_id, f"said after {turn} seconds")
            rig.bus.deliver()
            await rig.quiet()
            await agree(ears)
            clock.advance(0.5)
    await agree(ears)
    await closing
    assert seen == [1, 2, 3, 4, 5, 6]
    assert [len(ear.payloads("message.new")) for ear in ears] == [0, 1, 2, 3, 4, 5]


async def test_many_go_in_few_steps(rig: Rig) -> None:
    clock = rig.jarvis.clock
    assert isinstance(clock, FakeClock)
    _, _, ears = await crowd(rig, 50)
    closing = asyncio.create_task(rig.hub.close(0.5))
    steps = 0
    while not closing.done():
        await agree(ears)
        clock.advance(0.05)
        steps += closed(ears) < len(ears)
        await asyncio.sleep(0)
    await closing
    assert closed(ears) == 50


async def test_without_a_while_all_go_at_once(rig: Rig) -> None:
    _, _, ears = await crowd(rig, 3)
    closing = asyncio.create_task(rig.hub.close())
    await eventually(lambda: closed(ears) == 3)
    await agree(ears)
    await closing


async def test_nobody_enters_any_more(rig: Rig) -> None:
    _, ana, ears = await crowd(rig, 1)
    closing = asyncio.create_task(rig.hub.close())
    await eventually(lambda: closed(ears) == 1)
    with pytest.raises(Unavailable):
        await rig.socket(ana)
    await agree(ears)
    await closing
