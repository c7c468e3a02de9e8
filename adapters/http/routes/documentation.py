"""The description of this API, for programs and for people."""

from collections.abc import Collection
from functools import cache
from importlib.resources import files
from typing import Any

import orjson
from aiohttp import web

from adapters.http.openapi import document
from adapters.http.operations import operation
from domain.errors import NotFound

OPEN = ("/openapi.json", "/docs", "/docs/{file}")
"""Where nobody is asked who they are."""

_PAGE = files("adapters.http") / "page"
_TYPES = {"page.css": "text/css; charset=utf-8", "page.js": "text/javascript; charset=utf-8"}
_MAY = "; ".join(
    [
        "default-src 'none'",
        *(f"{what}-src 'self'" for what in ("script", "style", "connect")),
        "img-src data:",
        "base-uri 'none'",
        "form-action 'none'",
        "frame-ancestors 'none'",
    ]
)
_FRESH = {"Cache-Control": "no-cache", "Content-Security-Policy": _MAY}


@cache
def _read(name: str) -> bytes:
    return (_PAGE / name).read_bytes()


@operation("A page that shows this description.", answer=str, media="text/html")
async def page(_: web.Request) -> web.Response:
    return web.Response(body=_read("page.html"), headers={"Content-Type": "text/html; charset=utf-8", **_FRESH})


@operation(
    "What the page consists of.",
    path={"file": "page.css or page.js"},
    answer=str,
    media="text/*",
    errors=(NotFound,),
)
async def part(request: web.Request) -> web.Response:
    name = request.match_info["file"]
    if name not in _TYPES:
        raise NotFound
    return web.Response(body=_read(name), headers={"Content-Type": _TYPES[name], **_FRESH})


def routes(open_paths: Collection[str]) -> list[web.RouteDef]:
    """The routes of ``open_paths`` are described as those that need no token."""
    made: list[bytes] = []

    @operation("This description.", answer=dict[str, Any])
    async def described(request: web.Request) -> web.Response:
        if not made:
            made.append(orjson.dumps(document(request.app.router.routes(), open_paths)))
        return web.Response(
            body=made[0], headers={"Content-Type": "application/json; charset=utf-8", "Cache-Control": "no-cache"}
        )

    return [web.get("/openapi.json", described), web.get("/docs", page), web.get("/docs/{file:[^/]+}", part)]
