"""The whole product in memory, and a browser that opens it."""

from collections.abc import AsyncIterator, Iterator

import aiohttp
import pytest

from tests.browser import chromium
from tests.browser.chromium import Browser
from tests.end_to_end.conftest import open_server, pytest_asyncio_loop_factories, server

__all__ = ["open_server", "pytest_asyncio_loop_factories", "server"]


@pytest.fixture
def database_url() -> None:
    """What is kept is not what these tests are about."""


@pytest.fixture(scope="session")
def devtools(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    program = chromium.installed()
    if program is None:
        pytest.skip(f"there is no browser: none of {', '.join(chromium.NAMES)} is on the PATH")
    with chromium.running(program, tmp_path_factory.mktemp("profile")) as address:
        yield address


@pytest.fixture
async def browser(devtools: str) -> AsyncIterator[Browser]:
    """At the end no page may have complained."""
    async with aiohttp.ClientSession() as session, Browser(session, devtools) as opened:
        yield opened
    assert opened.complaints == []
