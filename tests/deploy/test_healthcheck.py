"""The health check of the containers."""

import asyncio
import socket
import sys
from collections.abc import AsyncIterator

import pytest
from aiohttp import web

from tests.deploy.deployment import ROOT

SCRIPT = ROOT / "deploy" / "healthcheck.py"


async def check(port: int, path: str, seconds: str = "20") -> int:
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-I", str(SCRIPT), str(port), path, seconds), env={"http_proxy": "http://127.0.0.1:1"}
    )
    async with asyncio.timeout(30):
        return await process.wait()


@pytest.fixture
async def port() -> AsyncIterator[int]:
    async def ready(_: web.Request) -> web.Response:
        return web.Response(text="ok")

    async def draining(_: web.Request) -> web.Response:
        return web.Response(status=503)

    async def elsewhere(_: web.Request) -> web.Response:
        raise web.HTTPFound("/ready")

    app = web.Application()
    app.add_routes([web.get("/ready", ready), web.get("/draining", draining), web.get("/elsewhere", elsewhere)])
    runner = web.AppRunner(app)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    yield site.port
    await runner.cleanup()


@pytest.mark.parametrize(("path", "status"), [("/ready", 0), ("/draining", 1), ("/elsewhere", 1), ("/nothing", 1)])
async def test_only_200_is_healthy(port: int, path: str, status: int) -> None:
    assert await check(port, path) == status


async def test_nobody_there_is_not_healthy() -> None:
    with socket.socket() as held:
        held.bind(("127.0.0.1", 0))
        assert await check(held.getsockname()[1], "/ready") == 1


async def test_a_process_that_hangs_is_not_healthy() -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:
        assert await check(silent.getsockname()[1], "/ready", seconds="0.2") == 1


async def test_what_speaks_no_http_is_not_healthy() -> None:
    async def babble(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(b"+PONG\r\n")
        await writer.drain()
        writer.close()

    server = await asyncio.start_server(babble, "127.0.0.1", 0)
    async with server:
        assert await check(server.sockets[0].getsockname()[1], "/ready") == 1
