"""Jarvis in memory, with people."""

import pytest

from domain.users import Actor
from tests.in_memory import InMemoryJarvis


@pytest.fixture
def jarvis() -> InMemoryJarvis:
    return InMemoryJarvis()


@pytest.fixture
async def ana(jarvis: InMemoryJarvis) -> Actor:
    return await jarvis.person("Ana")


@pytest.fixture
async def ben(jarvis: InMemoryJarvis) -> Actor:
    return await jarvis.person("Ben")


@pytest.fixture
async def outsider(jarvis: InMemoryJarvis) -> Actor:
    return await jarvis.person("Olga")
