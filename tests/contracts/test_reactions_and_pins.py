"""Reactions, pins and threads, as every store keeps them."""

import asyncio
from collections.abc import Callable
from dataclasses import replace

import pytest

from adapters.emoji.catalogue import EmojiCatalogue
from application.pins import Pins
from application.reactions import Reacting
from domain.errors import (
    AlreadyDeleted,
    DomainError,
    Forbidden,
    InvalidInput,
    NotFound,
    TooManyPins,
    TooManyReactions,
)
from domain.events import MessageDeleted, MessagePosted, PinChanged, ReactionsChanged
from domain.ids import MessageId, RoomId
from domain.messages import Message
from domain.pins import PINS_LIMIT, Pin
from domain.reactions import EMOJI_LIMIT, Reaction
from domain.users import Actor
from tests.contracts.stores import Stores


@pytest.fixture
def reacting(stores: Stores) -> Reacting:
    return Reacting(stores.work, EmojiCatalogue())


@pytest.fixture
def pins(stores: Stores) -> Pins:
    return Pins(stores.work, stores.clock)


@pytest.fixture
async def said(stores: Stores, ana: Actor, room: RoomId) -> MessageId:
    return (await stores.say(room, ana, "점심?", "t1")).message_id


async def _only(stores: Stores, room: RoomId) -> Message:
    (message,) = await stores.page(room)
    return message


async def test_reactions_are_counted_by_emoji_and_person(
    stores: Stores, reacting: Reacting, ana: Actor, ben: Actor, room: RoomId, said: MessageId
) -> None:
    await reacting.add(ben, room, said, "👍")
    await reacting.add(ana, room, said, "❤")
    await reacting.add(ana, room, said, "👍")
    both = (Reaction("👍", (ben.id, ana.id)), Reaction("❤️", (ana.id,)))
    assert (await _only(stores, room)).reactions == both
    await reacting.remove(ana, room, said, "❤️")
    await reacting.remove(ben, room, said, "👍")
    left = (Reaction("👍", (ana.id,)),)
    assert (await _only(stores, room)).reactions == left
    await reacting.remove(ana, room, said, "👍")
    assert (await _only(stores, room)).reactions == ()
    published = [event.event for event in stores.recorder.logged(room)[1:]]
    assert [event.reactions for event in published if isinstance(event, ReactionsChanged)] == [
        (Reaction("👍", (ben.id,)),),
        (Reaction("👍", (ben.id,)), Reaction("❤️", (ana.id,))),
        both,
        (Reaction("👍", (ben.id, ana.id)),),
        left,
        (),
    ]
    assert [event.seq for event in await stores.log(room)] == list(range(1, 8))


async def test_what_is_done_twice_is_done_once_and_told_once(
    stores: Stores, reacting: Reacting, pins: Pins, ana: Actor, ben: Actor, room: RoomId, said: MessageId
) -> None:
    at = stores.clock.now()
    for who in (ana, ben):
        await pins.add(who, room, said)
        stores.clock.advance(1)
        for emoji in ("❤", "❤️"):
            await reacting.add(ana, room, said, emoji)
    message = await _only(stores, room)
    assert (message.reactions, message.pin) == ((Reaction("❤️", (ana.id,)),), Pin(at, ana.id))
    for _ in range(2):
        await reacting.remove(ana, room, said, "❤")
        await pins.remove(ben, room, said)
    assert [type(event.event) for event in await stores.log(room)] == [
        MessagePosted,
        PinChanged,
        ReactionsChanged,
        ReactionsChanged,
        PinChanged,
    ]


async def test_many_who_react_at_once_all_count(stores: Stores, reacting: Reacting, ana: Actor) -> None:
    people = [await stores.person(f"P{number}") for number in range(12)]
    room = await stores.room(ana, *people)
    said = (await stores.say(room, ana, "?")).message_id
    await asyncio.gather(*(reacting.add(who, room, said, emoji) for who in people for emoji in ("👍", "🎉")))
    reactions = (await _only(stores, room)).reactions
    assert {reaction.emoji: set(reaction.user_ids) for reaction in reactions} == {
        emoji: {who.id for who in people} for emoji in ("👍", "🎉")
    }
    assert sum(len(reaction.user_ids) for reaction in reactions) == 24
    assert [event.seq for event in await stores.log(room)] == list(range(1, 26))


