"""Who types is told, and that it ends: by a word, by itself, or with the connection."""

import pytest

from domain.events import TypingChanged
from domain.ids import RoomId
from domain.users import Actor
from tests.builders import eventually
from tests.in_memory import InMemoryJarvis


@pytest.fixture
async def room(jarvis: InMemoryJarvis, ana: Actor, ben: Actor) -> RoomId:
    room_id = (await jarvis.room(ana, ben)).room.id
    jarvis.recorder.events.clear()
    return room_id


def told(jarvis: InMemoryJarvis) -> list[bool]:
    return [event.is_typing for event in jarvis.recorder.of(TypingChanged)]


async def pass_time(jarvis: InMemoryJarvis, seconds: float) -> None:
    """Let half seconds pass, and everybody wake in each."""
    for _ in range(round(seconds * 2)):
        await jarvis.clock.sleepers()
        jarvis.clock.advance(0.5)
    await eventually(lambda: True)


async def test_it_is_told_and_ends_by_a_word(jarvis: InMemoryJarvis, ana: Actor, room: RoomId) -> None:
    jarvis.typing.begins(ana, room, "1")
    assert jarvis.recorder.events == [TypingChanged(room, ana.id, True)]
    jarvis.clock.advance(2)
    jarvis.typing.ends(ana, room, "1")
    assert jarvis.recorder.events[1:] == [TypingChanged(room, ana.id, False)]
    jarvis.typing.ends(ana, room, "1")
    assert len(jarvis.recorder.events) == 2


async def test_it_ends_by_itself(jarvis: InMemoryJarvis, ana: Actor, room: RoomId) -> None:
    jarvis.typing.begins(ana, room, "1")
    await pass_time(jarvis, 5.5)
    assert told(jarvis) == [True]
    await pass_time(jarvis, 0.5)
    await jarvis.recorder.until(TypingChanged, 2)
    assert told(jarvis) == [True, False]
    jarvis.typing.begins(ana, room, "1")
    await pass_time(jarvis, 6)
    await jarvis.recorder.until(TypingChanged, 4)
    assert told(jarvis) == [True, False, True, False]


async def test_who_goes_on_is_told_of_again_but_not_too_often(jarvis: InMemoryJarvis, ana: Actor, room: RoomId) -> None:
    for _ in range(40):
        jarvis.typing.begins(ana, room, "1")
        jarvis.clock.advance(0.25)
    assert told(jarvis) == [True] * 10
    await pass_time(jarvis, 6)
    await jarvis.recorder.until(TypingChanged, 11)
    assert told(jarvis) == [True] * 10 + [False]


async def test_quick_turns_are_not_all_told(jarvis: InMemoryJarvis, ana: Actor, room: RoomId) -> None:
    for _ in range(100):
        jarvis.typing.begins(ana, room, "1")
        jarvis.typing.ends(ana, room, "1")
    assert told(jarvis) == [True]
    await pass_time(jarvis, 1)
    await jarvis.recorder.until(TypingChanged, 2)
    assert told(jarvis) == [True, False]


async def test_who_types_at_two_devices_types_until_both_have_ended(
    jarvis: InMemoryJarvis, ana: Actor, room: RoomId
) -> None:
    jarvis.typing.begins(ana, room, "1")
    jarvis.typing.begins(ana, room, "2")
    jarvis.clock.advance(3)
    jarvis.typing.gone(ana, "1")
    jarvis.typing.ends(ana, room, "3")
    assert told(jarvis) == [True]
    jarvis.typing.gone(ana, "2")
    assert told(jarvis) == [True, False]


async def test_a_connection_that_closes_ends_it_at_once_in_every_room(
    jarvis: InMemoryJarvis, ana: Actor, ben: Actor, room: RoomId
) -> None:
    other = (await jarvis.room(ana)).room.id
    jarvis.recorder.events.clear()
    jarvis.typing.begins(ana, room, "1")
    jarvis.typing.begins(ana, other, "1")
    jarvis.typing.begins(ben, room, "2")
    jarvis.typing.gone(ana, "1")
    assert [(event.room_id, event.user_id) for event in jarvis.recorder.of(TypingChanged) if not event.is_typing] == [
        (room, ana.id),
        (other, ana.id),
    ]
