"""Servers, workers and a scheduler as processes of their own, over one PostgreSQL and one Redis."""

import signal
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import AsyncExitStack
from dataclasses import dataclass, field
from pathlib import Path

import aiohttp
import psycopg
import pytest

from tests.end_to_end.bursts import assert_nothing_lost_nothing_twice_one_order, come_back
from tests.end_to_end.replica import Person, Replica
from tests.jarvis_process import JarvisProcess, beside, running
from tests.postgres_server import cut_connections
from tests.redis_server import RedisServer
from tests.waiting import until

KILLED_BY_THE_SECOND = 130
BRISK = {"JARVIS_ANSWER_LEASE_SECONDS": "1", "JARVIS_SWEEP_SECONDS": "0.3"}
LOCKS = """
select count(*) from pg_locks
where locktype = 'advisory' and granted
    and database = (select oid from pg_database where datname = current_database())
"""


@dataclass
class Installation:
    """The processes of one, and who talks there."""

    folder: Path
    settings: Mapping[str, str]
    stack: AsyncExitStack
    session: aiohttp.ClientSession
    workers: list[JarvisProcess] = field(default_factory=list)
    replicas: list[Replica] = field(default_factory=list)

    async def server(self) -> JarvisProcess:
        return await self.stack.enter_async_context(running("serve", folder=self.folder, **self.settings))

    async def worker(self) -> JarvisProcess:
        self.workers.append(await self._beside("worker"))
        return self.workers[-1]

    async def scheduler(self) -> JarvisProcess:
        return await self._beside("scheduler")

    async def person(self, name: str, url: str) -> Replica:
        """Somebody alone in a room of their own, who hears it."""
        replica = Replica(await Person.sign_in(self.session, url, f"{name}@local"), "")
        replica.room_id = await replica.person.open_room()
        replica.members = {replica.person.id: "owner"}
        await replica.connect()
        await replica.caught_up(0)
        self.replicas.append(replica)
        return replica

    def requests(self) -> Sequence[tuple[str, int]]:
        """Status and attempt of every question, oldest first."""
        with psycopg.connect(self.settings["DATABASE_URL"]) as connection:
            return connection.execute("select status, attempt from jarvis_requests order by created_at").fetchall()

    def answers(self) -> Sequence[int]:
        """How many messages answer each question."""
        query = "select (select count(*) from messages m where m.request_id = q.id) from jarvis_requests q"
        with psycopg.connect(self.settings["DATABASE_URL"]) as connection:
            return [int(count) for (count,) in connection.execute(query)]

    async def _beside(self, command: str) -> JarvisProcess:
        return await self.stack.enter_async_context(beside(command, folder=self.folder, **self.settings))


@pytest.fixture
async def installation(tmp_path: Path, postgres_dsn: str, stoppable_redis: RedisServer) -> AsyncIterator[Installation]:
    settings = {**BRISK, "DATABASE_URL": postgres_dsn, "REDIS_URL": stoppable_redis.url, "JARVIS_DATA": str(tmp_path)}
    async with AsyncExitStack() as stack:
        session = await stack.enter_async_context(aiohttp.ClientSession())
        made = Installation(tmp_path, settings, stack, session)
        yield made
        for replica in made.replicas:
            await replica.close()


async def answered(replica: Replica, count: int = 1) -> None:
    await replica.until(lambda: len(replica.logged("bot.done")) >= count)


async def personally_told(replica: Replica, type_: str) -> None:
    await replica.until(lambda: bool(replica.told(type_)))


def indexes(replica: Replica, request_id: str) -> list[int]:
    return [chunk["index"] for chunk in replica.told("bot.stream") if chunk["requestId"] == request_id]


async def test_questions_are_answered_by_workers_and_not_by_servers(installation: Installation) -> None:
    server = await installation.server()
    people = [await installation.person(name, server.url) for name in ("ana", "ben", "cho")]
    for person in people:
        await person.send("The launch is on Thursday.", "fact")
        await person.send("자비스야, when is the launch?", "question")
        await person.say("jarvis.request", prompt="When?", requestId=f"p-{person.person.id}", isPersonal=True)
    for person in people:
        await person.all_acked()
        await personally_told(person, "jarvis.accepted")
    assert {status for status, _ in installation.requests()} == {"queued"}, "there is no worker yet"
    await installation.worker()
    await installation.worker()
    for person in people:
        await answered(person)
        await personally_told(person, "bot.personal.done")
        (answer,) = person.logged("bot.done")
        assert "Thursday" in answer["content"]
        chunks = [chunk["chunk"] for chunk in person.told("bot.stream")]
        assert "".join(chunks) == answer["content"], "what streams past is what is posted"
    assert installation.requests() == [("done", 1)] * 6
    await assert_nothing_lost_nothing_twice_one_order([people[0]])


