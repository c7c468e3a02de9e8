"""Pinned messages."""

from aiohttp import web

from adapters.http.answers import answer
from adapters.http.keys import PINS, actor_of
from adapters.http.parameters import message_id_of, room_id_of
from adapters.http.schemas.body import body_of
from adapters.http.schemas.messages import NewPin
from adapters.wire.shapes import message_json
from domain.ids import MessageId


async def of_room(request: web.Request) -> web.Response:
    messages = await request.app[PINS].of_room(actor_of(request), room_id_of(request))
    return answer([message_json(message) for message in messages])


async def add(request: web.Request) -> web.Response:
    room_id = room_id_of(request)
    body = await body_of(request, NewPin)
    return answer(message_json(await request.app[PINS].add(actor_of(request), room_id, MessageId(body.message_id))))


async def remove(request: web.Request) -> web.Response:
    await request.app[PINS].remove(actor_of(request), room_id_of(request), message_id_of(request))
    return answer({"ok": True})


def routes() -> list[web.RouteDef]:
    path = "/rooms/{room_id:[^/]+}/pins"
    return [web.get(path, of_room), web.post(path, add), web.delete(path + "/{message_id:[^/]+}", remove)]
