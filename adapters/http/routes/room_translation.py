"""Reading a room in a language of one's own."""

from aiohttp import web

from adapters.http.answers import answer
from adapters.http.keys import ROOM_TRANSLATION, actor_of
from adapters.http.operations import operation
from adapters.http.parameters import room_id_of
from adapters.http.schemas.body import body_of
from adapters.http.schemas.translation import LanguageOfRoom
from adapters.wire.schemas.rooms import LanguageChosen
from adapters.wire.schemas.values import Done
from domain.errors import OpenAiNotConfigured, UnsupportedTargetLanguage


@operation("The language in which one reads the room.", answer=LanguageChosen)
async def chosen(request: web.Request) -> web.Response:
    return answer({"lang": await request.app[ROOM_TRANSLATION].chosen(actor_of(request), room_id_of(request))})


@operation(
    "Read the room in a language.",
    body=LanguageOfRoom,
    answer=LanguageChosen,
    errors=(OpenAiNotConfigured, UnsupportedTargetLanguage),
)
async def choose(request: web.Request) -> web.Response:
    room_id = room_id_of(request)
    body = await body_of(request, LanguageOfRoom)
    return answer({"lang": await request.app[ROOM_TRANSLATION].choose(actor_of(request), room_id, body.lang)})


@operation("Read the room as it was written.", answer=Done)
async def stop(request: web.Request) -> web.Response:
    await request.app[ROOM_TRANSLATION].stop(actor_of(request), room_id_of(request))
    return answer({"ok": True})


def routes() -> list[web.RouteDef]:
    path = "/rooms/{room_id:[^/]+}/translation"
    return [web.get(path, chosen), web.put(path, choose), web.delete(path, stop)]
