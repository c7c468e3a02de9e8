"""SIGTERM: what was accepted is finished, and who was connected is told to come again."""

import asyncio
import base64
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import aiohttp
import pytest

from tests.end_to_end.bursts import (
    acked_at_least,
    assert_nothing_lost_nothing_twice_one_order,
    come_back,
    gather_people,
    talk,
)
from tests.end_to_end.replica import PATIENCE, Person, Replica, StoredRoom, assert_acked_once
from tests.jarvis_process import JarvisProcess, running

GOING_DOWN = 1001
KILLED_BY_THE_SECOND = 130
CLOSE_FRAME = 0x88


async def test_a_burst_is_finished_and_everybody_told(tmp_path: Path, postgres_dsn: str) -> None:
    async with aiohttp.ClientSession() as session:
        async with running("serve", folder=tmp_path, DATABASE_URL=postgres_dsn) as jarvis:
            replicas = await gather_people(session, jarvis.url)
            burst = asyncio.gather(*(talk(replica, "first") for replica in replicas))
            await acked_at_least(replicas, 400)
            started = time.monotonic()
            jarvis.ask_to_stop()
            assert await jarvis.ended() == 0
            assert time.monotonic() - started < 10
            await burst
            await asyncio.gather(*(replica.gone() for replica in replicas))
            assert [replica.close_code for replica in replicas] == [GOING_DOWN] * len(replicas)
            with pytest.raises(aiohttp.ClientConnectorError):
                await replicas[0].person.get("/rooms")

        async with running("serve", folder=tmp_path, DATABASE_URL=postgres_dsn) as jarvis:
            people = [replica.person for replica in replicas]
            for person in people:
                person.url = jarvis.url
            stored = await StoredRoom.fetch(people[0], replicas[0].room_id)
            assert_acked_once(people, stored)
            acked = {message_id for person in people for message_id, _ in person.acked.values()}
            assert {message_id for message_id, *_ in stored.messages.values()} == acked, "kept, but its sender not told"
            await come_back(replicas, jarvis.url)
            await assert_nothing_lost_nothing_twice_one_order(replicas)
            for replica in replicas:
                await replica.close()
            assert await jarvis.stop() == 0


async def test_no_connection_is_taken_while_it_stops(tmp_path: Path) -> None:
    async with running("demo", folder=tmp_path) as jarvis, silent_reader(jarvis) as reader:
        jarvis.ask_to_stop()
        await read_close(reader)
        with pytest.raises(ConnectionRefusedError):
            await asyncio.open_connection("127.0.0.1", jarvis.port)


async def test_a_client_that_does_not_answer_holds_nothing_up(tmp_path: Path) -> None:
    async with running("demo", folder=tmp_path) as jarvis, silent_reader(jarvis) as reader:
        started = time.monotonic()
        jarvis.ask_to_stop()
        await read_close(reader)
        assert await jarvis.ended() == 0
        assert time.monotonic() - started < 10


async def test_a_second_signal_ends_at_once(tmp_path: Path) -> None:
    async with running("demo", folder=tmp_path) as jarvis, silent_reader(jarvis) as reader:
        jarvis.ask_to_stop()
        await read_close(reader)
        jarvis.ask_to_stop()
        assert await jarvis.ended() == KILLED_BY_THE_SECOND


async def test_an_answer_in_the_making_is_handed_back(tmp_path: Path, postgres_dsn: str) -> None:
    """The lease is good for an hour: the next server answers only because the first has let go of it."""
    settings = {"DATABASE_URL": postgres_dsn, "JARVIS_ANSWER_LEASE_SECONDS": "3600"}
    async with aiohttp.ClientSession() as session:
        async with running("serve", folder=tmp_path, **settings) as jarvis:
            ana = Replica(await Person.sign_in(session, jarvis.url, "ana@local"), "")
            ana.room_id = await ana.person.open_room()
            ana.members = {ana.person.id: "owner"}
            await ana.connect()
            await ana.send("자비스야, are you there?", "question")
            await ana.until(lambda: len(ana.told("bot.stream")) > 1)
            assert await jarvis.stop() == 0
            await ana.gone()
            assert not ana.logged("bot.done")

        async with running("serve", folder=tmp_path, **settings) as jarvis:
            await come_back([ana], jarvis.url)
            await ana.until(lambda: bool(ana.logged("bot.done")))
            await assert_nothing_lost_nothing_twice_one_order([ana])
            await ana.close()
            assert await jarvis.stop() == 0


@asynccontextmanager
async def silent_reader(jarvis: JarvisProcess) -> AsyncIterator[asyncio.StreamReader]:
    """What the server sends to a client that signs in, and never answers anything."""
    async with aiohttp.ClientSession() as session:
        person = await Person.sign_in(session, jarvis.url, "silent@local")
    reader, writer = await asyncio.open_connection("127.0.0.1", jarvis.port)
    key = base64.b64encode(b"a key of 16 char").decode()
    writer.write(
        f"GET /ws?token={person.token} HTTP/1.1\r\nHost: localhost\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n"
        f"Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: {key}\r\n\r\n".encode()
    )
    try:
        async with asyncio.timeout(PATIENCE):
            assert (await reader.readuntil(b"\r\n\r\n")).startswith(b"HTTP/1.1 101 ")
        # Messages that it does not understand are answered: so it is signed in, and not only connected.
        writer.write(b"\x81\x82\x00\x00\x00\x00{}")
        async with asyncio.timeout(PATIENCE):
            _, size = await reader.readexactly(2)
            assert b"BAD_MESSAGE" in await reader.readexactly(size)
        yield reader
    finally:
        writer.close()
        await writer.wait_closed()


async def read_close(reader: asyncio.StreamReader) -> None:
    async with asyncio.timeout(PATIENCE):
        opcode, size = await reader.readexactly(2)
        assert opcode == CLOSE_FRAME
        assert int.from_bytes((await reader.readexactly(size))[:2], "big") == GOING_DOWN
