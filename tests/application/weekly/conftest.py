"""An office over Jarvis in memory, and a room of Ana's and Ben's."""

import pytest

from domain.ids import RoomId
from domain.users import Actor
from tests.application.weekly.office import Office
from tests.in_memory import InMemoryJarvis


@pytest.fixture
def office(jarvis: InMemoryJarvis) -> Office:
    return Office(jarvis)


@pytest.fixture
async def room(jarvis: InMemoryJarvis, ana: Actor, ben: Actor) -> RoomId:
    return (await jarvis.room(ana, ben, title="배포")).room.id
