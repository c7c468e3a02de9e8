"""What rooms are called, as every store tells it."""

import pytest

from application.direct_rooms import DirectRooms
from domain.errors import NotFound
from domain.ids import RoomId
from domain.users import Actor
from tests.contracts.stores import Stores


async def test_a_room_has_one_title_for_all(stores: Stores, ana: Actor, ben: Actor, outsider: Actor) -> None:
    room = await stores.room(ana, ben, title="하나")
    async with stores.work() as work:
        assert {await work.titles.of(room, who) for who in (None, ana.id, ben.id, outsider.id)} == {"하나"}
    await stores.rooms.rename(ana, room, "둘")
    async with stores.work() as work:
        assert await work.titles.of(room) == "둘"


async def test_a_direct_room_is_called_after_the_other_one(
    stores: Stores, ana: Actor, ben: Actor, outsider: Actor
) -> None:
    direct = DirectRooms(stores.work, stores.clock, stores.ids)
    both, alone = await direct.open(ben, [ana.id]), await direct.open(ana, [])
    async with stores.work() as work:
        titles = [await work.titles.of(both.room.id, who) for who in (ana.id, ben.id, outsider.id, None)]
        assert titles == ["Ben", "Ana", "Ana, Ben", "Ana, Ben"]
        assert {await work.titles.of(alone.room.id, who) for who in (ana.id, None)} == {"Ana"}
        summary = await work.rooms.summary(both.room.id, ana.id)
        assert summary.room.title == titles[0]


async def test_a_room_that_is_gone_has_none(stores: Stores, ana: Actor) -> None:
    with pytest.raises(NotFound):
        async with stores.work() as work:
            await work.titles.of(RoomId(stores.ids.new()), ana.id)
