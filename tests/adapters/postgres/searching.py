"""What search needs, over one database."""

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager

from adapters.memory.event_bus import InMemoryEventBus
from adapters.memory.job_queue import InMemoryJobQueue
from adapters.memory.presence import InMemoryPresenceBoard
from adapters.mock.embedder import MockEmbedder
from adapters.postgres.database import PostgresDatabase
from adapters.postgres.message_log import PostgresMessageLog
from adapters.postgres.unit_of_work import PostgresWork
from application.embedding import Embedding
from application.indexing import TextIndexing
from application.meanings import Meanings
from application.messages import Messages
from application.ports.message_search import Near
from application.publication import Publication
from application.rooms import Rooms
from application.search import Search
from domain.ids import RoomId
from domain.users import Actor
from tests.builders import EventRecorder, FakeClock, SequenceIds, a_user, signed_in


class House:
    """Rooms, messages and search."""

    def __init__(self, log: PostgresMessageLog, work: PostgresWork) -> None:
        self.clock, self.ids, self.work = FakeClock(), SequenceIds(), work
        self.rooms = Rooms(work, InMemoryPresenceBoard(), self.clock, self.ids)
        self.messages = Messages(work, log, InMemoryJobQueue(), self.clock, self.ids)
        self.meanings = Meanings(work, MockEmbedder(), self.clock)
        self.embedding = Embedding(work, self.meanings, self.clock)
        self.indexing = TextIndexing(work, self.clock)
        self.search = Search(work, self.meanings, self.clock)

    async def person(self, name: str) -> Actor:
        return await signed_in(self.work, a_user(name, self.ids))

    async def settle(self) -> None:
        """Index and embed all that was said."""
        while await self.indexing.turn():
            pass
        while await self.embedding.turn():
            pass

    async def nearest(self, actor: Actor, room_id: RoomId, query: str, *, take: int) -> Sequence[Near]:
        space = await self.meanings.space()
        assert space is not None
        vector = await self.meanings.of_query(query)
        async with self.work() as work:
            return await work.search.nearest(actor.id, room_id, space, vector, take=take)


@asynccontextmanager
async def house(dsn: str) -> AsyncIterator[House]:
    database = PostgresDatabase(dsn, pool_min=1, pool_max=4)
    await database.open()
    publication = Publication(EventRecorder(), InMemoryEventBus())
    log = PostgresMessageLog(database, publication)
    await log.start()
    try:
        yield House(log, PostgresWork(database, publication))
    finally:
        await log.stop()
        await database.close()
