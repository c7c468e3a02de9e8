"""Finding what was said."""

from typing import Literal

from aiohttp import web

from adapters.http.answers import answer
from adapters.http.keys import SEARCH, actor_of
from adapters.http.operations import Option, operation
from adapters.http.parameters import optional_room_id, whole_number
from adapters.wire.schemas.messages import Hits
from adapters.wire.shapes import hit_json
from application.search import TAKE_DEFAULT, TAKE_LIMIT
from domain.errors import EmbeddingFailed, EmbeddingRefused, Fault, InvalidInput
from domain.search import SearchMode

_MODES = {mode.value: mode for mode in SearchMode}


@operation(
    "Find what was said.",
    query=(
        Option("q", "What to look for.", required=True),
        Option("roomId", "In this room alone."),
        Option("mode", "By words, by meaning, or both.", Literal["text", "semantic", "hybrid"]),
        Option("take", "How many at most.", int),
    ),
    answer=Hits,
    errors=(EmbeddingFailed, EmbeddingRefused),
)
async def find(request: web.Request) -> web.Response:
    mode = _MODES.get(request.query.get("mode") or SearchMode.HYBRID.value)
    if mode is None:
        raise InvalidInput(details=[Fault("mode", f"must be one of {', '.join(_MODES)}")])
    room_id = optional_room_id(request)
    take = whole_number(request, "take", default=TAKE_DEFAULT, limit=TAKE_LIMIT)
    hits = await request.app[SEARCH].find(actor_of(request), request.query.get("q", ""), room_id, mode=mode, take=take)
    return answer({"items": [hit_json(hit) for hit in hits]})


def routes() -> list[web.RouteDef]:
    return [web.get("/search", find)]
