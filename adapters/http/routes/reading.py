"""How far people have read."""

from aiohttp import web

from adapters.http.answers import answer
from adapters.http.keys import READING, actor_of
from adapters.http.operations import operation
from adapters.http.parameters import room_id_of
from adapters.http.schemas.body import body_of
from adapters.http.schemas.reading import ReadUpTo
from adapters.wire.schemas.messages import Marked


@operation("Say how far one has read; it never goes back.", body=ReadUpTo, answer=Marked)
async def mark(request: web.Request) -> web.Response:
    room_id = room_id_of(request)
    body = await body_of(request, ReadUpTo)
    return answer({"ok": True, "lastReadSeq": await request.app[READING].mark(actor_of(request), room_id, body.seq)})


def routes() -> list[web.RouteDef]:
    return [web.post("/rooms/{room_id:[^/]+}/read", mark)]
