"""The official client over a server that says what the test wants."""

from collections.abc import AsyncIterator

import pytest

from adapters.openai.client import ModelPatience, OpenAiClient
from adapters.system.clock import SystemClock
from tests.openai_server import OpenAiServer

PATIENCE = ModelPatience(connect=5, first=5, stall=0.2, whole=5, retries=2, pause=0.001)


@pytest.fixture
async def server() -> AsyncIterator[OpenAiServer]:
    async with OpenAiServer().serving() as serving:
        yield serving


@pytest.fixture
async def client(server: OpenAiServer) -> AsyncIterator[OpenAiClient]:
    opened = OpenAiClient("sk-of-this-installation", server.url, SystemClock(), PATIENCE)
    yield opened
    await opened.close()
