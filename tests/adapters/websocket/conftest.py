"""A rig, and a room with two people in it."""

import pytest

from domain.ids import RoomId
from domain.users import Actor
from tests.adapters.websocket.rig import Rig


@pytest.fixture
async def rig() -> Rig:
    return Rig()


@pytest.fixture
async def talk(rig: Rig) -> tuple[RoomId, Actor, Actor]:
    """A room of Ana's, with Ben in it."""
    room_id, (ana, ben) = await rig.people_in_a_room("Ana", "Ben")
    return room_id, ana, ben
