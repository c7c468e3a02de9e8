"""What a transaction of PostgreSQL adds to the contract of the unit of work: connections, cancellation, deadlocks."""

import asyncio
from contextlib import suppress

import pytest

from domain.errors import NotFound, Unavailable
from domain.events import LoggedEvent, MemberAdded, RoomDeleted, RoomRenamed
from domain.ids import RoomId
from domain.users import Actor
from tests.adapters.postgres.conftest import Server
from tests.postgres_server import cut_connections

TRANSACTIONS_OPEN = """
select count(*) from pg_stat_activity
where datname = current_database() and application_name = 'jarvis' and state like 'idle in transaction%'
"""


async def open_transactions(server: Server) -> int:
    async with server.database.connection() as connection:
        row = await (await connection.execute(TRANSACTIONS_OPEN)).fetchone()
    assert row is not None
    return int(row[0])


async def title(server: Server, room: RoomId) -> str:
    async with server.work() as work:
        return (await work.rooms.lock(room)).title


async def test_reading_opens_no_transaction(server: Server, ana: Actor, room: RoomId) -> None:
    async with server.work() as work:
        await work.members.find(room, ana.id)
        await work.messages.page(room, before=None, take=50)
        assert await open_transactions(server) == 0
        await work.rooms.lock(room)
        assert await open_transactions(server) == 1
    assert await open_transactions(server) == 0


async def test_who_is_cancelled_leaves_nothing_behind(server: Server, room: RoomId) -> None:
    async def rename() -> None:
        async with server.work() as work:
            await work.rooms.rename(room, "half done")
            work.record(RoomRenamed(room, "half done"))
            await work.rooms.lock(held)

    held = await server.room(await server.person("Cleo"))
    async with server.holding(held):
        renaming = asyncio.create_task(rename())
        await server.waits()
        renaming.cancel()
        with suppress(asyncio.CancelledError):
            await renaming
        assert renaming.cancelled()
        assert await open_transactions(server) == 0
    assert await title(server, room) == "Room"
    assert server.recorder.of(RoomRenamed) == []


async def test_a_commit_that_has_begun_is_also_told(server: Server, room: RoomId) -> None:
    async def rename() -> None:
        async with server.work() as work:
            work.record(RoomRenamed(room, "done"))

    async with server.holding(room):
        renaming = asyncio.create_task(rename())
        await server.waits()
        renaming.cancel()
        with pytest.raises(asyncio.CancelledError):
            await renaming
    assert await server.recorder.until(RoomRenamed) == [RoomRenamed(room, "done")]
    async with server.work() as work:
        assert await work.log.newest([room]) == {room: 1}


async def test_a_dead_connection_in_the_pool_costs_nobody_anything(server: Server, ana: Actor, room: RoomId) -> None:
    await asyncio.gather(*(title(server, room) for _ in range(8)))
    assert cut_connections(server.dsn) >= 2
    async with server.work() as work:
        await work.rooms.rename(room, "still here")
    assert await asyncio.gather(*(title(server, room) for _ in range(8))) == ["still here"] * 8


async def test_a_connection_lost_in_the_middle_undoes_everything(server: Server, room: RoomId) -> None:
    async def rename() -> None:
        async with server.work() as work:
            await work.rooms.rename(room, "half done")
            work.record(RoomRenamed(room, "half done"))
            cut_connections(server.dsn)

    with pytest.raises(Unavailable):
        await rename()
    assert await title(server, room) == "Room"
    assert server.recorder.of(RoomRenamed) == []


async def test_a_deadlock_ends_for_one_of_the_two(server: Server, ana: Actor, room: RoomId) -> None:
    other = await server.room(ana)
    both_have_one = asyncio.Barrier(2)

    async def lock(first: RoomId, then: RoomId) -> None:
        async with server.work() as work:
            await work.rooms.lock(first)
            await both_have_one.wait()
            await work.rooms.lock(then)

    outcomes = await asyncio.gather(lock(room, other), lock(other, room), return_exceptions=True)
    assert [type(outcome) for outcome in outcomes if outcome is not None] == [Unavailable]


async def test_an_event_of_a_room_that_is_gone_undoes_everything(server: Server, ana: Actor, room: RoomId) -> None:
    async def delete() -> None:
        async with server.work() as work:
            await work.rooms.delete(room)
            work.announce(RoomDeleted(room))
            work.record(MemberAdded(room, ana.id, ana.name))

    with pytest.raises(NotFound):
        await delete()
    assert await title(server, room) == "Room"
    assert server.recorder.of(RoomDeleted) == []


async def test_events_of_several_rooms_are_told_in_the_order_given(server: Server, ana: Actor, room: RoomId) -> None:
    other = await server.room(ana)
    async with server.work() as work:
        work.record(RoomRenamed(room, "1"))
        work.record(RoomRenamed(other, "2"))
        work.announce(RoomDeleted(other))
        work.record(RoomRenamed(room, "3"))
    told = [event.event if isinstance(event, LoggedEvent) else event for event in server.recorder.events]
    assert told == [RoomRenamed(room, "1"), RoomRenamed(other, "2"), RoomDeleted(other), RoomRenamed(room, "3")]
    assert [event.seq for event in server.recorder.logged(room)] == [1, 2]
    assert [event.seq for event in server.recorder.logged(other)] == [1]
