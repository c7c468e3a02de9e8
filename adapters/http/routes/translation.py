"""Translation."""

from aiohttp import web

from adapters.http.answers import answer
from adapters.http.keys import TRANSLATION
from adapters.http.operations import operation
from adapters.http.schemas.body import body_of
from adapters.http.schemas.translation import TextToTranslate
from adapters.wire.schemas.teammate import Translated
from domain.errors import OpenAiNotConfigured, TranslationEmpty, TranslationFailed, UnsupportedTargetLanguage


@operation(
    "Translate a text.",
    body=TextToTranslate,
    answer=Translated,
    errors=(OpenAiNotConfigured, TranslationEmpty, TranslationFailed, UnsupportedTargetLanguage),
)
async def translate(request: web.Request) -> web.Response:
    body = await body_of(request, TextToTranslate)
    translated = await request.app[TRANSLATION].translate(body.text or "", body.target_lang)
    return answer({"translatedText": translated.text, "cached": translated.cached})


def routes() -> list[web.RouteDef]:
    return [web.post("/translate", translate)]