async def test_a_worker_killed_in_the_middle_is_followed_by_another(installation: Installation) -> None:
    server = await installation.server()
    await installation.scheduler()
    dying = await installation.worker()
    ana = await installation.person("ana", server.url)
    await ana.send("The launch is on Thursday. " * 20, "fact")
    await ana.send("자비스야, when is the launch?", "question")
    await ana.until(lambda: len(ana.told("bot.stream")) > 2)
    dying.kill()
    assert await dying.ended() < 0
    assert not ana.logged("bot.done")
    heir = await installation.worker()
    await answered(ana)
    # A lane is answered in order: when this one is, no other answer to the first can come any more.
    await ana.send("자비스야, and now?", "question-2")
    await answered(ana, 2)
    first, second = (answer["requestId"] for answer in ana.logged("bot.done"))
    assert first != second
    assert installation.requests() == [("done", 2), ("done", 1)], "the second attempt alone could post"
    assert installation.answers() == [1, 1]
    told = indexes(ana, first)
    again = told.index(0, 1)
    assert told == [*range(again), *range(len(told) - again)], "the second attempt tells it from the beginning"
    await assert_nothing_lost_nothing_twice_one_order([ana])
    assert await heir.stop() == 0


async def test_a_worker_told_to_stop_hands_back_what_it_is_answering(installation: Installation) -> None:
    """Without a scheduler, and with a lease that is good for an hour: the next one hears of it at once."""
    installation.settings = {**installation.settings, "JARVIS_ANSWER_LEASE_SECONDS": "3600"}
    server = await installation.server()
    leaving = await installation.worker()
    ana = await installation.person("ana", server.url)
    await ana.send("The launch is on Thursday. " * 20, "fact")
    await ana.send("자비스야, when is the launch?", "question")
    await ana.until(lambda: len(ana.told("bot.stream")) > 2)
    assert await leaving.stop() == 0
    assert not ana.logged("bot.done")
    await installation.worker()
    await answered(ana)
    assert installation.requests() == [("done", 1)], "an attempt that was handed back does not count"
    assert installation.answers() == [1]


async def test_a_second_signal_ends_a_worker_at_once(installation: Installation, stoppable_redis: RedisServer) -> None:
    worker = await installation.worker()
    stoppable_redis.freeze()  # so that it cannot take its leave
    worker.ask_to_stop()
    worker.process.send_signal(signal.SIGINT)
    assert await worker.ended() == KILLED_BY_THE_SECOND


async def test_a_worker_that_cannot_take_its_leave_ends_in_time(
    installation: Installation, stoppable_redis: RedisServer
) -> None:
    installation.settings = {**installation.settings, "JARVIS_STOP_SECONDS": "1"}
    worker = await installation.worker()
    stoppable_redis.freeze()
    assert await worker.stop() == 1


async def test_redis_that_comes_back_empty_loses_no_question(
    installation: Installation, stoppable_redis: RedisServer
) -> None:
    server = await installation.server()
    people = [await installation.person(name, server.url) for name in ("ana", "ben")]
    for person in people:
        await person.send("자비스야, what was said?", "before")
        await person.all_acked()
    stoppable_redis.stop()
    for person in people:
        await person.send("자비스야, and while Redis is away?", "while away")
        await person.all_acked()
    stoppable_redis.start()
    await installation.worker()
    await installation.worker()
    await installation.scheduler()
    for person in people:
        await answered(person, 2)
    stoppable_redis.restart()
    for person in people:
        await person.send("자비스야, and after?", "after")
    for person in people:
        await answered(person, 3)
    assert {status for status, _ in installation.requests()} == {"done"}
    assert installation.answers() == [1] * 6
    await assert_nothing_lost_nothing_twice_one_order([people[0]])


async def test_of_two_schedulers_one_works_and_the_other_takes_over(installation: Installation) -> None:
    server = await installation.server()
    first, second = await installation.scheduler(), await installation.scheduler()
    await installation.worker()
    await _until_there_are_locks(installation, 1)
    first.kill()
    assert await first.ended() < 0
    await _until_there_are_locks(installation, 1)
    ana = await installation.person("ana", server.url)
    await ana.send("자비스야, who rings?", "question")
    await answered(ana)
    assert await second.stop() == 0
    await _until_there_are_locks(installation, 0)


async def test_connections_to_postgresql_that_are_cut_stop_nobody(installation: Installation) -> None:
    server = await installation.server()
    await installation.worker()
    await installation.scheduler()
    ana = await installation.person("ana", server.url)
    await ana.send("자비스야, what was said?", "before")
    await ana.until(lambda: len(ana.told("bot.stream")) > 2)
    assert cut_connections(installation.settings["DATABASE_URL"]) > 3
    await answered(ana)
    await ana.send("자비스야, and now?", "after")
    await answered(ana, 2)
    assert {status for status, _ in installation.requests()} == {"done"}
    assert installation.answers() == [1, 1]


async def test_people_who_come_back_find_answers_made_meanwhile(installation: Installation) -> None:
    server = await installation.server()
    await installation.worker()
    ana = await installation.person("ana", server.url)
    await ana.send("자비스야, are you there?", "question")
    await ana.until(lambda: len(ana.told("bot.stream")) > 1)
    assert await server.stop() == 0
    await ana.gone()
    other = await installation.server()
    await come_back([ana], other.url)
    await answered(ana)
    assert installation.requests() == [("done", 1)], "a worker does not need the server"


async def _until_there_are_locks(installation: Installation, count: int) -> None:
    with psycopg.connect(installation.settings["DATABASE_URL"], autocommit=True) as connection:
        await until(lambda: connection.execute(LOCKS).fetchone() == (count,))
