"""What a person had begun when they, or the room, went away is refused as if it had come later."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Sequence
from contextlib import asynccontextmanager
from typing import Any, cast

import pytest

from adapters.memory.job_queue import InMemoryJobQueue
from adapters.memory.presence import InMemoryPresenceBoard
from application.messages import Messages
from application.ports.rooms import RoomRepository
from application.ports.unit_of_work import UnitOfWork
from application.rooms import Rooms
from domain.errors import Forbidden
from domain.events import MemberRemoved, RoomDeleted
from domain.ids import MessageId, RoomId
from domain.rooms import Room
from domain.users import Actor
from tests.builders import eventually
from tests.contracts.stores import Stores


class LockWatch:
    """Counts who has come as far as locking a room."""

    def __init__(self, rooms: RoomRepository, seen: list[RoomId]) -> None:
        self._rooms = rooms
        self._seen = seen

    def __getattr__(self, name: str) -> object:
        return getattr(self._rooms, name)

    async def lock(self, room_id: RoomId) -> Room:
        self._seen.append(room_id)
        return await self._rooms.lock(room_id)


class Crowd:
    """Use cases that have all got to the room's lock while somebody holds it."""

    def __init__(self, stores: Stores) -> None:
        self._stores = stores
        self._seen: list[RoomId] = []
        self.rooms = Rooms(self._work, InMemoryPresenceBoard(), stores.clock, stores.ids)
        self.messages = Messages(self._work, stores.message_log, InMemoryJobQueue(), stores.clock, stores.ids)

    @asynccontextmanager
    async def _work(self) -> AsyncIterator[UnitOfWork]:
        async with self._stores.work() as unit:
            cast(Any, unit).rooms = LockWatch(unit.rooms, self._seen)
            yield unit

    async def waiting(self, *use_cases: Awaitable[object]) -> Sequence[asyncio.Future[object]]:
        """Start them; done when each stands before the lock, or before its unit of work where those are serial."""
        started = [asyncio.ensure_future(use_case) for use_case in use_cases]
        await eventually(lambda: self._stores.serial or len(self._seen) == len(started))
        return started


async def _outcomes(started: Sequence[asyncio.Future[object]]) -> list[type[object]]:
    return [type(result) for result in await asyncio.gather(*started, return_exceptions=True)]


@pytest.fixture
async def said(stores: Stores, ben: Actor, room: RoomId) -> MessageId:
    return (await stores.say(room, ben, "mine")).message_id


async def test_who_was_removed_while_waiting_for_the_room_changes_nothing_more(
    stores: Stores, ana: Actor, ben: Actor, outsider: Actor, room: RoomId, said: MessageId
) -> None:
    crowd = Crowd(stores)
    async with stores.work() as work:
        await work.rooms.lock(room)
        await work.members.remove(room, ben.id)
        work.record(MemberRemoved(room, ben.id, ben.name))
        started = await crowd.waiting(
            crowd.messages.edit(ben, room, said, "changed"),
            crowd.messages.delete(ben, room, said),
            crowd.rooms.invite(ben, room, [outsider.id]),
            crowd.rooms.leave(ben, room),
        )
    assert await _outcomes(started) == [Forbidden] * 4
    assert [message.content for message in await stores.page(room)] == ["mine"]
    assert len(await stores.log(room)) == 2
    assert await stores.find_member(room, outsider.id) is None


async def test_a_room_that_is_deleted_while_one_waits_for_it_is_forbidden(
    stores: Stores, ana: Actor, ben: Actor, outsider: Actor, room: RoomId, said: MessageId
) -> None:
    crowd = Crowd(stores)
    async with stores.work() as work:
        await work.rooms.lock(room)
        await work.rooms.delete(room)
        work.announce(RoomDeleted(room))
        started = await crowd.waiting(
            crowd.messages.edit(ben, room, said, "changed"),
            crowd.messages.delete(ben, room, said),
            crowd.rooms.invite(ben, room, [outsider.id]),
            crowd.rooms.rename(ana, room, "new"),
            crowd.rooms.delete(ana, room),
            crowd.rooms.leave(ben, room),
        )
    assert await _outcomes(started) == [Forbidden] * 6


async def test_the_last_one_out_who_leaves_twice_at_once_deletes_the_room(
    stores: Stores, ana: Actor, ben: Actor, room: RoomId
) -> None:
    await stores.rooms.leave(ben, room)
    results = await asyncio.gather(*(stores.rooms.leave(ana, room) for _ in range(2)), return_exceptions=True)
    assert sorted(type(result).__name__ for result in results) == ["Forbidden", "NoneType"]
    async with stores.work() as work:
        assert await work.log.newest([room]) == {}


async def test_two_invitations_of_one_person_are_one_joining(
    stores: Stores, ana: Actor, ben: Actor, outsider: Actor, room: RoomId
) -> None:
    invited = await asyncio.gather(
        *(stores.rooms.invite(inviter, room, [outsider.id]) for inviter in (ana, ben, ana, ben))
    )
    assert sorted((one.added, one.skipped) for one in invited) == [(0, 1)] * 3 + [(1, 0)]
    assert len(await stores.log(room)) == 1
