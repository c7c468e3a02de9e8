"""PostgreSQL goes away under a running server, and comes back."""

import asyncio
from contextlib import suppress
from pathlib import Path
from typing import Any

import aiohttp

from adapters.postgres.embedded import EmbeddedPostgres
from tests.end_to_end.bursts import (
    acked_at_least,
    assert_nothing_lost_nothing_twice_one_order,
    gather_people,
    said,
    talk,
    unacked,
)
from tests.end_to_end.replica import PATIENCE, Replica
from tests.jarvis_process import JarvisProcess, running
from tests.postgres_server import cut_connections
from tests.waiting import until

AWAY = "SERVICE_UNAVAILABLE"
POOL = {"DATABASE_POOL_TIMEOUT_SECONDS": "2"}


async def test_it_is_stopped_and_started(tmp_path: Path, database: EmbeddedPostgres) -> None:
    url = await asyncio.to_thread(database.start)
    async with (
        running("serve", folder=tmp_path, DATABASE_URL=url, **POOL) as jarvis,
        aiohttp.ClientSession() as session,
    ):
        replicas = await gather_people(session, jarvis.url)
        ana, ben, cho, _ = replicas
        await ana.send("before", "before")
        await ana.all_acked()
        assert await health(session, jarvis) == (200, True, "ok")

        await asyncio.to_thread(database.stop)
        await ana.send("meanwhile", "meanwhile")
        await ana.until(lambda: bool(ana.refused(AWAY)))
        assert ana.refused(AWAY) == {"meanwhile"}
        [before] = ana.log.values()
        await ana.say("message.edit", messageId=before["payload"]["id"], content="edited")
        await ana.until(lambda: [error["message"] for error in ana.errors] == [AWAY, AWAY])
        await cho.say("jarvis.request", prompt="Are you there?", requestId="meanwhile")
        await cho.until(lambda: bool(cho.errors))
        for method, path, body in (
            ("GET", "/rooms", None),
            ("GET", f"/rooms/{ana.room_id}/messages", None),
            ("POST", "/rooms", {"title": "No"}),
            ("POST", "/auth/dev", {"email": "eve@local"}),
        ):
            status, refusal = await ana.person.call(method, path, body)
            assert (status, refusal["error"]) == (503, AWAY)
            assert refusal["requestId"]
        assert await health(session, jarvis) == (503, False, "down")
        assert set(ana.person.acked) == {"before"}
        assert all(replica.connected for replica in replicas), "nobody is thrown out"

        await asyncio.to_thread(database.start)
        await until_well(session, jarvis)
        await ana.resend_unacked()
        await ben.send("after", "after")
        await asyncio.gather(ana.all_acked(), ben.all_acked())
        await ana.say("message.edit", messageId=before["payload"]["id"], content="edited")
        await cho.say("jarvis.request", prompt="Are you there?", requestId="meanwhile")
        await cho.until(lambda: bool(cho.logged("bot.done")))
        await ana.until(lambda: bool(ana.logged("message.updated")))
        assert all(replica.connected for replica in replicas)
        stored = await assert_nothing_lost_nothing_twice_one_order(replicas)
        assert [content for _, content, _, temp_id in stored.messages.values() if temp_id] == [
            "edited",
            "meanwhile",
            "after",
        ]
        for replica in replicas:
            await replica.close()
        assert await jarvis.stop() == 0


async def test_it_is_stopped_and_started_in_a_burst(tmp_path: Path, database: EmbeddedPostgres) -> None:
    url = await asyncio.to_thread(database.start)
    async with (
        running("serve", folder=tmp_path, DATABASE_URL=url, **POOL) as jarvis,
        aiohttp.ClientSession() as session,
    ):
        replicas = await gather_people(session, jarvis.url)
        burst = [asyncio.ensure_future(talk(replica, "first")) for replica in replicas]
        await acked_at_least(replicas, 300)
        await asyncio.to_thread(database.stop)
        for replica in replicas:
            await replica.until(lambda: bool(replica.refused(AWAY)))  # noqa: B023
        await asyncio.to_thread(database.start)
        await until_well(session, jarvis)
        await end(burst)
        await settle(replicas)
        stored = await assert_nothing_lost_nothing_twice_one_order(replicas)
        assert len(stored.messages) == said(replicas)
        assert all(replica.connected for replica in replicas)
        for replica in replicas:
            await replica.close()
        assert await jarvis.stop() == 0


async def test_its_connections_are_cut_in_a_burst(tmp_path: Path, postgres_dsn: str) -> None:
    async with (
        running("serve", folder=tmp_path, DATABASE_URL=postgres_dsn, **POOL) as jarvis,
        aiohttp.ClientSession() as session,
    ):
        replicas = await gather_people(session, jarvis.url)
        burst = [asyncio.ensure_future(talk(replica, f"n{number}")) for number, replica in enumerate(replicas)]
        cut = 0
        for times in range(1, 6):
            await acked_at_least(replicas, 150 * times)
            cut += await asyncio.to_thread(cut_connections, postgres_dsn)
            # Refused sends fill the window of those who talk; sent again, they make room.
            await asyncio.gather(*(replica.resend_unacked() for replica in replicas))
        assert cut >= 5
        await end(burst)
        await settle(replicas)
        stored = await assert_nothing_lost_nothing_twice_one_order(replicas)
        assert len(stored.messages) == said(replicas)
        for replica in replicas:
            assert {error["message"] for error in replica.errors} <= {AWAY}
            await replica.close()
        assert await jarvis.stop() == 0


async def health(session: aiohttp.ClientSession, jarvis: JarvisProcess) -> tuple[int, Any, Any]:
    async with session.get(f"{jarvis.url}/health") as answer:
        body = await answer.json()
        return answer.status, body["ok"], body["services"]["database"]


async def until_well(session: aiohttp.ClientSession, jarvis: JarvisProcess) -> None:
    """Ask until the server says that its database is there."""

    async def look() -> bool:
        return (await health(session, jarvis))[0] == 200

    await until(look)


async def end(tasks: "list[asyncio.Task[None]]") -> None:
    """Stop those who talk; raises what one of them found wrong before."""
    for task in tasks:
        task.cancel()
    for task in tasks:
        with suppress(asyncio.CancelledError):
            await task


async def settle(replicas: list[Replica]) -> None:
    """Everybody sends again what was refused or not answered, until all is acknowledged."""
    async with asyncio.timeout(PATIENCE):
        while unacked(replicas):
            for replica in replicas:
                replica.errors.clear()
                await replica.resend_unacked()
                awaited = set(replica.person.unacked)
                await replica.until(
                    lambda: set(replica.person.unacked) & awaited <= replica.refused(AWAY)  # noqa: B023
                )
