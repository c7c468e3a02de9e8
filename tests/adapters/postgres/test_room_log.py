"""What reading a log in several statements adds to its contract."""

from collections.abc import Sequence

import pytest

from adapters.postgres import room_log
from adapters.postgres.matters import matters_by_id
from adapters.postgres.session import Session
from application.matters import Draft, Matters
from domain.ids import MatterId, RoomId
from domain.matters import MatterKind
from domain.users import Actor
from tests.adapters.postgres.conftest import Server
from tests.builders import FakeClock


async def test_a_room_that_is_deleted_while_its_log_is_read_has_none(
    server: Server, ana: Actor, room: RoomId, monkeypatch: pytest.MonkeyPatch
) -> None:
    await Matters(server.work, FakeClock(), server.ids).add(ana, room, MatterKind.TASK, Draft("쓰기"))

    async def after_the_room_is_gone(session: Session, matter_ids: Sequence[MatterId]) -> object:
        async with server.work() as work:
            await work.rooms.delete(room)
        return await matters_by_id(session, matter_ids)

    async with server.work() as work:
        assert len(await work.log.after(room, 0, take=9)) == 1
    monkeypatch.setattr(room_log, "matters_by_id", after_the_room_is_gone)
    async with server.work() as work:
        assert await work.log.after(room, 0, take=9) == []
