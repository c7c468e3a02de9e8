"""What rooms know, as graphs."""

from aiohttp import web

from adapters.http.answers import answer
from adapters.http.keys import KNOWLEDGE, actor_of
from adapters.http.operations import Option, operation
from adapters.http.parameters import room_id_of
from adapters.wire.knowledge_shapes import room_graph_json, whole_graph_json
from adapters.wire.schemas.graphs import RoomGraph, WholeGraph
from domain.knowledge_errors import BadWeekStart
from domain.weeks import Week, week_named

_WEEK = Option("weekStart", "Any date of a week: of the cards that a model made, those of that week alone.")


@operation("What a room knows.", query=(_WEEK,), answer=RoomGraph, errors=(BadWeekStart,))
async def of_room(request: web.Request) -> web.Response:
    actor, room_id, week = actor_of(request), room_id_of(request), _week_of(request)
    return answer(room_graph_json(room_id, week, await request.app[KNOWLEDGE].of_room(actor, room_id, week)))


@operation("What all rooms that one is in know together.", query=(_WEEK,), answer=WholeGraph, errors=(BadWeekStart,))
async def of_all_rooms(request: web.Request) -> web.Response:
    week = _week_of(request)
    return answer(whole_graph_json(week, await request.app[KNOWLEDGE].of_all_rooms(actor_of(request), week)))


def _week_of(request: web.Request) -> Week | None:
    named = request.query.get("weekStart")
    return week_named(named) if named else None


def routes() -> list[web.RouteDef]:
    return [web.get("/graph", of_all_rooms), web.get("/rooms/{room_id:[^/]+}/graph", of_room)]
