"""A PostgreSQL for the tests: the server of TEST_DATABASE_URL, or one that is started for the run and thrown away.

``postgres_dsn`` is a fresh, migrated database for one test; ``empty_postgres_dsn`` one without any table.
"""

from collections.abc import AsyncIterator, Iterator, Mapping
from contextlib import contextmanager
from secrets import token_hex
from urllib.parse import quote, urlencode

import psycopg
import pytest
from psycopg import sql
from psycopg.conninfo import conninfo_to_dict

from adapters.postgres.database import PostgresDatabase
from adapters.postgres.embedded import EmbeddedPostgres
from adapters.postgres.migrations import migrate_up
from tests.environment import variable

THROW_AWAY: Mapping[str, str] = {"fsync": "off", "full_page_writes": "off", "max_wal_size": "4GB"}
"""Settings for a server whose data nobody needs after a crash of the machine; everything else is as in production."""


@pytest.fixture(scope="session")
def postgres_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The URL of a database on the server, to connect to while making and dropping others."""
    given = variable("TEST_DATABASE_URL")
    if given is not None:
        yield given
        return
    server = EmbeddedPostgres(tmp_path_factory.mktemp("postgres"), settings=THROW_AWAY)
    try:
        yield server.start()
    finally:
        server.stop()


@pytest.fixture(scope="session")
def postgres_template(postgres_server: str) -> Iterator[str]:
    """The name of a database with the newest schema and nothing in it, for others to be copied from."""
    with made_database(postgres_server) as dsn:
        migrate_up(dsn)
        yield str(conninfo_to_dict(dsn)["dbname"])


@pytest.fixture
def postgres_dsn(postgres_server: str, postgres_template: str) -> Iterator[str]:
    with made_database(postgres_server, template=postgres_template) as dsn:
        yield dsn


@pytest.fixture
def empty_postgres_dsn(postgres_server: str) -> Iterator[str]:
    with made_database(postgres_server) as dsn:
        yield dsn


@pytest.fixture
async def postgres_database(postgres_dsn: str) -> AsyncIterator[PostgresDatabase]:
    """An open pool on a fresh, migrated database."""
    database = PostgresDatabase(postgres_dsn, pool_min=1, pool_max=8)
    await database.open()
    try:
        yield database
    finally:
        await database.close()


@contextmanager
def made_database(server: str, template: str = "template0") -> Iterator[str]:
    """The URL of a new database, which is dropped at the end, whoever is connected to it."""
    name = f"jarvis_test_{token_hex(6)}"
    _run(server, sql.SQL("create database {} template {}").format(sql.Identifier(name), sql.Identifier(template)))
    try:
        yield url_of(server, name)
    finally:
        _run(server, sql.SQL("drop database {} with (force)").format(sql.Identifier(name)))


def url_of(server: str, database: str) -> str:
    """The URL of another database on the same server."""
    parameters = {key: value for key, value in conninfo_to_dict(server).items() if key != "dbname"}
    return f"postgresql:///{quote(database)}?{urlencode(parameters, quote_via=quote)}"


def cut_connections(dsn: str, *, application: str = "jarvis") -> int:
    """Have the server end every connection of that application to the database, and wait until they are gone.

    Answers how many there were.
    """
    query = (
        "select count(pg_terminate_backend(pid, 10000)) from pg_stat_activity "
        "where datname = current_database() and pid <> pg_backend_pid() and application_name = %s"
    )
    with psycopg.connect(dsn, autocommit=True) as connection:
        [(ended,)] = connection.execute(query, (application,))
    return int(ended)


def _run(server: str, statement: sql.Composed) -> None:
    with psycopg.connect(server, autocommit=True) as connection:
        connection.execute(statement)
