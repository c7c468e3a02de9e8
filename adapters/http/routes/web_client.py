"""The web client: the files of the folder web/, as they are."""

from dataclasses import dataclass
from functools import cache
from hashlib import sha256
from pathlib import Path

from aiohttp import web

from adapters.http.operations import Option, operation
from domain.errors import NotFound

OPEN = ("/", "/web/{file}")
"""Where nobody is asked who they are."""

FOLDER = Path(__file__).resolve().parents[3] / "web"

_TYPES = {
    ".css": "text/css; charset=utf-8",
    ".html": "text/html; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".svg": "image/svg+xml",
}
_MAY = "; ".join(
    [
        "default-src 'none'",
        *(f"{what}-src 'self'" for what in ("script", "style", "connect")),
        "img-src 'self' blob: data:",
        "base-uri 'none'",
        "form-action 'none'",
        "frame-ancestors 'none'",
    ]
)
_AS_BEFORE = (Option("If-None-Match", "The ETag of what one has: where it is still that, the answer is a 304."),)


@dataclass(frozen=True, slots=True)
class _File:
    body: bytes
    tag: str
    type: str


@cache
def _files() -> dict[str, _File]:
    """All that is served: what is asked for is looked up here and never in the file system."""
    found = {}
    for path in FOLDER.glob("*.*"):
        if path.suffix in _TYPES:
            body = path.read_bytes()
            found[path.name] = _File(body, sha256(body).hexdigest()[:32], _TYPES[path.suffix])
    return found


def _show(request: web.Request, name: str) -> web.Response:
    file = _files().get(name)
    if file is None:
        raise NotFound
    fresh = {"ETag": f'"{file.tag}"', "Cache-Control": "no-cache", "Content-Security-Policy": _MAY}
    known = {tag.value for tag in request.if_none_match or ()}
    if known & {file.tag, "*"}:
        return web.Response(status=304, headers=fresh)
    return web.Response(body=file.body, headers={"Content-Type": file.type, **fresh})


@operation("The web client.", headers=_AS_BEFORE, answer=str, media="text/html", also={304: None}, errors=(NotFound,))
async def page(request: web.Request) -> web.Response:
    return _show(request, "index.html")


@operation(
    "What the web client consists of.",
    headers=_AS_BEFORE,
    path={"file": "A file of the client: style.css, main.js and what they name."},
    answer=str,
    media="*/*",
    also={304: None},
    errors=(NotFound,),
)
async def part(request: web.Request) -> web.Response:
    return _show(request, request.match_info["file"])


def routes() -> list[web.RouteDef]:
    return [web.get("/", page), web.get("/web/{file:[^/]+}", part)]
