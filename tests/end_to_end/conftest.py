"""The whole product in the process of a test, over memory and over PostgreSQL, and people to use it."""

from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, Mapping
from contextlib import AsyncExitStack
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Any, Protocol

import aiohttp
import psycopg
import pytest
import uvloop
from dependency_injector import providers
from psycopg import sql

from adapters.postgres.embedded import EmbeddedPostgres
from adapters.system.clock import SystemClock
from entrypoints import container
from entrypoints.container import Product
from entrypoints.server import serving, working
from entrypoints.settings import load
from tests.end_to_end.client import Person
from tests.end_to_end.houses import SECRET
from tests.models import ScriptedModel
from tests.openai_server import OpenAiServer
from tests.postgres_server import THROW_AWAY, made_database


def pytest_asyncio_loop_factories(config: pytest.Config, item: pytest.Item) -> Mapping[str, Callable[[], Any]]:
    """The loop that the product runs on."""
    return {"uvloop": uvloop.new_event_loop}


TABLES = "select tablename from pg_tables where schemaname = current_schema() and tablename not like '\\_yoyo%'"


class MovableClock:
    """The system's clock, which can be set forward."""

    def __init__(self) -> None:
        self._system = SystemClock()
        self._ahead = timedelta(0)

    def now(self) -> datetime:
        return self._system.now() + self._ahead

    async def sleep(self, seconds: float) -> None:
        await self._system.sleep(seconds)

    def advance(self, **time: float) -> None:
        self._ahead += timedelta(**time)


@dataclass(frozen=True)
class Server:
    """A server at ``url``, whose Jarvis says what ``model`` is told to say."""

    url: str
    session: aiohttp.ClientSession
    product: Product
    model: ScriptedModel
    clock: MovableClock

    async def person(self, name: str, email: str | None = None) -> Person:
        return await Person.sign_in(self.session, self.url, name, email)

    @property
    def open_sockets(self) -> int:
        return len(self.product.hub().connections)


class OpenServer(Protocol):
    """Opens a server with these settings, by their environment variables, and this model; without one, the vendor's
    that is set, and else a script."""

    def __call__(self, model: ScriptedModel | None = None, /, **settings: object) -> Awaitable[Server]: ...


@pytest.fixture(scope="session")
def shared_database(postgres_server: str, postgres_template: str) -> Iterator[str]:
    """One database for many tests, since to make one takes as long as a test."""
    with made_database(postgres_server, postgres_template) as dsn:
        yield dsn


@pytest.fixture(params=["memory", "postgres"])
def database_url(request: pytest.FixtureRequest) -> str | None:
    """The database that a server of this test stands on, in which there is nothing yet; None for memory."""
    if request.param == "memory":
        return None
    dsn: str = request.getfixturevalue("shared_database")
    with psycopg.connect(dsn, autocommit=True) as connection:
        tables = [sql.Identifier(name) for (name,) in connection.execute(TABLES)]
        connection.execute(sql.SQL("truncate {}").format(sql.SQL(", ").join(tables)))
    return dsn


@pytest.fixture
def database(tmp_path: Path) -> Iterator[EmbeddedPostgres]:
    """A PostgreSQL that the test stops and starts."""
    server = EmbeddedPostgres(tmp_path / "database", settings=THROW_AWAY)
    try:
        yield server
    finally:
        server.stop()


@pytest.fixture
async def open_server(tmp_path: Path, database_url: str | None) -> AsyncIterator[OpenServer]:
    async with AsyncExitStack() as stack:
        session = await stack.enter_async_context(aiohttp.ClientSession())

        async def open_(model: ScriptedModel | None = None, /, **overrides: object) -> Server:
            small: dict[str, object] = {"PORT": 0, "JARVIS_DATA": tmp_path, "DATABASE_POOL_MAX": 4}
            settings = load(**(small | overrides))
            clock = MovableClock()
            scripted: dict[str, providers.Provider[Any]] = {"clock": providers.Object(clock)}
            speaks = model is not None or settings.ai == "mock"
            model = model or ScriptedModel()
            if speaks:
                scripted["model"] = providers.Object(model)
            adapters = (
                container.InMemoryAdapters(settings=settings, secret=SECRET, **scripted)
                if database_url is None
                else container.LiveAdapters(settings=settings, secret=SECRET, database_url=database_url, **scripted)
            )
            product = Product(settings=settings, secret=SECRET, adapters=adapters)
            await stack.enter_async_context(working(product))
            port = await stack.enter_async_context(serving(product))
            return Server(f"http://127.0.0.1:{port}", session, product, model, clock)

        yield open_


@pytest.fixture
async def openai() -> AsyncIterator[OpenAiServer]:
    """Stands in for the vendor of the model."""
    async with OpenAiServer().serving() as serving:
        yield serving


@pytest.fixture
def open_on_openai(open_server: OpenServer, openai: OpenAiServer) -> OpenServer:
    """Opens a server whose model is that of ``openai``."""
    return partial(open_server, AI_PROVIDER="openai", OPENAI_API_KEY="sk-1", OPENAI_BASE_URL=openai.url)


@pytest.fixture
async def server(open_server: OpenServer) -> Server:
    return await open_server()


@pytest.fixture
async def ana(server: Server) -> Person:
    return await server.person("Ana")


@pytest.fixture
async def ben(server: Server) -> Person:
    return await server.person("Ben")


@pytest.fixture
async def cho(server: Server) -> Person:
    return await server.person("Cho")


@pytest.fixture
async def room(ana: Person, ben: Person) -> str:
    """Ana's room, with Ben in it."""
    return await ana.open_room(ben)
