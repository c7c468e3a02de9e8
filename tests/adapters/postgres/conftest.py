"""What the tests of PostgreSQL stand on: a database, somebody to talk, and a way to hold a room up."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass

import psycopg
import pytest

from adapters.memory.event_bus import InMemoryEventBus
from adapters.postgres.database import PostgresDatabase
from adapters.postgres.message_log import PostgresMessageLog
from adapters.postgres.unit_of_work import PostgresWork
from application.ports.message_log import NewMessage
from application.publication import Publication
from domain.ids import MessageId, RoomId
from domain.messages import Message, fingerprint
from domain.rooms import Member, Role, Room, RoomType
from domain.users import Actor
from tests.builders import START, EventRecorder, SequenceIds, a_user, signed_in
from tests.waiting import until

WAITING_FOR_A_LOCK = """
select count(*) from pg_stat_activity
where datname = current_database() and wait_event_type = 'Lock' and application_name = 'jarvis'
"""


@dataclass
class Server:
    """One server's way to the database, and what it published."""

    dsn: str
    database: PostgresDatabase
    work: PostgresWork
    log: PostgresMessageLog
    recorder: EventRecorder
    ids: SequenceIds

    async def person(self, name: str) -> Actor:
        return await signed_in(self.work, a_user(name, self.ids))

    async def room(self, owner: Actor, *members: Actor) -> RoomId:
        room = Room(RoomId(self.ids.new()), RoomType.GROUP, "Room", owner.id, START)
        async with self.work() as work:
            await work.rooms.add(room)
            await work.members.add([Member(room.id, owner.id, Role.OWNER, START)])
            await work.members.add([Member(room.id, member.id, Role.MEMBER, START) for member in members])
        return room.id

    def message(
        self, room_id: RoomId, sender: Actor, content: str = "안녕", client_temp_id: str | None = None
    ) -> NewMessage:
        print_ = fingerprint(content.replace("\ud800", "?"))
        return NewMessage(MessageId(self.ids.new()), room_id, sender.id, content, print_, START, client_temp_id)

    async def kept(self, room_id: RoomId) -> list[Message]:
        async with self.work() as work:
            return list(await work.messages.page(room_id, before=None, take=10_000))

    @asynccontextmanager
    async def holding(self, room_id: RoomId) -> AsyncIterator[None]:
        """Somebody else, whom no fault of ours concerns, has the room locked."""
        async with await psycopg.AsyncConnection.connect(self.dsn) as connection:
            await connection.execute("select from rooms where id = %s for update", (room_id,))
            yield

    async def waits(self) -> None:
        """Wait until the database holds a statement of ours up."""
        async with await psycopg.AsyncConnection.connect(self.dsn, autocommit=True) as connection:

            async def look() -> bool:
                return await (await connection.execute(WAITING_FOR_A_LOCK)).fetchone() != (0,)

            await until(look)


@asynccontextmanager
async def running(dsn: str, ids: SequenceIds, batch_limit: int = 1024) -> AsyncIterator[Server]:
    recorder = EventRecorder()
    publication = Publication(recorder, InMemoryEventBus())
    database = PostgresDatabase(dsn, pool_min=1, pool_max=8)
    await database.open()
    log = PostgresMessageLog(database, publication, batch_limit=batch_limit)
    await log.start()
    try:
        yield Server(dsn, database, PostgresWork(database, publication), log, recorder, ids)
    finally:
        await log.stop()
        await database.close()


@pytest.fixture
async def server(postgres_dsn: str) -> AsyncIterator[Server]:
    async with running(postgres_dsn, SequenceIds()) as server:
        yield server


@pytest.fixture
async def second(server: Server) -> AsyncIterator[Server]:
    """Another server on the same database."""
    async with running(server.dsn, server.ids, batch_limit=7) as second:
        yield second


@pytest.fixture
async def ana(server: Server) -> Actor:
    return await server.person("Ana")


@pytest.fixture
async def ben(server: Server) -> Actor:
    return await server.person("Ben")


@pytest.fixture
async def room(server: Server, ana: Actor, ben: Actor) -> RoomId:
    """Ana's room, with Ben in it."""
    return await server.room(ana, ben)
