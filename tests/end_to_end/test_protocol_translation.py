"""Translation through the whole product, with a model there, broken, and absent."""

import asyncio
from collections.abc import AsyncIterator

import pytest
from aiohttp import web

from tests.end_to_end.client import PATIENCE, Person
from tests.end_to_end.conftest import OpenServer
from tests.openai_server import OpenAiServer, Refusal, Reply, Stream, Whole, delta


class Interpreter(OpenAiServer):
    """A model that embeds nothing: what it is told to say is meant for those who ask for words."""

    async def _complete(self, request: web.Request) -> web.StreamResponse:
        if request.path.endswith("/embeddings"):
            return web.Response(status=404)
        return await super()._complete(request)


@pytest.fixture
async def model() -> AsyncIterator[OpenAiServer]:
    async with Interpreter().serving() as serving:
        yield serving


async def ana_of(open_server: OpenServer, model: OpenAiServer, **settings: object) -> Person:
    server = await open_server(
        OPENAI_API_KEY="sk-test", OPENAI_BASE_URL=model.url, OPENAI_TRANSLATE_MODEL="words",
        JARVIS_MODEL_RETRIES=0, **settings,
    )  # fmt: skip
    return await server.person("Ana")


async def test_a_text_is_translated_once(open_server: OpenServer, model: OpenAiServer) -> None:
    model.script = [Whole("안녕하세요"), Whole("Olá")]
    ana = await ana_of(open_server, model)
    body = {"text": "Hello\nthere"}
    assert await ana.post("/translate", body) == {"translatedText": "안녕하세요", "cached": False}
    assert await ana.post("/translate", {**body, "targetLang": "ko"}) == {
        "translatedText": "안녕하세요",
        "cached": True,
    }
    assert (await ana.post("/translate", {**body, "targetLang": "pt-BR"}))["translatedText"] == "Olá"
    assert [asked["model"] for asked in model.asked] == ["words", "words"]
    assert await ana.post("/translate", {"text": " "}) == {"translatedText": "", "cached": False}


async def test_many_who_ask_at_once_ask_the_model_once(open_server: OpenServer, model: OpenAiServer) -> None:
    model.script = [Whole("안녕")]
    ana = await ana_of(open_server, model)
    answers = await asyncio.gather(*(ana.post("/translate", {"text": "hi"}) for _ in range(20)))
    assert {answer["translatedText"] for answer in answers} == {"안녕"}
    assert len(model.asked) == 1


@pytest.mark.parametrize(
    ("reply", "code"),
    [
        (Refusal(500), "TRANSLATE_UPSTREAM_ERROR"),
        (Refusal(401), "TRANSLATE_UPSTREAM_ERROR"),
        (Refusal(429), "TRANSLATE_UPSTREAM_ERROR"),
        (Refusal(400), "TRANSLATE_UPSTREAM_ERROR"),
        (Whole(""), "TRANSLATE_EMPTY_RESPONSE"),
    ],
)
async def test_a_model_that_fails_is_a_bad_gateway(
    open_server: OpenServer, model: OpenAiServer, reply: Reply, code: str
) -> None:
    model.script = [reply, Whole("나중에")]
    ana = await ana_of(open_server, model)
    refused = await ana.call("POST", "/translate", {"text": "hi"})
    assert (refused.status, refused.error) == (502, code)
    assert (await ana.post("/translate", {"text": "hi"}))["translatedText"] == "나중에"


async def test_a_model_that_keeps_failing_is_left_alone(open_server: OpenServer, model: OpenAiServer) -> None:
    ana = await ana_of(open_server, model, JARVIS_VENDOR_FAILURES=2)
    for number in range(4):
        refused = await ana.call("POST", "/translate", {"text": f"hi {number}"})
        assert (refused.status, refused.error) == (502, "TRANSLATE_UPSTREAM_ERROR")
    assert len(model.asked) == 2


