"""The first start of an installation: the one secret that its log shows."""

import io
import logging
import re
from collections.abc import Iterator
from pathlib import Path

import aiohttp
import pytest

from entrypoints.container import Product, in_memory, set_up_logs
from entrypoints.server import serving, working
from entrypoints.settings import Settings, load

SECRET = "k3Jq9vXw7Lz0pRt5sYb2nMd8fHg6aQcE"
ROOT = {"email": "root@corp.example", "password": "correct horse battery"}
LINK = re.compile(r"https://chat\.example\.com/#/setup/([A-Za-z0-9_-]{43})\b")


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return load(PORT=0, JARVIS_DATA=tmp_path, JARVIS_PUBLIC_URL="https://chat.example.com/", JWT_SECRET=SECRET)


@pytest.fixture
def log(settings: Settings) -> Iterator[io.StringIO]:
    """What the process writes, with all that is hidden in it."""
    stream = io.StringIO()
    handler = set_up_logs("warning", "json", settings.secrets, stream)
    yield stream
    logging.getLogger().removeHandler(handler)


async def set_up(product: Product, *tokens: str) -> list[int]:
    """What comes of making the administrator with each of these."""
    statuses = []
    async with serving(product) as port, aiohttp.ClientSession() as session:
        for token in tokens:
            body = {**ROOT, "token": token}
            async with session.post(f"http://127.0.0.1:{port}/auth/setup", json=body) as response:
                statuses.append(response.status)
    return statuses


async def test_the_log_of_an_empty_installation_shows_a_link_that_makes_the_administrator(
    settings: Settings, log: io.StringIO
) -> None:
    product = in_memory(settings, SECRET)
    async with working(product):
        [token] = LINK.findall(log.getvalue())
        assert await set_up(product, token, token) == [200, 400]
    assert log.getvalue().count("/#/setup/") == 1


async def test_each_start_shows_another_link_until_there_is_an_account(settings: Settings, log: io.StringIO) -> None:
    product = in_memory(settings, SECRET)
    for _ in range(2):
        async with working(product):
            pass
    async with working(product):
        first, second, third = LINK.findall(log.getvalue())
        assert await set_up(product, first, second, third) == [400, 400, 200]
    async with working(product):
        assert len(LINK.findall(log.getvalue())) == 3
