"""Pinned messages."""

from aiohttp import web

from adapters.http.answers import answer
from adapters.http.keys import PINS, actor_of
from adapters.http.operations import operation
from adapters.http.parameters import message_id_of, room_id_of
from adapters.http.schemas.body import body_of
from adapters.http.schemas.messages import NewPin
from adapters.wire.schemas.messages import Message as MessageShape
from adapters.wire.schemas.values import Done
from adapters.wire.shapes import message_json
from domain.errors import AlreadyDeleted, NotFound, TooManyPins
from domain.ids import MessageId


@operation("What is pinned, the newest first.", answer=list[MessageShape])
async def of_room(request: web.Request) -> web.Response:
    messages = await request.app[PINS].of_room(actor_of(request), room_id_of(request))
    return answer([message_json(message) for message in messages])


@operation("Pin a message.", body=NewPin, answer=MessageShape, errors=(AlreadyDeleted, NotFound, TooManyPins))
async def add(request: web.Request) -> web.Response:
    room_id = room_id_of(request)
    body = await body_of(request, NewPin)
    return answer(message_json(await request.app[PINS].add(actor_of(request), room_id, MessageId(body.message_id))))


@operation("Take a pin off.", answer=Done, errors=(NotFound,))
async def remove(request: web.Request) -> web.Response:
    await request.app[PINS].remove(actor_of(request), room_id_of(request), message_id_of(request))
    return answer({"ok": True})


def routes() -> list[web.RouteDef]:
    path = "/rooms/{room_id:[^/]+}/pins"
    return [web.get(path, of_room), web.post(path, add), web.delete(path + "/{message_id:[^/]+}", remove)]
