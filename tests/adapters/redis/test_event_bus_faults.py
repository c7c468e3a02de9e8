"""The bus when Redis stops, is emptied, hangs, or cuts connections: talk here goes on, and what was lost is told."""

import asyncio

import redis

from adapters.redis.pace import BusPace
from application.ports.event_bus import Notice
from domain.ids import RoomId, UserId
from tests.adapters.redis.conftest import BRISK, IDS, Connect, Server
from tests.builders import FakeClock, eventually
from tests.redis_server import RedisServer

NEVER = BusPace(patience=3600)


def say(server: Server, room: RoomId, body: bytes, seq: int = 1) -> None:
    server.bus.publish([Notice(body, room, seq)])


async def until_heard(here: Server, there: Server, room: RoomId) -> None:
    """Publish until it arrives on the other server."""
    async with asyncio.timeout(10):
        for number in range(10**9):
            if b"again" in there.ear.bodies:
                return
            say(here, room, b"again", number)
            await asyncio.sleep(0)


async def test_redis_stopped_and_started_empty(
    here: Server, there: Server, stoppable_redis: RedisServer, room: RoomId
) -> None:
    ana = UserId(IDS.new())
    for server in (here, there):
        await server.bus.listen(room)
    await there.bus.listen(ana)
    stoppable_redis.stop()
    await eventually(lambda: not here.bus.is_up and not there.bus.is_up)
    for number in range(1000):
        say(here, room, b"alone", number)
    assert here.ear.bodies == [b"alone"] * 1000, "talk on one server goes on"
    assert (here.bus.waiting, here.bus.dropped) == (0, 1000), "nothing old is kept"
    await there.bus.forget(ana)
    other = RoomId(IDS.new())
    async with asyncio.timeout(0.5):
        await there.bus.listen(other)

    stoppable_redis.start()
    await here.ear.returned()
    await there.ear.returned()
    await eventually(lambda: here.bus.is_up and there.bus.is_up)
    say(here, room, b"together")
    say(here, other, b"in the new room")
    here.bus.publish([Notice(b"for ana", user_ids=(ana,))])
    await there.ear.hears(b"together")
    await there.ear.hears(b"in the new room")
    assert b"for ana" not in there.ear.bodies
    assert b"alone" not in there.ear.bodies


async def test_redis_is_not_there_yet(connect: Connect, stoppable_redis: RedisServer, room: RoomId) -> None:
    stoppable_redis.stop()
    here, there = await connect(stoppable_redis.url), await connect(stoppable_redis.url)
    assert not here.bus.is_up
    async with asyncio.timeout(0.5):
        await there.bus.listen(room)
    stoppable_redis.start()
    await there.ear.returned()
    await eventually(lambda: here.bus.is_up)
    say(here, room, b"late but there")
    await there.ear.hears(b"late but there")


async def test_connections_that_are_killed(
    here: Server, there: Server, stoppable_redis: RedisServer, room: RoomId
) -> None:
    await there.bus.listen(room)
    for times in range(1, 4):
        with stoppable_redis.client() as operator:
            assert operator.execute_command("CLIENT", "KILL", "TYPE", "pubsub") >= 1
        await there.ear.returned(times)
        assert there.bus.is_up
        body = b"after %d" % times
        say(here, room, body)
        await there.ear.hears(body)


async def test_a_publisher_that_is_cut_off_tells_what_it_could_not_send(
    here: Server, there: Server, stoppable_redis: RedisServer, room: RoomId
) -> None:
    await there.bus.listen(room)
    with stoppable_redis.client() as operator:
        operator.execute_command("CLIENT", "KILL", "TYPE", "normal")
    await eventually(lambda: not here.bus.is_up)
    say(here, room, b"lost")
    await there.ear.returned()
    assert there.ear.bodies == []
    assert here.bus.dropped == 1
    say(here, room, b"heard")
    await there.ear.hears(b"heard")


async def test_a_subscriber_that_lags_is_cut_off_and_told(
    connect: Connect, stoppable_redis: RedisServer, room: RoomId
) -> None:
    server = await connect(stoppable_redis.url)
    await server.bus.listen(room)
    with stoppable_redis.client() as operator:
        operator.config_set("client-output-buffer-limit", "pubsub 1mb 1mb 1")
        # The loop stands still meanwhile, so nothing of this is read before Redis has had enough.
        for _ in range(64):
            operator.publish(f"jarvis_room_events:{room}", b"\x01" + bytes(16) + b"x" * 512 * 1024)
    await server.ear.returned()
    await eventually(lambda: server.bus.is_up)
    say(await connect(stoppable_redis.url), room, b"caught up")
    await server.ear.hears(b"caught up")


