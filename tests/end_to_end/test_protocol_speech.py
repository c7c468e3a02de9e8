"""Speech through the whole product."""

import base64
import json
from collections.abc import AsyncIterator
from io import BytesIO

import pytest

from tests.end_to_end.client import Person
from tests.end_to_end.conftest import OpenServer, Server
from tests.openai_server import Heard, OpenAiServer, Refusal
from tests.sounds import a_file, tone

SOUND = a_file([tone(1)], "webm")
BODY = {"data": base64.b64encode(SOUND).decode(), "mimeType": "audio/webm"}


@pytest.fixture
async def openai() -> AsyncIterator[OpenAiServer]:
    async with OpenAiServer().serving() as serving:
        yield serving


@pytest.fixture
async def listening(open_server: OpenServer, openai: OpenAiServer) -> Server:
    return await open_server(
        AI_PROVIDER="openai", OPENAI_API_KEY="sk-1", OPENAI_BASE_URL=openai.url, JARVIS_MODEL_RETRIES=0
    )


async def test_speech_becomes_text_and_a_message(listening: Server, openai: OpenAiServer) -> None:
    ana, ben = await listening.person("Ana"), await listening.person("Ben")
    room = await ana.open_room(ben)
    openai.script = [Heard("금요일에 배포합시다"), Heard("좋아요")]
    assert await ana.post("/speech/transcribe", BODY) == {"text": "금요일에 배포합시다", "language": "ko"}
    assert (openai.asked[0]["sound"], openai.asked[0]["mime"]) == (SOUND, "audio/webm")
    assert await ana.history(room) == []
    async with await ben.connect(room) as reader:
        said = await ana.post("/speech/transcribe", {**BODY, "roomId": room, "language": "ko"})
        message = await reader.expect("message.new", roomId=room, content="좋아요")
    assert (message["id"], message["senderUserId"]) == (said["messageId"], ana.id)


async def test_a_failing_model_is_a_502_that_says_no_more(listening: Server, openai: OpenAiServer) -> None:
    ana = await listening.person("Ana")
    openai.script = [Refusal(500), Refusal(401)]
    for _ in range(2):
        refused = await ana.call("POST", "/speech/transcribe", BODY)
        assert (refused.status, refused.error) == (502, "TRANSCRIPTION_FAILED")
        assert "secret-of-the-server" not in str(refused.body)


async def test_refusals_of_the_mock(ana: Person) -> None:
    for body, outcome in (
        ({}, (400, "NO_AUDIO_DATA")),
        ({"data": base64.b64encode(b"text").decode()}, (400, "UNSUPPORTED_AUDIO")),
        (BODY, (501, "OPENAI_NOT_CONFIGURED")),
    ):
        refused = await ana.call("POST", "/speech/transcribe", body)
        assert (refused.status, refused.error) == outcome


async def test_more_than_other_bodies_may_hold_is_taken_and_more_than_25_mb_is_not(
    listening: Server, openai: OpenAiServer
) -> None:
    ana = await listening.person("Ana")
    openai.script = [Heard("길어요")]
    large = a_file([tone(40)])
    assert len(large) > 3 * 1024 * 1024
    assert await sent(ana, "/speech/transcribe", audio=base64.b64encode(large).decode()) == (200, "길어요")
    too_large = await sent(ana, "/speech/transcribe", audio="A" * (36 * 1024 * 1024))
    assert too_large == (413, "PAYLOAD_TOO_LARGE")
    assert await sent(ana, "/rooms", title="A" * (2 * 1024 * 1024)) == (413, "PAYLOAD_TOO_LARGE")


async def sent(person: Person, path: str, **body: str) -> tuple[int, str]:
    """What came of a large body: the status, and the text or the code."""
    headers = {"Authorization": f"Bearer {person.token}", "Content-Type": "application/json"}
    data = BytesIO(json.dumps(body).encode())
    async with person.session.post(f"{person.url}{path}", data=data, headers=headers) as response:
        answer = await response.json()
    return response.status, answer.get("text") or answer["error"]
