"""Sharded channels, against a stand-in: the wheel's Redis is older than they are."""

import asyncio
from collections.abc import AsyncIterator

import pytest

from application.ports.event_bus import Notice
from domain.ids import RoomId
from tests.adapters.redis.conftest import IDS, Connect
from tests.sharded_redis import ShardedRedis


@pytest.fixture
async def cluster() -> AsyncIterator[ShardedRedis]:
    cluster = ShardedRedis(3)
    await cluster.start()
    yield cluster
    cluster.stop()


def channel(room: RoomId) -> bytes:
    return f"jarvis_room_events:{room}".encode()


async def test_each_room_is_heard_on_the_node_of_its_slot(connect: Connect, cluster: ShardedRedis) -> None:
    here, there = await connect(cluster.url), await connect(cluster.url)
    rooms = [RoomId(IDS.new()) for _ in range(60)]
    await asyncio.gather(*(there.bus.listen(room) for room in rooms))
    for room in rooms:
        assert [channel(room) in listeners for listeners in cluster.listeners] == [
            node == cluster.owner(channel(room)) for node in range(3)
        ]
    here.bus.publish([Notice(b"one", room, 1) for room in rooms])
    await there.ear.until(lambda: len(there.ear.notices) == 60)
    assert {notice.room_id for notice in there.ear.notices} == set(rooms)
    await there.bus.forget(rooms[0])
    here.bus.publish([Notice(b"two", room, 2) for room in rooms])
    await there.ear.until(lambda: len(there.ear.notices) == 119)


async def test_a_slot_that_moves_takes_its_listeners_along(connect: Connect, cluster: ShardedRedis) -> None:
    here, there = await connect(cluster.url), await connect(cluster.url)
    room = RoomId(IDS.new())
    await there.bus.listen(room)
    for times in range(1, 4):
        after = cluster.move(channel(room))
        await there.ear.until(lambda after=after: bool(cluster.listeners[after].get(channel(room))))  # type: ignore[misc]
        await there.ear.returned(times)
        async with asyncio.timeout(10):
            body = b"moved %d" % times
            while body not in there.ear.bodies:
                # The publisher learns of it by being refused, and tells what it could not send.
                here.bus.publish([Notice(body, room, times)])
                await asyncio.sleep(0)
    assert here.bus.dropped >= 1


async def test_many_rooms_of_a_moved_slot_are_made_good(connect: Connect, cluster: ShardedRedis) -> None:
    here, there = await connect(cluster.url), await connect(cluster.url)
    rooms = [RoomId(IDS.new()) for _ in range(60)]
    for room in rooms:
        await there.bus.listen(room)
    moved = rooms[:20]
    for room in moved:
        cluster.move(channel(room))
    async with asyncio.timeout(10):
        while {notice.room_id for notice in there.ear.notices} != set(rooms):
            here.bus.publish([Notice(b"again", room) for room in rooms])
            await asyncio.sleep(0)
    for room in moved:
        assert cluster.listeners[cluster.owner(channel(room))][channel(room)]
