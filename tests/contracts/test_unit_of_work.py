"""Transactions: all or nothing, published after the commit, one order in each room."""

import asyncio
import random
from dataclasses import replace

import pytest

from domain.events import (
    LoggedEvent,
    MemberAdded,
    MessageDeleted,
    MessageEdited,
    MessagePosted,
    RoomAdded,
    RoomEvent,
    RoomLeft,
    RoomRenamed,
)
from domain.ids import MessageId, RoomId, UserId
from domain.jarvis import RequestStatus
from domain.rooms import Member, Role, RoomSummary
from domain.users import Actor
from tests.builders import bare
from tests.contracts.stores import Stores


class Broken(Exception):
    """What a use case stumbles over."""


async def test_a_block_that_raises_leaves_nothing_and_tells_nobody(
    stores: Stores, ana: Actor, ben: Actor, outsider: Actor, room: RoomId
) -> None:
    other = await stores.room(ana, title="to be deleted")
    said = await stores.say(room, ana, "before")
    await stores.say(other, ana, "there", "t1")
    held, asked = stores.a_request(room, ana, public_id="held"), stores.a_request(other, ana, public_id="asked")
    await stores.ask(held)
    await stores.ask(asked)
    now = stores.clock.now()

    async def state() -> list[object]:
        async with stores.work() as work:
            return [
                list(await work.users.matching(None)),
                list(await work.rooms.of_user(ana.id)),
                list(await work.members.profiles(room)),
                list(await work.members.profiles(other)),
                list(await work.messages.page(room, before=None, take=100)),
                list(await work.messages.page(other, before=None, take=100)),
                list(await work.log.after(room, 0, take=100)),
                list(await work.log.after(other, 0, take=100)),
                sorted(await work.backlog.waiting(now=now)),
            ]

    before, published = await state(), list(stores.recorder.events)
    with pytest.raises(Broken):  # noqa: PT012
        async with stores.work() as work:
            await work.users.sign_in(stores.user("New"), rename=False)
            await work.users.sign_in(stores.user("Renamed", email="ana@example.com"), rename=True)
            await work.users.seen(ana.id, now)
            new_room = stores.a_room(ben)
            await work.rooms.add(new_room)
            await work.rooms.rename(room, "never")
            await work.members.add([Member(room, outsider.id, Role.MEMBER, now)])
            await work.members.add([Member(new_room.id, ana.id, Role.OWNER, now)])
            await work.members.remove(room, ben.id)
            message = await work.messages.lock(room, said.message_id)
            await work.messages.replace(replace(message, content="never"))
            await work.requests.add(stores.a_request(room, ana, public_id="never"))
            claimed = await work.requests.claim(held.lane, now=now, until=now)
            assert claimed is not None
            await work.requests.finish(claimed.id, claimed.attempt, RequestStatus.DONE, at=now)
            await work.rooms.delete(other)
            work.record(RoomRenamed(room, "never"))
            work.record(MemberAdded(room, outsider.id, outsider.name))
            work.announce(RoomLeft(ben.id, room))
            raise Broken
    assert await state() == before
    assert stores.recorder.events == published
    assert await stores.find_user(ana.id) is not None
    assert (await stores.say(room, ana, "after")).seq == 2, "no seq was used up"
    assert (await stores.say(other, ana, "there", "t1")).repeated
    async with stores.work() as work:
        first = await work.requests.claim(held.lane, now=now, until=now)
    assert first is not None
    assert first.attempt == 1


async def test_one_who_is_cancelled_in_the_block_leaves_nothing(stores: Stores, ana: Actor, room: RoomId) -> None:
    inside = asyncio.Event()

    async def rename() -> None:
        async with stores.work() as work:
            await work.rooms.rename(room, "never")
            work.record(RoomRenamed(room, "never"))
            inside.set()
            await asyncio.Event().wait()

    renaming = asyncio.ensure_future(rename())
    await inside.wait()
    renaming.cancel()
    with pytest.raises(asyncio.CancelledError):
        await renaming
    assert (await stores.find_room(room)).title == "Room"
    assert stores.recorder.events == []
    assert await stores.rooms.rename(ana, room, "still works") == "still works"


