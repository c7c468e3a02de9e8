"""Whether all is well."""

from aiohttp import web

from adapters.http.answers import answer
from adapters.http.keys import CLOCK, HEALTH
from adapters.wire.shapes import wire_time

_ALWAYS_TOLD = {"database": "ok", "redis": "ok"}
"""Clients look for both; a part that this installation does without cannot be down."""


async def health(request: web.Request) -> web.Response:
    parts = await request.app[HEALTH].check()
    ok = all(parts.values())
    services = _ALWAYS_TOLD | {name: "ok" if well else "down" for name, well in parts.items()}
    timestamp = wire_time(request.app[CLOCK].now())
    return answer({"ok": ok, "timestamp": timestamp, "services": services}, status=200 if ok else 503)


def routes() -> list[web.RouteDef]:
    return [web.get("/health", health)]
