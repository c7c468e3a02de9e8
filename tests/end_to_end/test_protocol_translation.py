"""Translation through the whole product, with a model there, broken, and absent."""

import asyncio
from collections.abc import AsyncIterator

import pytest

from tests.end_to_end.client import Person
from tests.end_to_end.conftest import OpenServer
from tests.openai_server import OpenAiServer, Refusal, Reply, Whole


@pytest.fixture
async def model() -> AsyncIterator[OpenAiServer]:
    async with OpenAiServer().serving() as serving:
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
