"""The same stores, twice: every test of this folder runs over memory and over PostgreSQL."""

from collections.abc import AsyncIterator

import pytest

from adapters.memory.event_bus import InMemoryEventBus
from adapters.memory.job_queue import InMemoryJobQueue
from adapters.memory.message_log import InMemoryMessageLog
from adapters.memory.presence import InMemoryPresenceBoard
from adapters.memory.revoked_tokens import InMemoryRevokedTokens
from adapters.memory.store import InMemoryStore
from adapters.memory.unit_of_work import InMemoryWork
from adapters.postgres.database import PostgresDatabase
from adapters.postgres.message_log import PostgresMessageLog
from adapters.postgres.revoked_tokens import PostgresRevokedTokens
from adapters.postgres.unit_of_work import PostgresWork
from adapters.wire.encoder import WireEncoder
from application.hook_delivery import DeliveryPace, HookDelivery
from application.incoming_hooks import IncomingHooks
from application.messages import Messages
from application.outgoing_hooks import OutgoingHooks
from application.ports.message_log import MessageLog
from application.ports.revoked_tokens import RevokedTokens
from application.ports.unit_of_work import Work
from application.publication import Publication
from application.reading import Reading
from application.roles import Roles
from application.rooms import Rooms
from domain.ids import RoomId
from domain.users import Actor
from tests.builders import EventRecorder, FakeClock, SequenceIds, SequenceSecrets
from tests.contracts.hooks import SIGNING, Receiver
from tests.contracts.stores import Stores


@pytest.fixture
def clock() -> FakeClock:
    return FakeClock()


@pytest.fixture
def recorder() -> EventRecorder:
    return EventRecorder()


@pytest.fixture
def publication(recorder: EventRecorder) -> Publication:
    return Publication(recorder, InMemoryEventBus())


def _stores(
    work: Work,
    message_log: MessageLog,
    revoked: RevokedTokens,
    recorder: EventRecorder,
    clock: FakeClock,
    *,
    serial: bool,
) -> Stores:
    ids = SequenceIds()
    return Stores(
        work=work,
        message_log=message_log,
        revoked_tokens=revoked,
        recorder=recorder,
        clock=clock,
        ids=ids,
        rooms=Rooms(work, InMemoryPresenceBoard(), clock, ids),
        messages=Messages(work, message_log, InMemoryJobQueue(), clock, ids),
        reading=Reading(work),
        roles=Roles(work),
        serial=serial,
    )


@pytest.fixture
def memory_stores(recorder: EventRecorder, publication: Publication, clock: FakeClock) -> Stores:
    store = InMemoryStore(clock)
    return _stores(
        InMemoryWork(store, publication),
        InMemoryMessageLog(store, publication),
        InMemoryRevokedTokens(clock),
        recorder,
        clock,
        serial=True,
    )


@pytest.fixture
async def postgres_stores(
    postgres_database: PostgresDatabase, recorder: EventRecorder, publication: Publication, clock: FakeClock
) -> AsyncIterator[Stores]:
    message_log = PostgresMessageLog(postgres_database, publication)
    await message_log.start()
    try:
        yield _stores(
            PostgresWork(postgres_database, publication),
            message_log,
            PostgresRevokedTokens(postgres_database),
            recorder,
            clock,
            serial=False,
        )
    finally:
        await message_log.stop()


@pytest.fixture(params=["memory", "postgres"])
def stores(request: pytest.FixtureRequest) -> Stores:
    chosen: Stores = request.getfixturevalue(f"{request.param}_stores")
    return chosen


@pytest.fixture
async def ana(stores: Stores) -> Actor:
    return await stores.person("Ana")


@pytest.fixture
async def ben(stores: Stores) -> Actor:
    return await stores.person("Ben")


@pytest.fixture
async def outsider(stores: Stores) -> Actor:
    return await stores.person("Olga")


@pytest.fixture
async def room(stores: Stores, ana: Actor, ben: Actor) -> RoomId:
    """Ana's room, with Ben in it."""
    return await stores.room(ana, ben)


@pytest.fixture
def receiver() -> Receiver:
    return Receiver()


@pytest.fixture
def incoming(stores: Stores) -> IncomingHooks:
    return IncomingHooks(stores.work, SequenceSecrets(), stores.clock, stores.ids)


@pytest.fixture
def outgoing(stores: Stores, receiver: Receiver) -> OutgoingHooks:
    return OutgoingHooks(stores.work, receiver, SIGNING, SequenceSecrets(), stores.clock, stores.ids)


@pytest.fixture
def delivery(stores: Stores, receiver: Receiver) -> HookDelivery:
    return HookDelivery(stores.work, receiver, WireEncoder(), SIGNING, stores.clock, stores.ids, DeliveryPace())
