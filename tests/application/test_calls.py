"""The calls of rooms: who comes and goes, and what is told of it."""

import asyncio

import pytest

from adapters.memory.call_board import InMemoryCallBoard
from application.calls import KEEP_SECONDS, Calls
from domain.call_events import CallEnded, CallJoined, CallLeft, CallStarted, events_of
from domain.calls import Call, CallChange, Seat, SignalType
from domain.errors import Forbidden, NotFound
from domain.ids import CallId, RoomId
from domain.users import Actor
from tests.builders import eventually
from tests.in_memory import InMemoryJarvis


@pytest.fixture
async def talk(jarvis: InMemoryJarvis) -> tuple[RoomId, Actor, Actor]:
    ana, ben = await jarvis.people("Ana", "Ben")
    return (await jarvis.room(ana, ben)).room.id, ana, ben


async def test_a_call_is_for_members_to_see(jarvis: InMemoryJarvis, talk: tuple[RoomId, Actor, Actor]) -> None:
    room_id, ana, ben = talk
    await jarvis.calls.join(ana, room_id, "1")
    call = await jarvis.calls.current(ben, room_id)
    assert call is not None
    assert [one.user_id for one in call.participants] == [ana.id]
    with pytest.raises(Forbidden):
        await jarvis.calls.current(await jarvis.person("Olga"), room_id)


async def test_what_is_for_somebody_outside_is_passed_on_to_nobody(
    jarvis: InMemoryJarvis, talk: tuple[RoomId, Actor, Actor]
) -> None:
    room_id, ana, _ = talk
    olga, told = await jarvis.person("Olga"), len(jarvis.recorder.events)
    with pytest.raises(NotFound):
        await jarvis.calls.signal(ana, room_id, SignalType.OFFER, {"sdp": "x"}, "1", olga.id)
    assert len(jarvis.recorder.events) == told
    assert await jarvis.calls.current(ana, room_id) is None


async def test_a_connection_that_is_dropped_is_out_of_that_rooms_call_alone(
    jarvis: InMemoryJarvis, talk: tuple[RoomId, Actor, Actor]
) -> None:
    room_id, ana, _ = talk
    other = (await jarvis.room(ana)).room.id
    for room in (room_id, other):
        await jarvis.calls.join(ana, room, "1")
    jarvis.calls.dropped("1", room_id)
    jarvis.calls.dropped("2", other)
    await jarvis.calls.settled()
    assert await jarvis.calls.current(ana, room_id) is None
    assert await jarvis.calls.current(ana, other) is not None
    assert [event.room_id for event in jarvis.recorder.of(CallEnded)] == [room_id]


class OneDied(InMemoryCallBoard):
    """A board on which another server's seat is found to be gone."""

    def __init__(self, change: CallChange) -> None:
        super().__init__()
        self.changes = [change]

    async def keep(self) -> list[CallChange]:
        changes, self.changes = self.changes, []
        return changes


async def test_those_of_a_server_that_died_are_told_of_by_the_clock(
    jarvis: InMemoryJarvis, talk: tuple[RoomId, Actor, Actor]
) -> None:
    room_id, ana, ben = talk
    now = jarvis.clock.now()
    seats = (Seat("1", ana.id, now, signalled=False), Seat("2", ben.id, now, signalled=False))
    before = Call(CallId(jarvis.ids.new()), room_id, ana.id, now, seats=seats)
    after = before.without(lambda seat: seat.user_id == ben.id)
    board = OneDied(CallChange(before, after))
    calls = Calls(jarvis.work, board, jarvis.publication, jarvis.clock, jarvis.ids)
    watching = asyncio.create_task(calls.keep_watch())
    await jarvis.clock.sleepers()
    assert jarvis.recorder.of(CallLeft) == []
    jarvis.clock.advance(KEEP_SECONDS)
    await eventually(lambda: bool(jarvis.recorder.of(CallLeft)))
    watching.cancel()
    [left] = jarvis.recorder.of(CallLeft)
    assert left.user_id == ben.id


def test_a_call_in_the_place_of_another_is_told_as_an_end_and_a_beginning(jarvis: InMemoryJarvis) -> None:
    now = jarvis.clock.now()
    room_id, one, other = RoomId(jarvis.ids.new()), jarvis.ids.new(), jarvis.ids.new()
    first, second = (
        Call(CallId(jarvis.ids.new()), room_id, user, now, seats=(Seat("1", user, now, signalled=True),))  # type: ignore[arg-type]
        for user in (one, other)
    )
    told = events_of(CallChange(first, second))
    assert [type(event) for event in told] == [CallLeft, CallEnded, CallStarted]
    assert events_of(CallChange(first, first)) == []
    assert [type(event) for event in events_of(CallChange(None, first))] == [CallStarted]
    assert CallJoined not in map(type, told)
