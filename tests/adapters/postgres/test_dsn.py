"""What a DATABASE_URL may look like."""

from urllib.parse import quote

import pytest

from adapters.postgres.database import PostgresDatabase
from adapters.postgres.dsn import Target, read_dsn
from domain.errors import Unavailable

PARTS = {"user": "ana", "password": "p@ss", "host": "db", "port": "5433", "dbname": "jarvis"}


@pytest.mark.parametrize("scheme", ["postgresql", "postgres"])
def test_both_schemes_are_known(scheme: str) -> None:
    assert read_dsn(f"{scheme}://ana:p%40ss@db:5433/jarvis") == Target(PARTS)


def test_a_line_of_keywords_is_known() -> None:
    assert read_dsn("host=db user=ana dbname=jarvis").parameters == {"host": "db", "user": "ana", "dbname": "jarvis"}


def test_what_prisma_adds_is_understood_or_passed_over() -> None:
    target = read_dsn(
        "postgresql://ana:p%40ss@db:5433/jarvis?schema=team%20a&connection_limit=5&pool_timeout=10&pgbouncer=true"
        "&statement_cache_size=0&sslmode=require&connect_timeout=3"
    )
    assert target == Target({**PARTS, "sslmode": "require", "connect_timeout": "3"}, "team a", pgbouncer=True)


def test_a_socket_folder_stands_in_the_query() -> None:
    target = read_dsn("postgresql:///jarvis?host=/var/run/my%20db&schema=public")
    assert target.parameters == {"dbname": "jarvis", "host": "/var/run/my db"}


@pytest.mark.parametrize(
    "dsn",
    [
        "mysql://ana:geheim@db/jarvis",
        "postgresql://ana:geheim@db:port:5/jarvis",
        "postgresql://ana:geheim@db/jarvis?sslmod=require",
        "geheim",
        "postgresql://ana:gehe%zzim@db/jarvis",
    ],
)
def test_what_cannot_be_read_is_refused_without_telling_the_password(dsn: str) -> None:
    with pytest.raises(ValueError, match="PostgreSQL URL") as refused:
        read_dsn(dsn)
    assert "gehe" not in str(refused.value)


@pytest.mark.parametrize("schema", ["team", 'a "quoted" \\ name'])
async def test_a_schema_is_where_tables_are_looked_for(empty_postgres_dsn: str, schema: str) -> None:
    database = PostgresDatabase(f"{empty_postgres_dsn}&schema={quote(schema)}", pool_min=1)
    await database.open()
    try:
        async with database.connection() as connection:
            cursor = await connection.execute("select current_setting('search_path')")
            assert await cursor.fetchone() == ('"' + schema.replace('"', '""') + '"',)
    finally:
        await database.close()


async def test_a_database_that_is_away_is_unavailable() -> None:
    database = PostgresDatabase("postgresql://ana@127.0.0.1:1/jarvis", timeout_seconds=0.2)
    with pytest.raises(Unavailable):
        await database.open()
    await database.close()
