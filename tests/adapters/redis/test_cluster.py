"""Redis Cluster: two real nodes that share the slots, and everything that knows about slots."""

import asyncio
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest

from adapters.memory.rate_limits import InMemoryRateLimits
from adapters.redis.database import RedisDatabase
from adapters.redis.health import RedisHealthProbe
from adapters.redis.nodes import PLAIN, SHARDED
from adapters.redis.partial_answers import RedisPartialAnswers
from adapters.redis.presence import RedisPresenceBoard
from adapters.redis.rate_limits import RedisRateLimits
from adapters.system.clock import SystemClock
from application.limits import RateLimit
from application.ports.event_bus import Notice
from application.ports.partial_answers import PartialAnswer
from domain.ids import RoomId, UserId
from tests.adapters.redis.conftest import IDS, Connect
from tests.builders import FakeClock, eventually
from tests.redis_server import RedisServer, cluster_of, redis_7, server_binary

BINARIES = [server_binary(), *filter(None, [redis_7()])]


@pytest.fixture(params=BINARIES, ids=[f"redis-{'wheel' if number == 0 else '7'}" for number in range(len(BINARIES))])
def cluster(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[list[RedisServer]]:
    yield from cluster_of(tmp_path, request.param)


def url_of(nodes: list[RedisServer]) -> str:
    return f"redis+cluster://{','.join(f'127.0.0.1:{node.port}' for node in nodes)}"


@pytest.fixture
async def cluster_database(cluster: list[RedisServer]) -> AsyncIterator[RedisDatabase]:
    database = RedisDatabase(url_of(cluster), SystemClock())
    yield database
    await database.close()


async def test_rooms_and_people_are_heard_whichever_node_carries_them(
    cluster: list[RedisServer], connect: Connect
) -> None:
    here, there = await connect(url_of(cluster)), await connect(url_of(cluster[1:]))
    rooms = [RoomId(IDS.new()) for _ in range(40)]
    await asyncio.gather(*(there.bus.listen(room) for room in rooms))
    here.bus.publish([Notice(b"%d" % number, room, 1) for number, room in enumerate(rooms)])
    await there.ear.until(lambda: len(there.ear.notices) == 40)
    assert {notice.room_id for notice in there.ear.notices} == set(rooms)
    assert here.bus._nodes.verbs == (SHARDED if b"7" in _version(cluster[0]) else PLAIN)
    await there.bus.forget(rooms[0])
    here.bus.publish([Notice(b"x", rooms[0], 2), *(Notice(b"y", room, 2) for room in rooms[1:])])
    await there.ear.until(lambda: len(there.ear.notices) == 79)
    assert b"x" not in there.ear.bodies


async def test_a_node_that_cuts_its_listeners_off(cluster: list[RedisServer], connect: Connect) -> None:
    here, there = await connect(url_of(cluster)), await connect(url_of(cluster))
    rooms = [RoomId(IDS.new()) for _ in range(20)]
    for room in rooms:
        await there.bus.listen(room)
    with cluster[1].client() as operator:
        operator.execute_command("CLIENT", "KILL", "TYPE", "pubsub")
    await there.ear.returned()
    await eventually(lambda: here.bus.is_up and there.bus.is_up)
    here.bus.publish([Notice(b"after", room, 1) for room in rooms])
    await there.ear.until(lambda: {notice.room_id for notice in there.ear.notices} == set(rooms))


async def test_the_cluster_is_well_until_a_node_is_gone(
    cluster: list[RedisServer], cluster_database: RedisDatabase
) -> None:
    probe = RedisHealthProbe(cluster_database)
    assert await probe.is_well()
    for node in cluster:
        node.stop()
    assert not await probe.is_well()
    answers = RedisPartialAnswers(cluster_database)
    await answers.put(RoomId(IDS.new()), PartialAnswer("q", 0, ""))


async def test_keys_go_where_they_belong(cluster_database: RedisDatabase) -> None:
    people = [UserId(IDS.new()) for _ in range(100)]
    board = RedisPresenceBoard(cluster_database, IDS, SystemClock(), grace_seconds=0)
    await asyncio.gather(*(board.arrive(person, "1") for person in people))
    other = RedisPresenceBoard(cluster_database, IDS, SystemClock())
    assert await other.online(people) == set(people)
    await board.stop()
    assert await other.online(people) == frozenset()
    assert sorted((turn.user_id, turn.is_online) for turn in await other.turns()) == [(it, False) for it in people]

    answers = RedisPartialAnswers(cluster_database)
    for person in people:
        await answers.put(RoomId(person), PartialAnswer("q", 1, "안"))
        assert await answers.of_room(RoomId(person)) == PartialAnswer("q", 1, "안")
        await answers.clear(RoomId(person), "q")
        assert await answers.of_room(RoomId(person)) is None

    limits = RedisRateLimits(cluster_database, InMemoryRateLimits(FakeClock()))
    for person in people:
        waits = [await limits.take("send", str(person), RateLimit(1, 0.001)) for _ in range(2)]
        assert waits[0] == 0 < waits[1]


def _version(node: RedisServer) -> bytes:
    with node.client() as client:
        return str(client.info("server")["redis_version"]).split(".")[0].encode()