async def test_events_are_published_after_the_commit_in_the_order_given(
    stores: Stores, ana: Actor, ben: Actor, room: RoomId
) -> None:
    other = await stores.room(ben)
    summary = RoomSummary(stores.a_room(ana), 1)
    given: list[RoomEvent | RoomAdded | RoomLeft] = [
        RoomAdded((ben.id,), summary),
        RoomRenamed(room, "a"),
        RoomRenamed(other, "x"),
        RoomLeft(ana.id, other),
        RoomRenamed(room, "b"),
        RoomRenamed(room, "c"),
        RoomAdded((ana.id,), summary),
    ]
    async with stores.work() as work:
        for event in given:
            if isinstance(event, RoomRenamed):
                work.record(event)
            elif isinstance(event, RoomAdded | RoomLeft):
                work.announce(event)
        await work.rooms.rename(room, "c")
        await work.rooms.rename(other, "x")
        assert stores.recorder.events == []
    published = stores.recorder.events
    assert [event.event if isinstance(event, LoggedEvent) else event for event in published] == given
    assert [event.seq for event in published if isinstance(event, LoggedEvent)] == [1, 1, 2, 3]


async def test_a_unit_that_only_tells_is_published_too(stores: Stores, ana: Actor, room: RoomId) -> None:
    async with stores.work() as work:
        work.announce(RoomLeft(ana.id, room))
    assert stores.recorder.events == [RoomLeft(ana.id, room)]


async def test_a_unit_sees_its_own_changes(stores: Stores, ana: Actor, ben: Actor, room: RoomId) -> None:
    async with stores.work() as work:
        await work.rooms.rename(room, "mine")
        await work.members.remove(room, ben.id)
        assert (await work.rooms.lock(room)).title == "mine"
        assert await work.members.find(room, ben.id) is None
        assert list(await work.members.ids(room)) == [ana.id]


async def test_changes_to_one_message_follow_one_another(stores: Stores, ana: Actor, room: RoomId) -> None:
    said = await stores.say(room, ana, "0")

    async def append_digit(digit: int) -> None:
        async with stores.work() as work:
            message = await work.messages.lock(room, said.message_id)
            await asyncio.sleep(0)
            await work.messages.replace(replace(message, content=f"{message.content}{digit}"))

    await asyncio.gather(*(append_digit(digit) for digit in range(1, 8)))
    (message,) = await stores.page(room)
    assert sorted(message.content) == list("01234567")


async def _write(stores: Stores, writer: Actor, room: RoomId, chance: random.Random) -> None:
    mine: list[MessageId] = []
    for number in range(8):
        what = chance.choice(["send", "send", "edit", "delete", "rename", "invite"])
        if what == "rename":
            async with stores.work() as work:
                await work.rooms.lock(room)
                title = f"{writer.name} {number}"
                await work.rooms.rename(room, title)
                work.record(RoomRenamed(room, title))
        elif what == "invite":
            guest = await stores.person(f"{writer.name}-{number}")
            await stores.rooms.invite(writer, room, [guest.id])
        elif what == "edit" and mine:
            await stores.messages.edit(writer, room, mine[-1], f"edited {number}")
        elif what == "delete" and mine:
            await stores.messages.delete(writer, room, mine.pop())
        else:
            mine.append((await stores.say(room, writer, f"{writer.name} {number}", f"t{number}")).message_id)


async def test_twenty_writers_make_one_order_without_gaps(stores: Stores, ana: Actor) -> None:
    writers = [await stores.person(f"W{number}") for number in range(20)]
    rooms = [await stores.room(ana, *writers) for _ in range(2)]
    await asyncio.gather(
        *(_write(stores, writer, rooms[place % 2], random.Random(place)) for place, writer in enumerate(writers))
    )
    for room in rooms:
        published, kept = stores.recorder.logged(room), await stores.log(room)
        assert len(kept) > 50
        assert [event.seq for event in kept] == list(range(1, len(kept) + 1))
        in_order = sorted(published, key=lambda event: event.seq)
        assert [(event.seq, _subject(event)) for event in in_order] == [(event.seq, _subject(event)) for event in kept]
        assert {(type(event.event)) for event in kept} >= {MessagePosted, MessageEdited, RoomRenamed, MemberAdded}
        assert [message.seq for message in await stores.page(room)] == [
            event.seq for event in kept if isinstance(event.event, MessagePosted)
        ]
        renamed = [event.event.title for event in published if isinstance(event.event, RoomRenamed)]
        assert (await stores.find_room(room)).title == renamed[-1]


def _subject(logged: LoggedEvent) -> tuple[type[RoomEvent], object]:
    event = bare(logged)
    match event:
        case MessagePosted() | MessageEdited():
            return type(event), event.message.id
        case MessageDeleted():
            return type(event), event.message_id
        case MemberAdded():
            return type(event), event.user_id
        case _:
            return type(event), None


async def test_an_unknown_user_in_a_unit_harms_nothing(stores: Stores, room: RoomId) -> None:
    async with stores.work() as work:
        assert await work.users.find(UserId(stores.ids.new())) is None
    assert (await stores.find_room(room)).last_seq == 0
