"""Whether all is well."""

from collections.abc import Mapping

from aiohttp import web

from adapters.http.answers import answer
from adapters.http.keys import CLOCK, HEALTH
from adapters.http.operations import operation
from adapters.wire.schemas.values import Done
from adapters.wire.schemas.world import HealthReport, Readiness
from adapters.wire.shapes import wire_time

_ALWAYS_TOLD = {"database": "ok", "redis": "ok"}
"""Clients look for both; a part that this installation does without cannot be down."""


def _services(parts: Mapping[str, bool]) -> dict[str, str]:
    return _ALWAYS_TOLD | {name: "ok" if well else "down" for name, well in parts.items()}


@operation("Whether all is well.", answer=HealthReport, also={503: HealthReport})
async def health(request: web.Request) -> web.Response:
    parts = await request.app[HEALTH].check()
    ok = all(parts.values())
    timestamp = wire_time(request.app[CLOCK].now())
    return answer({"ok": ok, "timestamp": timestamp, "services": _services(parts)}, status=200 if ok else 503)


@operation("Whether the process answers.", answer=Done)
async def live(_: web.Request) -> web.Response:
    return answer({"ok": True})


@operation("Whether connections may come here.", answer=Readiness, also={503: Readiness})
async def ready(request: web.Request) -> web.Response:
    readiness = await request.app[HEALTH].readiness()
    content = {"ok": readiness.ready, "draining": readiness.draining, "services": _services(readiness.parts)}
    return answer(content, status=200 if readiness.ready else 503)


def routes() -> list[web.RouteDef]:
    return [web.get("/health", health), web.get("/health/live", live), web.get("/health/ready", ready)]
