"""Translation."""

from aiohttp import web

from adapters.http.answers import answer
from adapters.http.keys import TRANSLATION
from adapters.http.schemas.body import body_of
from adapters.http.schemas.translation import TextToTranslate


async def translate(request: web.Request) -> web.Response:
    body = await body_of(request, TextToTranslate)
    translated = await request.app[TRANSLATION].translate(body.text or "", body.target_lang)
    return answer({"translatedText": translated.text, "cached": translated.cached})


def routes() -> list[web.RouteDef]:
    return [web.post("/translate", translate)]
