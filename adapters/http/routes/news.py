"""News about what a room talks of."""

from collections.abc import Sequence

from aiohttp import web

from adapters.http.answers import answer
from adapters.http.keys import NEWS, actor_of
from adapters.http.parameters import room_id_of
from adapters.wire.world import article_json
from domain.news import Article


async def of_room(request: web.Request) -> web.Response:
    return _listed(await request.app[NEWS].of_room(actor_of(request), room_id_of(request)))


async def search(request: web.Request) -> web.Response:
    query = request.query.get("q", "")
    return _listed(await request.app[NEWS].search(actor_of(request), room_id_of(request), query))


def _listed(articles: Sequence[Article]) -> web.Response:
    return answer({"items": [article_json(article) for article in articles]})


def routes() -> list[web.RouteDef]:
    return [
        web.get("/rooms/{room_id:[^/]+}/news", of_room),
        web.get("/rooms/{room_id:[^/]+}/news/search", search),
    ]