async def test_a_replay_shows_marks_as_they_stand_now(
    stores: Stores, reacting: Reacting, pins: Pins, ana: Actor, ben: Actor, room: RoomId, said: MessageId
) -> None:
    await reacting.add(ana, room, said, "👍")
    await pins.add(ana, room, said)
    await reacting.add(ben, room, said, "👍")
    await pins.remove(ana, room, said)
    message = await _only(stores, room)
    now = (Reaction("👍", (ana.id, ben.id)),)
    assert [event.event for event in await stores.log(room)] == [
        MessagePosted(room, message),
        ReactionsChanged(room, said, now),
        PinChanged(room, said, None),
        ReactionsChanged(room, said, now),
        PinChanged(room, said, None),
    ]
    assert message.reactions == now


async def test_a_deleted_message_keeps_neither_and_takes_none(
    stores: Stores, reacting: Reacting, pins: Pins, ana: Actor, ben: Actor, room: RoomId, said: MessageId
) -> None:
    await reacting.add(ben, room, said, "👍")
    await pins.add(ben, room, said)
    await stores.delete(room, said, ana)
    message = await _only(stores, room)
    assert (message.reactions, message.pin) == ((), None)
    assert await pins.of_room(ana, room) == []
    with pytest.raises(AlreadyDeleted):
        await reacting.add(ben, room, said, "👍")
    with pytest.raises(AlreadyDeleted):
        await pins.add(ben, room, said)
    await reacting.remove(ben, room, said, "👍")
    await pins.remove(ben, room, said)
    assert [event.event for event in await stores.log(room)][1:] == [
        ReactionsChanged(room, said, ()),
        PinChanged(room, said, None),
        MessageDeleted(room, said),
    ]


async def test_an_edit_keeps_the_marks_and_a_mark_keeps_the_edit(
    stores: Stores, reacting: Reacting, pins: Pins, ana: Actor, ben: Actor, room: RoomId, said: MessageId
) -> None:
    await reacting.add(ben, room, said, "👍")
    await pins.add(ben, room, said)
    edited = await stores.edit(room, said, ana, "저녁?")
    assert (edited.reactions, edited.pin) == ((Reaction("👍", (ben.id,)),), Pin(stores.clock.now(), ben.id))
    assert await _only(stores, room) == edited
    marked = await reacting.add(ana, room, said, "👍")
    assert marked == replace(edited, reactions=(Reaction("👍", (ben.id, ana.id)),))
    assert await _only(stores, room) == marked


async def test_marks_and_replies_do_not_undo_one_another(
    stores: Stores, reacting: Reacting, pins: Pins, ana: Actor, ben: Actor, room: RoomId, said: MessageId
) -> None:
    await asyncio.gather(
        reacting.add(ana, room, said, "👍"),
        stores.reply(room, ben, "one", said),
        pins.add(ben, room, said),
        stores.reply(room, ana, "two", said),
        reacting.add(ben, room, said, "🎉"),
    )
    root = (await stores.page(room))[0]
    assert root.reply_count == 2
    assert root.pin is not None
    assert {reaction.emoji for reaction in root.reactions} == {"👍", "🎉"}


async def test_pins_stand_newest_first(stores: Stores, pins: Pins, ana: Actor, ben: Actor, room: RoomId) -> None:
    said = [(await stores.say(room, ana, str(number))).message_id for number in range(4)]
    for message_id in (said[2], said[0], said[3]):
        stores.clock.advance(1)
        await pins.add(ben, room, message_id)
    await pins.remove(ana, room, said[0])
    stores.clock.advance(1)
    await pins.add(ana, room, said[0])
    shown = await pins.of_room(ben, room)
    assert [message.id for message in shown] == [said[0], said[3], said[2]]
    assert [message for message in await stores.page(room) if message.pin] == sorted(shown, key=lambda one: one.seq)
    assert await pins.of_room(ana, await stores.room(ana)) == []


async def test_bounds(
    stores: Stores, reacting: Reacting, pins: Pins, ana: Actor, ben: Actor, room: RoomId, said: MessageId
) -> None:
    for number in range(EMOJI_LIMIT):
        await reacting.add(ana, room, said, chr(0x1F600 + number))
    with pytest.raises(TooManyReactions):
        await reacting.add(ana, room, said, "🎉")
    posted = [stores.say(room, ana, str(number)) for number in range(PINS_LIMIT)]
    for one in posted:
        await pins.add(ana, room, (await one).message_id)
    with pytest.raises(TooManyPins):
        await pins.add(ben, room, said)
    await pins.add(ben, room, (await posted[0]).message_id)
    await pins.remove(ben, room, (await posted[0]).message_id)
    await pins.add(ben, room, said)
    assert len(await pins.of_room(ana, room)) == PINS_LIMIT


