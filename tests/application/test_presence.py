"""Who comes and goes is told to those who share a room with them and are there."""

from collections.abc import Sequence

import pytest

from adapters.memory.presence import InMemoryPresenceBoard
from application.presence import Presence
from domain.errors import Unavailable
from domain.events import PresenceChanged
from domain.presence import Turn
from domain.users import Actor
from tests.builders import START
from tests.in_memory import InMemoryJarvis


def told(jarvis: InMemoryJarvis) -> list[tuple[set[object], object, bool]]:
    changes = jarvis.recorder.of(PresenceChanged)
    return [(set(change.told), change.user_id, change.is_online) for change in changes]


async def test_a_change_is_told_once_to_companions_who_are_there(
    jarvis: InMemoryJarvis, ana: Actor, ben: Actor, outsider: Actor
) -> None:
    cho = await jarvis.person("Cho")
    for room in range(3):
        await jarvis.room(ana, ben, cho, title=str(room))
    jarvis.recorder.events.clear()
    await jarvis.presence.arrived(outsider, "o")
    await jarvis.presence.arrived(ben, "b")
    assert jarvis.recorder.events == [], "nobody who shares a room is there"
    await jarvis.presence.arrived(ana, "1")
    await jarvis.presence.arrived(ana, "2")
    assert told(jarvis) == [({ben.id}, ana.id, True)]
    await jarvis.presence.departed(ana, "1")
    assert len(told(jarvis)) == 1
    jarvis.clock.advance(60)
    await jarvis.presence.departed(ana, "2")
    assert told(jarvis)[1:] == [({ben.id}, ana.id, False)]
    [came, went] = jarvis.recorder.of(PresenceChanged)
    assert came.last_seen_at is None
    assert went.last_seen_at == jarvis.clock.now()
    assert came.number < went.number
    await jarvis.presence.departed(ana, "2")
    assert len(told(jarvis)) == 2


async def test_somebody_taken_out_is_told_no_more(jarvis: InMemoryJarvis, ana: Actor, ben: Actor) -> None:
    room_id = (await jarvis.room(ana, ben)).room.id
    await jarvis.presence.arrived(ben, "b")
    await jarvis.roles.remove(ana, room_id, ben.id)
    jarvis.recorder.events.clear()
    await jarvis.presence.arrived(ana, "a")
    assert jarvis.recorder.events == []


class TurningBoard(InMemoryPresenceBoard):
    """A board that has turns to tell."""

    def __init__(self, *waiting: Turn) -> None:
        super().__init__()
        self.waiting = list(waiting)

    async def turns(self) -> Sequence[Turn]:
        waiting, self.waiting = self.waiting, []
        return waiting


@pytest.fixture
async def pair(jarvis: InMemoryJarvis, ana: Actor, ben: Actor) -> tuple[Actor, Actor]:
    await jarvis.room(ana, ben)
    jarvis.recorder.events.clear()
    return ana, ben


async def test_who_was_on_a_server_that_died_is_told_of_and_written_down(
    jarvis: InMemoryJarvis, pair: tuple[Actor, Actor]
) -> None:
    ana, ben = pair
    board = TurningBoard(Turn(ana.id, False, 7, START))
    presence = Presence(jarvis.work, board, jarvis.publication, jarvis.clock)
    await board.arrive(ben.id, "b")
    jarvis.clock.advance(40)
    await presence.look_around()
    assert jarvis.recorder.events == [PresenceChanged((ben.id,), ana.id, False, START, 7)]
    await presence.look_around()
    assert len(jarvis.recorder.events) == 1
    async with jarvis.work() as work:
        user = await work.users.find(ana.id)
    assert user is not None
    assert user.last_seen_at == START


async def test_what_cannot_be_told_now_is_told_later(jarvis: InMemoryJarvis, pair: tuple[Actor, Actor]) -> None:
    ana, ben = pair
    away = True

    def work():  # type: ignore[no-untyped-def]
        if away:
            raise Unavailable
        return jarvis.work()

    board = TurningBoard(Turn(ana.id, False, 7, START))
    presence = Presence(work, board, jarvis.publication, jarvis.clock)
    await board.arrive(ben.id, "b")
    await presence.arrived(ana, "a")
    await presence.look_around()
    assert jarvis.recorder.events == []
    away = False
    await presence.look_around()
    assert [change.is_online for change in jarvis.recorder.of(PresenceChanged)] == [True, False]


async def test_who_moves_on_to_another_server_is_not_gone(jarvis: InMemoryJarvis, pair: tuple[Actor, Actor]) -> None:
    ana, ben = pair
    await jarvis.presence.arrived(ana, "a")
    await jarvis.presence.arrived(ben, "b")
    jarvis.recorder.events.clear()
    await jarvis.presence.moved_on(ana)
    assert jarvis.recorder.events == []
    assert await jarvis.board.online([ana.id]) == {ana.id}
