"""Two servers, and what they stand on goes away under them. The checker of ``jarvis verify`` counts at the end."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path
from random import Random
from time import monotonic

import pytest

from adapters.memory.event_bus import InMemoryNetwork
from adapters.postgres.embedded import EmbeddedPostgres
from application.ports.event_bus import Notice
from entrypoints.verify.records import Evidence, Send
from entrypoints.verify.run import Crowd, Plan, Report, verify
from tests.crowds import more_acked
from tests.end_to_end.houses import SECRET, over_postgres
from tests.jarvis_process import JarvisProcess, running
from tests.redis_server import RedisServer

AWAY = "SERVICE_UNAVAILABLE"
NEVER = "600"
ALIKE = {
    "JWT_SECRET": SECRET,
    "JARVIS_RATE_LIMITS": "off",
    "DATABASE_POOL_MAX": "4",
    "DATABASE_POOL_TIMEOUT_SECONDS": "2",
    # Rooms are not compared with the store by the clock: what is missed has to be noticed.
    "JARVIS_COMPARE_SECONDS": NEVER,
}


@asynccontextmanager
async def two_servers(folder: Path, database_url: str, redis: RedisServer) -> AsyncIterator[Sequence[JarvisProcess]]:
    """Two servers over one database and one Redis, which are killed at the end if they still run."""
    settings = {**ALIKE, "DATABASE_URL": database_url, "REDIS_URL": redis.url}
    async with AsyncExitStack() as stack:
        entering = []
        for name in ("first", "second"):
            (folder / name).mkdir()
            server = running("serve", folder=folder / name, **settings)
            entering.append(asyncio.ensure_future(server.__aenter__()))
            stack.push_async_exit(server)
        yield await asyncio.gather(*entering)


class UnreliableNetwork(InMemoryNetwork):
    """Loses, repeats and holds back what is in the log, and counts how often."""

    def __init__(self, seed: int) -> None:
        super().__init__()
        self.lost = self.repeated = self.moved = 0
        self._random = Random(seed)
        self._held: list[Notice] = []

    def carry(self, notices: Sequence[Notice]) -> None:
        carried: list[Notice] = []
        late, self._held = self._held, []
        for notice in notices:
            fate = self._random.random() if notice.seq is not None else 1.0
            if fate < 0.1:
                self.lost += 1
            elif fate < 0.2:
                self.repeated += 1
                carried += [notice, notice]
            elif fate < 0.3:
                self.moved += 1
                self._held.append(notice)
            else:
                carried.append(notice)
        super().carry([*carried, *late])


def urls(servers: Sequence[JarvisProcess]) -> list[str]:
    return [server.url for server in servers]


def assert_good(report: Report) -> None:
    """Nothing is wrong, everything was acked, and everybody heard everything."""
    counts = report.verdict.counts
    assert report.verdict.violations == ()
    assert counts["acked"] == counts["sent"] == counts["logged"]
    assert counts["readers_at_the_end"] == report.plan.clients * 2
    assert counts["heard"] * report.plan.rooms == counts["logged"] * report.plan.clients * 2, "each event once by each"


def sent_on(evidence: Evidence, url: str) -> list[Send]:
    """What was first sent over a socket at this server."""
    sockets = {hearing.socket for hearing in evidence.hearings if hearing.server == url}
    return [send for send in evidence.sends if send.tries and send.tries[0].socket in sockets]


async def test_one_of_two_servers_is_killed_in_a_burst(
    tmp_path: Path, postgres_dsn: str, stoppable_redis: RedisServer
) -> None:
    async with two_servers(tmp_path, postgres_dsn, stoppable_redis) as (dying, staying):

        async def kill(crowd: Crowd) -> None:
            await more_acked(crowd, 500)
            there = [client for client in crowd.clients if client.server == dying.url]
            assert 0 < len(there) < len(crowd.clients)
            dying.kill()
            await crowd.until(lambda: all(client.server == staying.url for client in there), "going to the other")
            await crowd.until(lambda: crowd.joined == len(crowd.clients), "coming back")
            await more_acked(crowd, 500)

        plan = Plan(urls([dying, staying]), clients=12, rooms=3, seconds=0, rate=0, cut=0, ahead=16)
        report = await verify(plan, kill)
        assert await dying.ended() < 0
        assert_good(report)
        assert report.verdict.counts["sent_again"] > 0, "it was in the middle of it"
        assert await staying.stop() == 0


@pytest.mark.parametrize("talk_goes_on", [True, False], ids=["talk goes on", "silence"])
async def test_redis_is_stopped_and_started_empty(
    tmp_path: Path, postgres_dsn: str, stoppable_redis: RedisServer, talk_goes_on: bool
) -> None:
    away: list[float] = []

    async with two_servers(tmp_path, postgres_dsn, stoppable_redis) as servers:
        first, second = urls(servers)

        async def restart(crowd: Crowd) -> None:
            def heard_where_it_was_said() -> bool:
                newest: dict[str, int] = {}
                for send in sent_on(crowd.evidence, first):
                    if send.acks and send.acks[0].at > away[0]:
                        newest[send.room] = max(newest.get(send.room, 0), send.acks[0].seq)
                listeners = [client for client in crowd.clients if client.server == first]
                return len(newest) == 2 and all(c.reached[room] >= newest[room] for c in listeners for room in c.rooms)

            assert {client.server for client in crowd.clients} == {first, second}
            await more_acked(crowd, 200)
            await asyncio.to_thread(stoppable_redis.stop)
            away.append(monotonic())
            await more_acked(crowd, 200)
            await crowd.until(heard_where_it_was_said, "hearing what is said on the same server")
            assert crowd.joined == len(crowd.clients), "nobody is thrown out"
            await asyncio.to_thread(stoppable_redis.start)
            if talk_goes_on:
                await more_acked(crowd, 200)

        report = await verify(Plan((first, second), clients=8, rooms=2, seconds=0, rate=50, cut=0, seed=2), restart)
        assert_good(report)
        assert report.verdict.counts["sockets"] == report.plan.clients, "all went on over the same sockets"
        assert report.refusals == {}
        assert report.ack_seconds[-1] < 1, "no send waited for Redis"
        for server in servers:
            assert await server.stop() == 0


async def test_postgresql_is_stopped_and_started_in_a_burst(
    tmp_path: Path, database: EmbeddedPostgres, stoppable_redis: RedisServer
) -> None:
    clients, ahead = 12, 16
    all_ahead = clients * ahead
    url = await asyncio.to_thread(database.start)
    async with two_servers(tmp_path, url, stoppable_redis) as servers:

        async def restart(crowd: Crowd) -> None:
            await more_acked(crowd, 500)
            await asyncio.to_thread(database.stop)
            await crowd.until(lambda: crowd.evidence.refusals[AWAY] >= all_ahead, "a refusal for every send")
            acked = crowd.acked
            await crowd.until(lambda: crowd.evidence.refusals[AWAY] >= 3 * all_ahead, "two more")
            assert crowd.acked == acked, "nothing is acked without the database"
            assert crowd.joined == len(crowd.clients), "nobody is thrown out"
            await asyncio.to_thread(database.start)
            await more_acked(crowd, 500)

        plan = Plan(urls(servers), clients=clients, rooms=3, seconds=0, rate=0, cut=0, ahead=ahead)
        report = await verify(plan, restart)
        assert_good(report)
        assert set(report.refusals) == {AWAY}
        assert report.verdict.counts["sockets"] == report.plan.clients
        for server in servers:
            assert await server.stop() == 0


async def test_the_bus_drops_repeats_and_reorders(tmp_path: Path, postgres_dsn: str) -> None:
    network = UnreliableNetwork(seed=11)
    async with over_postgres(tmp_path, postgres_dsn, network) as house:
        plan = Plan(house.urls, clients=8, rooms=2, seconds=0, rate=25, cut=0.5)
        report = await verify(plan, lambda crowd: more_acked(crowd, 800))
    assert_good(report)
    assert report.verdict.counts["sockets"] > report.plan.clients, "connections were lost on the way"
    assert min(network.lost, network.repeated, network.moved) > 20


async def test_200_clients_come_back_at_once(tmp_path: Path, postgres_dsn: str, stoppable_redis: RedisServer) -> None:
    async with two_servers(tmp_path, postgres_dsn, stoppable_redis) as servers:

        async def cut_all(crowd: Crowd) -> None:
            await more_acked(crowd, 200)
            hearings = len(crowd.evidence.hearings)
            for client in crowd.clients:
                client.cut()
            await crowd.until(lambda: len(crowd.evidence.hearings) >= hearings + 2 * len(crowd.clients), "new joins")
            await crowd.until(lambda: crowd.joined == len(crowd.clients), "coming back")
            await more_acked(crowd, 200)

        report = await verify(Plan(urls(servers), clients=200, rooms=20, seconds=0, rate=1, cut=0), cut_all)
        assert_good(report)
        assert report.verdict.counts["sockets"] == 2 * report.plan.clients
        for server in servers:
            assert await server.stop() == 0