async def test_what_is_asked_is_checked_before_what_is_configured(ana: Person) -> None:
    for body, status, code in (
        ({"text": "hi", "targetLang": "klingon"}, 400, "UNSUPPORTED_TARGET_LANG"),
        ({"text": "hi", "targetLang": "xx"}, 400, "UNSUPPORTED_TARGET_LANG"),
        ({"text": 1}, 400, "VALIDATION_FAILED"),
        ({"text": "a\0"}, 400, "VALIDATION_FAILED"),
        ({"text": "hi", "targetLang": ["ko"]}, 400, "VALIDATION_FAILED"),
        ({"text": "a" * 70_000}, 413, "PAYLOAD_TOO_LARGE"),
        ({"text": "hi", "targetLang": "en"}, 501, "OPENAI_NOT_CONFIGURED"),
        ({"text": "hi"}, 501, "OPENAI_NOT_CONFIGURED"),
    ):
        refused = await ana.call("POST", "/translate", body)
        assert (refused.status, refused.error) == (status, code), body
    for nothing in ({}, {"text": ""}, {"text": None, "targetLang": "en"}):
        assert (await ana.post("/translate", nothing))["translatedText"] == ""


async def test_a_room_is_read_in_a_language_of_ones_own(open_server: OpenServer, model: OpenAiServer) -> None:
    ana = await ana_of(open_server, model)
    ben = await Person.sign_in(ana.session, ana.url, "Ben")
    room = await ana.open_room(ben)
    path = f"/rooms/{room}/translation"
    assert await ben.get(path) == {"lang": None}
    chosen = await ben.call("PUT", path, {"lang": "EN"})
    assert (chosen.status, chosen.body) == (200, {"lang": "en"})
    assert (await ben.get(path), await ana.get(path)) == ({"lang": "en"}, {"lang": None})
    async with await ana.connect(room) as hers, await ben.connect(room) as his, await ben.connect() as phone:
        model.script = [Whole("Let's ship it")]
        message = await hers.send(room, "배포합시다", "t1")
        translated = {"roomId": room, "messageId": message["id"], "lang": "en", "text": "Let's ship it"}
        assert (await his.expect("message.translated")).payload == translated
        assert (await phone.expect("message.translated")).payload == translated
        assert await shown(ben, room) == [("배포합시다", {"lang": "en", "text": "Let's ship it"})]
        assert await shown(ana, room) == [("배포합시다", None)]
        model.script = [Whole("Don't ship it")]
        await hers.say("message.edit", roomId=room, messageId=message["id"], content="배포하지 맙시다")
        assert (await his.expect("message.translated"))["text"] == "Don't ship it"
        await hers.say("message.delete", roomId=room, messageId=message["id"])
        await his.expect("message.deleted", messageId=message["id"])
        assert await shown(ben, room) == [("(삭제된 메시지)", None)]
        assert hers.told("message.translated") == []
    assert (await ben.call("DELETE", path)).body == {"ok": True}
    assert await ben.get(path) == {"lang": None}


async def test_sends_do_not_wait_for_translations(open_server: OpenServer, model: OpenAiServer) -> None:
    ana = await ana_of(open_server, model)
    ben = await Person.sign_in(ana.session, ana.url, "Ben")
    room = await ana.open_room(ben)
    await ben.call("PUT", f"/rooms/{room}/translation", {"lang": "en"})
    model.script = [Stream([delta("a")], stalls=True)]
    async with await ana.connect(room) as hers, await ben.connect(room) as his:
        for number in range(3):
            await hers.send(room, f"말 {number}", f"t{number}")
            await his.expect("message.new", content=f"말 {number}")
        async with asyncio.timeout(PATIENCE):
            await model.silent.wait()
        await hers.send(room, "그래도", "t3")
        await his.expect("message.new", content="그래도")
    assert [translation for _, translation in await shown(ben, room)] == [None] * 4


async def test_a_room_cannot_be_read_otherwise_without_a_model(ana: Person, ben: Person, room: str) -> None:
    for body, status, code in (
        ({}, 400, "VALIDATION_FAILED"),
        ({"lang": None}, 400, "VALIDATION_FAILED"),
        ({"lang": "klingon"}, 400, "UNSUPPORTED_TARGET_LANG"),
        ({"lang": "en"}, 501, "OPENAI_NOT_CONFIGURED"),
    ):
        refused = await ben.call("PUT", f"/rooms/{room}/translation", body)
        assert (refused.status, refused.error) == (status, code)
    stranger = await Person.sign_in(ana.session, ana.url, "Olga")
    for method in ("GET", "PUT", "DELETE"):
        refused = await stranger.call(method, f"/rooms/{room}/translation", {"lang": "en"})
        assert (refused.status, refused.error) == (403, "FORBIDDEN")


async def shown(person: Person, room: str) -> list[tuple[str, object]]:
    """Each message of the room, and what the person reads beside it."""
    page = await person.get(f"/rooms/{room}/messages")
    return [(message["content"], message.get("translation")) for message in page]
