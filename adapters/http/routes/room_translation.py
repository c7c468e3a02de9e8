"""Reading a room in a language of one's own."""

from aiohttp import web

from adapters.http.answers import answer
from adapters.http.keys import ROOM_TRANSLATION, actor_of
from adapters.http.parameters import room_id_of
from adapters.http.schemas.body import body_of
from adapters.http.schemas.translation import LanguageOfRoom


async def chosen(request: web.Request) -> web.Response:
    return answer({"lang": await request.app[ROOM_TRANSLATION].chosen(actor_of(request), room_id_of(request))})


async def choose(request: web.Request) -> web.Response:
    room_id = room_id_of(request)
    body = await body_of(request, LanguageOfRoom)
    return answer({"lang": await request.app[ROOM_TRANSLATION].choose(actor_of(request), room_id, body.lang)})


async def stop(request: web.Request) -> web.Response:
    await request.app[ROOM_TRANSLATION].stop(actor_of(request), room_id_of(request))
    return answer({"ok": True})


def routes() -> list[web.RouteDef]:
    path = "/rooms/{room_id:[^/]+}/translation"
    return [web.get(path, chosen), web.put(path, choose), web.delete(path, stop)]
