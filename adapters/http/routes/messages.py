"""What was said."""

from aiohttp import web

from adapters.http.answers import answer
from adapters.http.keys import MESSAGES, actor_of
from adapters.http.parameters import id_or_nobody, message_id_of, room_id_of, whole_number
from adapters.wire.shapes import message_json
from application.messages import PAGE_DEFAULT, PAGE_LIMIT
from domain.ids import MessageId


async def history(request: web.Request) -> web.Response:
    room_id = room_id_of(request)
    take = whole_number(request, "take", default=PAGE_DEFAULT, limit=PAGE_LIMIT)
    before = request.query.get("beforeId")
    page = await request.app[MESSAGES].history(
        actor_of(request), room_id, before=MessageId(id_or_nobody(before)) if before else None, take=take
    )
    return answer([message_json(message) for message in page])


async def thread(request: web.Request) -> web.Response:
    take = whole_number(request, "take", default=PAGE_LIMIT, limit=PAGE_LIMIT)
    before = request.query.get("beforeId")
    messages = await request.app[MESSAGES].thread(
        actor_of(request),
        room_id_of(request),
        message_id_of(request),
        before=MessageId(id_or_nobody(before)) if before else None,
        take=take,
    )
    return answer([message_json(message) for message in messages])


def routes() -> list[web.RouteDef]:
    return [
        web.get("/rooms/{room_id:[^/]+}/messages", history),
        web.get("/rooms/{room_id:[^/]+}/messages/{message_id:[^/]+}/thread", thread),
    ]
