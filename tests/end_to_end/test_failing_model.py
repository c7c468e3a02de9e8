"""What people see of a model that fails again and again, and that it is left alone then."""

import pytest

from tests.end_to_end.client import Person
from tests.end_to_end.conftest import OpenServer
from tests.openai_server import OpenAiServer, Refusal, words


@pytest.fixture
async def ana(open_on_openai: OpenServer) -> Person:
    server = await open_on_openai(
        JARVIS_MODEL_RETRIES=0,
        JARVIS_VENDOR_FAILURES=2,
    )
    return await server.person("Ana")


async def test_a_model_that_fails_is_asked_no_more_and_the_room_is_told_at_once(
    ana: Person, openai: OpenAiServer
) -> None:
    openai.script = [Refusal(429), Refusal(429), words("다시 있어요")]
    room = await ana.open_room()
    async with await ana.connect(room) as socket:
        for number in range(3):
            await socket.say("jarvis.request", roomId=room, prompt="있어?", requestId=f"q{number}")
            failed = await socket.expect("bot.failed", requestId=f"q{number}")
            assert failed["code"] == "MODEL_BUSY"
    assert len(openai.asked) == 2


async def test_a_search_whose_vectors_are_not_to_be_had_goes_by_words(ana: Person, openai: OpenAiServer) -> None:
    room = await ana.open_room()
    async with await ana.connect(room) as socket:
        await socket.send(room, "배포 일정")
    openai.embeddings = [Refusal(500)] * 50
    for _ in range(4):
        found = await ana.get("/search?q=배포")
        assert [hit["message"]["content"] for hit in found["items"]] == ["배포 일정"]
    refused = await ana.call("GET", "/search?q=배포&mode=semantic")
    assert (refused.status, refused.error) == (503, "EMBEDDING_FAILED")
    assert len([texts for texts in openai.embedded if texts["input"] == ["배포"]]) == 2
