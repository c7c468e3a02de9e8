"""Who comes and goes, with two servers and Redis between them."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path

import aiohttp
import pytest

from tests.end_to_end.client import Person, Socket
from tests.end_to_end.houses import SECRET
from tests.jarvis_process import JarvisProcess, running
from tests.redis_server import RedisServer

SETTINGS = {"JWT_SECRET": SECRET, "DATABASE_POOL_MAX": "4", "JARVIS_PRESENCE_LEASE_SECONDS": "2"}


@asynccontextmanager
async def servers(folder: Path, dsn: str, redis: RedisServer, count: int) -> AsyncIterator[list[JarvisProcess]]:
    settings = {**SETTINGS, "DATABASE_URL": dsn, "REDIS_URL": redis.url}
    async with AsyncExitStack() as stack:
        yield [await stack.enter_async_context(running("serve", folder=folder, **settings)) for _ in range(count)]


async def at(server: JarvisProcess, person: Person) -> Socket:
    """A socket of the person's at this server, which has taken them in."""
    person.url = server.url
    socket = await person.connect()
    await socket.settled()
    return socket


def heard(socket: Socket, of: Person) -> list[bool]:
    return [event["isOnline"] for event in socket.told("presence.updated", userId=of.id)]


@pytest.mark.timeout(120)
async def test_coming_and_going_is_told_once_whichever_servers_people_are_at(
    tmp_path: Path, postgres_dsn: str, stoppable_redis: RedisServer
) -> None:
    async with (
        servers(tmp_path, postgres_dsn, stoppable_redis, 2) as (here, there),
        aiohttp.ClientSession() as session,
    ):
        ana, ben, cho = [await Person.sign_in(session, here.url, name) for name in ("Ana", "Ben", "Cho")]
        room = await ana.open_room(ben, cho)
        await ana.open_room(ben, cho, title="another one of theirs")
        listening = [await at(here, ben), await at(here, ben), await at(there, cho)]
        first, second = await at(here, ana), await at(there, ana)
        await first.join(room)
        for socket in listening:
            await socket.expect("presence.updated", userId=ana.id, isOnline=True)
        await first.close()
        await second.settled()
        await second.close()
        for socket in listening:
            await socket.expect("presence.updated", userId=ana.id, isOnline=False)
        for number in range(12):
            await (await at((here, there)[number % 2], ana)).close()
        last = await at(there, ana)
        for socket in listening:
            while heard(socket, ana)[-1:] != [True] or len(heard(socket, ana)) < 3:
                await socket.expect("presence.updated", userId=ana.id)
            await socket.settled()
            assert heard(socket, ana)[-1], "whatever came in between, the last word is what is true"
        await last.close()
        for socket in listening:
            await socket.close()


@pytest.mark.timeout(120)
async def test_the_people_of_a_server_that_is_killed_are_told_of_once(
    tmp_path: Path, postgres_dsn: str, stoppable_redis: RedisServer
) -> None:
    async with (
        servers(tmp_path, postgres_dsn, stoppable_redis, 3) as (dying, here, there),
        aiohttp.ClientSession() as session,
    ):
        ana, ben, cho, dan = [await Person.sign_in(session, here.url, name) for name in ("Ana", "Ben", "Cho", "Dan")]
        await ana.open_room(ben, cho, dan)
        listening = [await at(here, ben), await at(there, cho)]
        lost = [await at(dying, ana), await at(dying, dan)]
        dan_stays = await at(there, dan)
        for socket in listening:
            for person in (ana, dan):
                await socket.expect("presence.updated", userId=person.id, isOnline=True)
        dying.kill()
        gone = [await socket.expect("presence.updated", userId=ana.id, isOnline=False) for socket in listening]
        assert gone[0].payload == gone[1].payload
        assert gone[0]["lastSeenAt"] is not None
        back = await at(there, ana)
        for socket in listening:
            await socket.expect("presence.updated", userId=ana.id, isOnline=True)
            await socket.settled()
            assert heard(socket, ana) == [True, False, True]
            assert heard(socket, dan) == [True], "who is at another server as well has not gone"
        await asyncio.gather(*(socket.close() for socket in (*listening, *lost, dan_stays, back)))


@pytest.mark.timeout(120)
async def test_who_goes_over_to_another_server_when_theirs_stops_is_not_told_of(
    tmp_path: Path, postgres_dsn: str, stoppable_redis: RedisServer
) -> None:
    async with (
        servers(tmp_path, postgres_dsn, stoppable_redis, 2) as (stopping, staying),
        aiohttp.ClientSession() as session,
    ):
        ana, ben, cho = [await Person.sign_in(session, staying.url, name) for name in ("Ana", "Ben", "Cho")]
        await ana.open_room(ben, cho)
        bens = await at(staying, ben)
        anas, chos = await at(stopping, ana), await at(stopping, cho)
        for person in (ana, cho):
            await bens.expect("presence.updated", userId=person.id, isOnline=True)
        stopped = asyncio.ensure_future(stopping.stop())
        assert await anas.closed() == 1001
        again = await at(staying, ana)
        assert await stopped == 0
        await bens.expect("presence.updated", userId=cho.id, isOnline=False)
        assert heard(bens, ana) == [True]
        await again.close()
        await bens.expect("presence.updated", userId=ana.id, isOnline=False)
        await asyncio.gather(*(socket.close() for socket in (bens, anas, chos)))
