"""PostgreSQL goes away and comes back, while the server stays."""

import asyncio
from pathlib import Path

import pytest

from adapters.postgres.embedded import EmbeddedPostgres
from adapters.postgres.health import PostgresHealthProbe
from adapters.postgres.migrations import migrate_up
from application.ports.message_log import Posted
from domain.errors import Unavailable
from tests.adapters.postgres.conftest import running
from tests.builders import SequenceIds
from tests.postgres_server import THROW_AWAY


async def test_an_outage_loses_nothing_and_needs_no_restart(tmp_path: Path) -> None:
    postgres = EmbeddedPostgres(tmp_path / "data", settings=THROW_AWAY)
    dsn = await asyncio.to_thread(postgres.start)
    try:
        await asyncio.to_thread(migrate_up, dsn)
        async with running(dsn, SequenceIds()) as server:
            probe = PostgresHealthProbe(server.database)
            ana = await server.person("Ana")
            room = await server.room(ana)
            await server.log.append(server.message(room, ana, "before", "t0"))
            assert await probe.is_well()

            await asyncio.to_thread(postgres.stop)
            drafts = [server.message(room, ana, f"{number}", f"t{number}") for number in range(1, 4)]
            for draft in drafts:
                with pytest.raises(Unavailable):
                    await server.log.append(draft)
            with pytest.raises(Unavailable):
                await server.kept(room)
            assert not await probe.is_well()

            assert await asyncio.to_thread(postgres.start) == dsn
            posted = [await server.log.append(draft) for draft in drafts]
            assert posted == [Posted(draft.id, place) for place, draft in enumerate(drafts, 2)]
            assert [message.content for message in await server.kept(room)] == ["before", "1", "2", "3"]
            assert await probe.is_well()
    finally:
        await asyncio.to_thread(postgres.stop)
