"""Saying, changing and reading."""

import pytest

from application.limits import Limits
from domain.call_events import CallSignalled
from domain.calls import SignalType
from domain.errors import (
    AlreadyDeleted,
    ClientTempIdReused,
    Forbidden,
    InvalidInput,
    MessageTooLong,
    NotFound,
)
from domain.events import MessageDeleted, MessageEdited, MessagePosted
from domain.ids import MessageId, RoomId, UserId
from domain.messages import DELETED_TEXT
from domain.users import Actor
from tests.in_memory import InMemoryJarvis


@pytest.fixture
async def room(jarvis: InMemoryJarvis, ana: Actor, ben: Actor) -> RoomId:
    """Ana's room, with Ben in it and nothing told yet."""
    room_id = (await jarvis.room(ana, ben)).room.id
    jarvis.recorder.events.clear()
    return room_id


async def test_what_is_said_stands_in_the_history_and_is_told(
    jarvis: InMemoryJarvis, ana: Actor, ben: Actor, room: RoomId
) -> None:
    posted = await jarvis.messages.send(ana, room, " hi\r\n", "t1")
    (message,) = await jarvis.messages.history(ben, room)
    assert (message.id, message.seq) == (posted.message_id, posted.seq)
    assert (message.content, message.sender_id, message.client_temp_id) == (" hi\r\n", ana.id, "t1")
    assert message.created_at == jarvis.clock.now()
    assert jarvis.recorder.of(MessagePosted) == [MessagePosted(room, message)]


async def test_a_send_is_accepted_once(jarvis: InMemoryJarvis, ana: Actor, room: RoomId) -> None:
    first = await jarvis.messages.send(ana, room, "hi", "t1")
    again = await jarvis.messages.send(ana, room, "hi", "t1")
    assert (again.message_id, again.seq, again.repeated) == (first.message_id, first.seq, True)
    with pytest.raises(ClientTempIdReused):
        await jarvis.messages.send(ana, room, "ho", "t1")
    assert len(jarvis.recorder.events) == 1


@pytest.mark.parametrize(
    ("content", "client_temp_id", "error"),
    [
        ("", None, InvalidInput),
        ("\n", None, InvalidInput),
        ("\x00", None, InvalidInput),
        ("hi", "", InvalidInput),
        ("hi", "\ud800", InvalidInput),
        ("12345678901", None, MessageTooLong),
    ],
)
async def test_a_bad_send_is_refused_at_once_and_changes_nothing(
    content: str, client_temp_id: str | None, error: type[Exception]
) -> None:
    jarvis = InMemoryJarvis(limits=Limits(message_text=10))
    ana = await jarvis.person("Ana")
    room_id = (await jarvis.room(ana)).room.id
    with pytest.raises(error):
        jarvis.messages.send(ana, room_id, content, client_temp_id)
    assert await jarvis.everything(room_id) == []


async def test_an_edit_is_told_and_a_deletion_takes_the_text_away(
    jarvis: InMemoryJarvis, ana: Actor, room: RoomId
) -> None:
    said = await jarvis.messages.send(ana, room, "hi")
    jarvis.clock.advance(1)
    edited = await jarvis.messages.edit(ana, room, said.message_id, "hello")
    assert jarvis.recorder.of(MessageEdited) == [MessageEdited(room, edited)]
    assert (edited.content, edited.edited_at) == ("hello", jarvis.clock.now())
    deleted = await jarvis.messages.delete(ana, room, said.message_id)
    assert (deleted.content, deleted.deleted_by) == (DELETED_TEXT, ana.id)
    assert await jarvis.messages.delete(ana, room, said.message_id) == deleted
    assert jarvis.recorder.of(MessageDeleted) == [MessageDeleted(room, said.message_id)]
    assert await jarvis.messages.history(ana, room) == [deleted]
    with pytest.raises(AlreadyDeleted):
        await jarvis.messages.edit(ana, room, said.message_id, "again")


async def test_nobody_changes_what_another_said(
    jarvis: InMemoryJarvis, ana: Actor, ben: Actor, outsider: Actor, room: RoomId
) -> None:
    said = await jarvis.messages.send(ben, room, "hi")
    for somebody in (ana, outsider):
        with pytest.raises(Forbidden):
            await jarvis.messages.edit(somebody, room, said.message_id, "ho")
        with pytest.raises(Forbidden):
            await jarvis.messages.delete(somebody, room, said.message_id)
    assert len(jarvis.recorder.events) == 1


async def test_a_message_is_changed_only_through_its_room(jarvis: InMemoryJarvis, ana: Actor, room: RoomId) -> None:
    other = (await jarvis.room(ana)).room.id
    said = await jarvis.messages.send(ana, room, "hi")
    for where, what in ((other, said.message_id), (room, MessageId(jarvis.ids.new()))):
        with pytest.raises(NotFound):
            await jarvis.messages.edit(ana, where, what, "ho")
        with pytest.raises(NotFound):
            await jarvis.messages.delete(ana, where, what)


@pytest.mark.parametrize(("take", "count"), [(-5, 1), (0, 1), (3, 3), (200, 200), (100_000, 200)])
async def test_a_page_has_1_to_200_messages(
    jarvis: InMemoryJarvis, ana: Actor, room: RoomId, take: int, count: int
) -> None:
    sends = [jarvis.messages.send(ana, room, str(number)) for number in range(205)]
    await sends[-1]
    page = await jarvis.messages.history(ana, room, take=take)
    assert [message.content for message in page] == [str(number) for number in range(205 - count, 205)]
    assert len(await jarvis.messages.history(ana, room)) == 50
    earlier = await jarvis.messages.history(ana, room, before=page[0].id, take=2)
    assert [message.content for message in earlier] == [str(203 - count), str(204 - count)]


async def test_who_left_can_neither_speak_nor_read(jarvis: InMemoryJarvis, ben: Actor, room: RoomId) -> None:
    said = await jarvis.messages.send(ben, room, "hi")
    await jarvis.rooms.leave(ben, room)
    with pytest.raises(Forbidden):
        await jarvis.messages.send(ben, room, "still here")
    with pytest.raises(Forbidden):
        await jarvis.messages.history(ben, room)
    with pytest.raises(Forbidden):
        await jarvis.messages.delete(ben, room, said.message_id)


async def test_a_call_signal_is_passed_on_as_it_came(jarvis: InMemoryJarvis) -> None:
    room_id = RoomId(jarvis.ids.new())
    ana = Actor(UserId(jarvis.ids.new()), "Ana")
    body = {"sdp": {"type": "offer", "x": [1, None]}}
    await jarvis.calls.signal(ana, room_id, SignalType.OFFER, body, "socket-1")
    assert jarvis.recorder.of(CallSignalled) == [CallSignalled(room_id, ana.id, SignalType.OFFER, body, "socket-1")]
