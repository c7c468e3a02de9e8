"""News about what a room talks of."""

from collections.abc import Sequence

from aiohttp import web

from adapters.http.answers import answer
from adapters.http.keys import NEWS, actor_of
from adapters.http.operations import Option, operation
from adapters.http.parameters import room_id_of
from adapters.wire.schemas.world import Articles
from adapters.wire.world import article_json
from domain.errors import NewsAuthFailed, NewsFetchFailed, NewsNotConfigured, NewsRateLimited, QueryRequired
from domain.news import Article

_FAILURES = (NewsAuthFailed, NewsFetchFailed, NewsNotConfigured, NewsRateLimited)


@operation("News about the room's title.", answer=Articles, errors=_FAILURES)
async def of_room(request: web.Request) -> web.Response:
    return _listed(await request.app[NEWS].of_room(actor_of(request), room_id_of(request)))


@operation(
    "News about something.",
    query=(Option("q", "What about.", required=True),),
    answer=Articles,
    errors=(*_FAILURES, QueryRequired),
)
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