async def test_a_hanging_redis_is_given_up_and_found_again(
    connect: Connect, stoppable_redis: RedisServer, room: RoomId
) -> None:
    clock = FakeClock()
    server = await connect(stoppable_redis.url, clock=clock, pace=NEVER)
    await server.bus.listen(room)
    stoppable_redis.freeze()
    await clock.sleepers()
    clock.advance(NEVER.ping)  # asks
    await clock.sleepers()
    assert server.bus.is_up
    clock.advance(NEVER.ping)  # has heard nothing
    await eventually(lambda: not server.bus.is_up)
    stoppable_redis.thaw()
    await clock.sleepers()
    clock.advance(NEVER.longest_pause)
    await server.ear.returned()
    await eventually(lambda: server.bus.is_up)


async def test_a_room_that_is_not_confirmed_in_time_is_made_good(
    connect: Connect, stoppable_redis: RedisServer, room: RoomId
) -> None:
    server = await connect(stoppable_redis.url, pace=BusPace(patience=0.05, first_pause=0.01, longest_pause=0.05))
    stoppable_redis.freeze()
    await server.bus.listen(room)
    assert not server.bus.is_up
    async with asyncio.timeout(0.05):
        for _ in range(100):
            await server.bus.listen(RoomId(IDS.new()))
    stoppable_redis.thaw()
    await server.ear.returned()
    await until_heard(await connect(stoppable_redis.url), server, room)


async def test_what_finds_no_room_is_dropped_and_told(
    connect: Connect, there: Server, stoppable_redis: RedisServer, room: RoomId
) -> None:
    await there.bus.listen(room)
    pace = BusPace(waiting_bytes=3000, waiting_notices=10)
    here = await connect(stoppable_redis.url, pace=pace)
    for number in range(100):
        say(here, room, b"s", number)
    assert (here.bus.waiting, here.bus.dropped) == (10, 90)
    await there.ear.returned()
    await there.ear.until(lambda: len(there.ear.notices) == 10)
    say(here, room, b"x" * 10_000, 100)
    say(here, room, b"too much", 101)
    assert here.bus.waiting == 1, "one alone always fits"
    await there.ear.returned(2)
    await there.ear.hears(b"x" * 10_000)
    assert b"too much" not in there.ear.bodies


async def test_what_waits_is_sent_before_the_end(
    connect: Connect, there: Server, stoppable_redis: RedisServer, room: RoomId
) -> None:
    await there.bus.listen(room)
    here = await connect(stoppable_redis.url)
    for number in range(2000):
        say(here, room, b"last words", number)
    await here.bus.stop()
    await there.ear.until(lambda: len(there.ear.notices) == 2000)
    assert here.bus.dropped == 0


async def test_strangers_on_the_channel_do_no_harm(there: Server, stoppable_redis: RedisServer, room: RoomId) -> None:
    await there.bus.listen(room)
    with stoppable_redis.client() as stranger:
        for strange in (b"", b"hello", b'{"type":"message.new"}', b"\x02" + bytes(100), b"\x01" + bytes(30)):
            stranger.publish(f"jarvis_room_events:{room}", strange)
    await until_heard(there, there, room)
    assert set(there.ear.bodies) == {b"again"}


async def test_a_receiver_that_fails_does_not_take_the_bus_down(
    connect: Connect, here: Server, stoppable_redis: RedisServer, room: RoomId
) -> None:
    there = await connect(stoppable_redis.url)
    failures: list[object] = []
    asyncio.get_running_loop().set_exception_handler(lambda _, context: failures.append(context["exception"]))
    await there.bus.listen(room)

    def fail(_: object) -> None:
        raise RuntimeError("no")

    there.bus.attach(fail, lambda: None)
    say(here, room, b"fails")
    await eventually(lambda: len(failures) == 1)
    there.bus.attach(there.ear._receive, lambda: None)
    say(here, room, b"heard")
    await there.ear.hears(b"heard")


async def test_how_far_behind_a_server_is_is_measured(connect: Connect, stoppable_redis: RedisServer) -> None:
    clock = FakeClock()
    server = await connect(stoppable_redis.url, clock=clock, pace=BRISK)
    await clock.sleepers()
    assert server.bus.lag == 0
    clock.advance(BRISK.ping)
    await eventually(lambda: server.bus.lag > 0)


async def test_a_wrong_password_is_an_outage_and_nothing_worse(
    connect: Connect, stoppable_redis: RedisServer, room: RoomId
) -> None:
    with stoppable_redis.client() as operator:
        operator.config_set("requirepass", "secret")
    server = await connect(stoppable_redis.url)
    await server.bus.listen(room)
    say(server, room, b"alone")
    assert server.ear.bodies == [b"alone"]
    assert not server.bus.is_up
    right = await connect(stoppable_redis.url.replace("redis://", "redis://:secret@"))
    assert right.bus.is_up
    with redis.Redis(port=stoppable_redis.port, password="secret") as operator:
        operator.config_set("requirepass", "")
    await server.ear.returned()
    await eventually(lambda: server.bus.is_up)