@pytest.mark.parametrize("what", ["react", "unreact", "pin", "unpin"])
async def test_who_may_not_changes_nothing(
    stores: Stores,
    reacting: Reacting,
    pins: Pins,
    ana: Actor,
    outsider: Actor,
    room: RoomId,
    said: MessageId,
    what: str,
) -> None:
    other = await stores.room(outsider)
    acts: dict[str, Callable[[Actor, RoomId, MessageId], object]] = {
        "react": lambda who, where, message: reacting.add(who, where, message, "👍"),
        "unreact": lambda who, where, message: reacting.remove(who, where, message, "👍"),
        "pin": pins.add,
        "unpin": pins.remove,
    }
    refusals: list[tuple[Actor, RoomId, MessageId, type[DomainError]]] = [
        (outsider, room, said, Forbidden),
        (outsider, RoomId(stores.ids.new()), said, Forbidden),
        (outsider, other, said, NotFound),
        (ana, room, MessageId(stores.ids.new()), NotFound),
    ]
    await reacting.add(ana, room, said, "👍")
    if what == "unpin":
        await pins.add(ana, room, said)
    before = (await _only(stores, room), len(stores.recorder.events))
    for who, where, message_id, refusal in refusals:
        with pytest.raises(refusal):
            await acts[what](who, where, message_id)  # type: ignore[misc]
    assert (await _only(stores, room), len(stores.recorder.events)) == before
    with pytest.raises(Forbidden):
        await pins.of_room(outsider, room)


async def test_what_is_no_emoji_is_refused(
    stores: Stores, reacting: Reacting, ana: Actor, room: RoomId, said: MessageId
) -> None:
    for text in ("", "ok", "👍👍", "\x00"):
        for change in (reacting.add, reacting.remove):
            with pytest.raises(InvalidInput):
                await change(ana, room, said, text)
    assert (await _only(stores, room)).reactions == ()


async def test_a_thread_is_read_whole_from_any_of_its_messages(
    stores: Stores, ana: Actor, ben: Actor, outsider: Actor, room: RoomId, said: MessageId
) -> None:
    await stores.say(room, ana, "not in it")
    replies = [(await stores.reply(room, ben, str(number), said)).message_id for number in range(5)]
    nested = (await stores.reply(room, ana, "nested", replies[2])).message_id
    elsewhere = await stores.room(ana, outsider)

    async def thread(of: MessageId, **page: object) -> list[MessageId]:
        messages = await stores.messages.thread(ana, room, of, **page)  # type: ignore[arg-type]
        return [message.id for message in messages]

    whole = [said, *replies, nested]
    for of in whole:
        assert await thread(of) == whole
    assert list(await stores.messages.thread(ana, room, said)) == [
        message for message in await stores.page(room) if message.content != "not in it"
    ]
    assert await thread(said, take=2) == [said, replies[4], nested]
    assert await thread(nested, take=2, before=replies[4]) == [said, replies[2], replies[3]]
    assert await thread(said, before=replies[0]) == [said]
    assert await thread(said, before=MessageId(stores.ids.new())) == [said]
    assert await thread(said, before=said) == [said]
    with pytest.raises(NotFound):
        await thread(MessageId(stores.ids.new()))
    with pytest.raises(NotFound):
        await stores.messages.thread(ana, elsewhere, said)
    with pytest.raises(Forbidden):
        await stores.messages.thread(outsider, room, said)


async def test_a_message_that_nobody_answered_is_a_thread_of_its_own(
    stores: Stores, ana: Actor, room: RoomId, said: MessageId
) -> None:
    assert await stores.messages.thread(ana, room, said) == await stores.page(room)


async def test_a_deleted_room_takes_all_of_it_along(
    stores: Stores, reacting: Reacting, pins: Pins, ana: Actor, ben: Actor, room: RoomId, said: MessageId
) -> None:
    await reacting.add(ben, room, said, "👍")
    await pins.add(ben, room, said)
    await stores.rooms.delete(ana, room)
    async with stores.work() as work:
        assert await work.pins.of_room(room) == []
        assert await work.pins.count(room) == 0
