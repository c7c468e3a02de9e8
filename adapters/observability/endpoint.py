"""Health and metrics of a process that serves nothing else: a worker, a scheduler, one of several server processes."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import orjson
from aiohttp import web

from adapters.observability.requests import Show
from application.health import Health

_JSON = {"Content-Type": "application/json; charset=utf-8", "Cache-Control": "no-store"}
_GOODBYE_SECONDS = 1.0


class SightEndpoint:
    """Answers /metrics, /health, /health/live and /health/ready."""

    def __init__(self, show_metrics: Show, health: Health) -> None:
        self._show_metrics = show_metrics
        self._health = health

    @asynccontextmanager
    async def open(self, host: str, port: int) -> AsyncIterator[int]:
        """Listen for the length of the block, and answer the port. Raises OSError where the address cannot be had."""
        app = web.Application()
        app.router.add_get("/metrics", self._show_metrics)
        app.router.add_get("/health", self._ready)
        app.router.add_get("/health/live", self._live)
        app.router.add_get("/health/ready", self._ready)
        runner = web.AppRunner(app, access_log=None, handle_signals=False, shutdown_timeout=_GOODBYE_SECONDS)
        await runner.setup()
        try:
            site = web.TCPSite(runner, host, port)
            await site.start()
            yield site.port
        finally:
            await runner.cleanup()

    @staticmethod
    async def _live(_: web.Request) -> web.Response:
        return web.Response(body=b'{"ok":true}', headers=_JSON)

    async def _ready(self, _: web.Request) -> web.Response:
        readiness = await self._health.readiness()
        services = {name: "ok" if well else "down" for name, well in readiness.parts.items()}
        body = {"ok": readiness.ready, "draining": readiness.draining, "services": services}
        return web.Response(body=orjson.dumps(body), status=200 if readiness.ready else 503, headers=_JSON)
