"""Of several processes one leads, as long as it lives."""

from collections.abc import AsyncIterator

import psycopg
import pytest

from adapters.postgres.database import PostgresDatabase
from adapters.postgres.leadership import PostgresLeadership
from domain.errors import Unavailable
from tests.postgres_server import cut_connections


@pytest.fixture
async def rivals(postgres_database: PostgresDatabase) -> AsyncIterator[tuple[PostgresLeadership, PostgresLeadership]]:
    pair = PostgresLeadership(postgres_database, "the test"), PostgresLeadership(postgres_database, "the test")
    yield pair
    for rival in pair:
        await rival.resign()


async def test_one_leads_and_goes_on_leading(rivals: tuple[PostgresLeadership, PostgresLeadership]) -> None:
    first, second = rivals
    for _ in range(3):
        assert await first.lead()
        assert not await second.lead()


async def test_who_resigns_is_followed(rivals: tuple[PostgresLeadership, PostgresLeadership]) -> None:
    first, second = rivals
    assert await first.lead()
    await first.resign()
    assert await second.lead()
    assert not await first.lead()


async def test_who_loses_the_connection_leads_no_more(
    rivals: tuple[PostgresLeadership, PostgresLeadership], postgres_dsn: str
) -> None:
    first, second = rivals
    assert await first.lead()
    assert cut_connections(postgres_dsn)
    assert await second.lead()
    with pytest.raises(Unavailable):
        await first.lead()
    assert not await first.lead()


async def test_different_things_have_different_leaders(
    rivals: tuple[PostgresLeadership, PostgresLeadership], postgres_database: PostgresDatabase
) -> None:
    first, _ = rivals
    other = PostgresLeadership(postgres_database, "another thing")
    assert await first.lead()
    assert await other.lead()
    await other.resign()


async def test_a_leader_asks_for_the_lock_once(
    rivals: tuple[PostgresLeadership, PostgresLeadership], postgres_dsn: str
) -> None:
    first, _ = rivals
    for _ in range(5):
        assert await first.lead()
    await first.resign()
    with psycopg.connect(postgres_dsn) as connection:
        held = connection.execute("select count(*) from pg_locks where locktype = 'advisory'").fetchone()
    assert held == (0,)
