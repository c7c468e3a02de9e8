"""A PostgreSQL that has no vectors, or none for us, and one that gets them later."""

import logging
from collections.abc import Iterator
from secrets import token_hex

import psycopg
import pytest
from psycopg import sql

from adapters.postgres.migrations import migrate_down, migrate_up
from domain.search import SearchMode
from tests.adapters.postgres.searching import house


@pytest.fixture
def humble_dsn(postgres_server: str, empty_postgres_dsn: str) -> Iterator[str]:
    """A database for somebody who may make tables in it, and no extension."""
    name = f"jarvis_test_{token_hex(6)}"
    role = sql.Identifier(name)
    with psycopg.connect(empty_postgres_dsn, autocommit=True) as owner:
        owner.execute(sql.SQL("create role {}").format(role))
        owner.execute(sql.SQL("grant all on schema public to {}").format(role))
    try:
        yield f"{empty_postgres_dsn}&options=-c%20role%3D{name}"
    finally:
        with psycopg.connect(empty_postgres_dsn, autocommit=True) as owner:
            owner.execute(sql.SQL("drop owned by {}").format(role))
            owner.execute(sql.SQL("drop role {}").format(role))


async def test_without_the_extension_all_but_vectors_works_and_a_warning_says_so(
    humble_dsn: str, empty_postgres_dsn: str, caplog: pytest.LogCaptureFixture
) -> None:
    migrate_up(humble_dsn)
    async with house(humble_dsn) as here:
        ana = await here.person("Ana")
        room = (await here.rooms.create(ana, "Room")).room.id
        await here.messages.send(ana, room, "배포 일정은 목요일")
        with caplog.at_level(logging.WARNING):
            assert await here.embedding.turn() == 0
            assert await here.embedding.turn() == 0
        (warning,) = [record.message for record in caplog.records if "pgvector" in record.message]
        assert "create extension vector" in warning
        await here.indexing.turn()
        for mode in (SearchMode.TEXT, SearchMode.HYBRID):
            assert [hit.message.content for hit in await here.search.find(ana, "배포", mode=mode)] == [
                "배포 일정은 목요일"
            ]
        assert await here.embedding.progress() is None

        with psycopg.connect(empty_postgres_dsn, autocommit=True) as owner:
            owner.execute("create extension vector")
        here.clock.advance(61)
        assert await here.embedding.turn() == 1
        (hit,) = await here.search.find(ana, "배포 일정", mode=SearchMode.SEMANTIC)
        assert hit.message.content == "배포 일정은 목요일"
        await here.rooms.delete(ana, room)
    with psycopg.connect(empty_postgres_dsn) as owner:
        assert owner.execute("select count(*) from message_embeddings").fetchone() == (0,)


async def test_the_rooms_can_be_deleted_and_the_schema_taken_back_without_the_extension(humble_dsn: str) -> None:
    migrate_up(humble_dsn)
    async with house(humble_dsn) as here:
        ana = await here.person("Ana")
        room = (await here.rooms.create(ana, "Room")).room.id
        await here.messages.send(ana, room, "하나")
        await here.rooms.delete(ana, room)
    migrate_down(humble_dsn, steps=100)
    migrate_up(humble_dsn)


async def test_many_vectors_are_found_by_an_index_of_their_model(postgres_dsn: str) -> None:
    async with house(postgres_dsn) as here:
        await here.embedding.turn()
    with psycopg.connect(postgres_dsn) as connection:
        (definition,) = connection.execute(
            "select indexdef from pg_indexes where tablename = 'message_embeddings' and indexdef like '%hnsw%'"
        ).fetchone() or ("",)
    assert "vector(256)) vector_cosine_ops" in definition
