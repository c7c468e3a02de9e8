"""Requests as they are measured, and who may read the metrics."""

import json
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack

import aiohttp
import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer, make_mocked_request

from adapters.observability.endpoint import SightEndpoint
from adapters.observability.metrics import CONTENT_TYPE, Metrics
from adapters.observability.requests import Show, observe_requests, scrape
from application.health import Health
from tests.adapters.http.house import Part
from tests.adapters.observability.conftest import Lines
from tests.adapters.observability.readouts import samples, value

TOKEN = "the-token-of-prometheus"


@pytest.fixture
def metrics() -> Metrics:
    return Metrics()


@pytest.fixture
async def session() -> AsyncIterator[aiohttp.ClientSession]:
    async with aiohttp.ClientSession() as session_:
        yield session_


@pytest.fixture
async def served(metrics: Metrics) -> AsyncIterator[str]:
    async def room(request: web.Request) -> web.Response:
        if request.match_info["room"] == "full":
            raise web.HTTPConflict
        if request.match_info["room"] == "broken":
            raise RuntimeError
        return web.Response(text="fine")

    async def socket(request: web.Request) -> web.StreamResponse:
        ws = web.WebSocketResponse()
        await ws.prepare(request)
        await ws.close()
        return ws

    app = web.Application(middlewares=[observe_requests(metrics)])
    app.router.add_get("/rooms/{room}", room)
    app.router.add_get("/ws", socket)
    async with TestServer(app, host="127.0.0.1") as server:
        yield str(server.make_url("")).rstrip("/")


async def test_requests_are_counted_by_the_pattern_of_their_address(
    served: str, metrics: Metrics, session: aiohttp.ClientSession
) -> None:
    for path in ("/rooms/secret-1", "/rooms/secret-2", "/rooms/full", "/rooms/broken", "/nowhere/secret-3"):
        async with session.get(f"{served}{path}") as response:
            await response.read()
    async with session.request("PROPFIND", f"{served}/rooms/secret-4") as response:
        await response.read()
    for route, status, count in (
        ("/rooms/{room}", "200", 2),
        ("/rooms/{room}", "409", 1),
        ("/rooms/{room}", "500", 1),
        ("unknown", "404", 1),
    ):
        assert await value(metrics, "jarvis_http_requests_total", method="GET", route=route, status=status) == count
    assert await value(metrics, "jarvis_http_requests_total", method="other", route="unknown", status="405") == 1
    assert await value(metrics, "jarvis_http_request_seconds_count", method="GET", route="/rooms/{room}") == 4
    assert b"secret" not in await metrics.show()


async def test_sockets_are_no_requests(served: str, metrics: Metrics, session: aiohttp.ClientSession) -> None:
    async with session.ws_connect(f"{served}/ws") as ws:
        await ws.receive()
    assert not [name for name, _ in samples(await metrics.show()) if name == "jarvis_http_requests_total"]


async def test_what_is_refused_is_logged_without_its_address(
    served: str, session: aiohttp.ClientSession, lines: Lines
) -> None:
    for path in ("/rooms/full?token=t0ken", "/rooms/free"):
        async with session.get(f"{served}{path}"):
            pass
    logged = [(line["level"], line["route"], line["status"]) for line in lines() if line["logger"].endswith("requests")]
    assert logged == [("info", "/rooms/{room}", 409), ("debug", "/rooms/{room}", 200)]
    assert "t0ken" not in str(lines())


def asked_from(address: str | None, **headers: str) -> web.Request:
    request = make_mocked_request("GET", "/metrics", headers=headers)
    return request.clone(remote=address) if address is not None else request


async def answered(show: Show, request: web.Request) -> int:
    return (await show(request)).status


@pytest.mark.parametrize(
    ("address", "status"),
    [
        ("127.0.0.1", 200), ("::1", 200), ("10.1.2.3", 200), ("192.168.0.9", 200), ("172.20.0.3", 200),
        ("fd00::7", 200), ("::ffff:10.0.0.1", 200), ("fe80::1%eth0", 200),
        ("93.184.215.14", 403), ("2606:2800::1", 403), ("::ffff:93.184.215.14", 403), ("somewhere", 403),
    ],
)  # fmt: skip
async def test_without_a_token_only_who_is_near_may_read(metrics: Metrics, address: str, status: int) -> None:
    assert await answered(scrape(metrics, None), asked_from(address)) == status


@pytest.mark.parametrize("header", ["X-Forwarded-For", "Forwarded", "X-Real-Ip"])
async def test_without_a_token_nobody_may_read_through_a_proxy(metrics: Metrics, header: str) -> None:
    assert await answered(scrape(metrics, None), asked_from("127.0.0.1", **{header: "127.0.0.1"})) == 403


@pytest.mark.parametrize(
    ("authorization", "status"),
    [
        (f"Bearer {TOKEN}", 200),
        (f"bearer {TOKEN} ", 200),
        ("Bearer wrong", 401),
        (TOKEN, 401),
        ("", 401),
        ("Bearer é", 401),
    ],
)
async def test_a_token_opens_to_everybody_who_has_it_and_to_nobody_else(
    metrics: Metrics, authorization: str, status: int
) -> None:
    show = scrape(metrics, TOKEN)
    assert await answered(show, asked_from("93.184.215.14", Authorization=authorization)) == status
    assert await answered(show, asked_from("127.0.0.1")) == 401


async def test_a_process_without_a_server_answers_at_a_port_of_its_own(
    metrics: Metrics, session: aiohttp.ClientSession
) -> None:
    database, redis = Part("database"), Part("redis")
    health = Health([database, redis])
    async with AsyncExitStack() as stack:
        port = await stack.enter_async_context(SightEndpoint(scrape(metrics, None), health).open("127.0.0.1", 0))

        async def get(path: str) -> tuple[int, bytes]:
            async with session.get(f"http://127.0.0.1:{port}{path}") as response:
                if path == "/metrics":
                    assert response.headers["Content-Type"] == CONTENT_TYPE
                return response.status, await response.read()

        assert await get("/health/live") == (200, b'{"ok":true}')
        assert readiness(await get("/health/ready")) == (200, True, False, {"database": "ok", "redis": "ok"})
        status, shown = await get("/metrics")
        assert status == 200
        assert ("jarvis_batch_messages_sum", frozenset()) in samples(shown)
        redis.well = False
        still_ready = (200, True, False, {"database": "ok", "redis": "down"})
        assert readiness(await get("/health/ready")) == still_ready, "much goes on without Redis"
        database.well = False
        assert readiness(await get("/health")) == (503, False, False, {"database": "down", "redis": "down"})
        assert (await get("/health/live"))[0] == 200
        database.well = redis.well = True
        health.drain()
        assert readiness(await get("/health/ready")) == (503, False, True, {"database": "ok", "redis": "ok"})


def readiness(answer: tuple[int, bytes]) -> tuple[int, bool, bool, dict[str, str]]:
    status, body = answer
    content = json.loads(body)
    return status, content["ok"], content["draining"], content["services"]
