"""Speech through the whole product."""

import base64
import json
from io import BytesIO
from typing import Literal

import aiohttp
import pytest

from tests.end_to_end.client import Json, Person
from tests.end_to_end.conftest import OpenServer, Server
from tests.openai_server import Heard, OpenAiServer, Refusal, Whole
from tests.sounds import a_file, silence, tone

SOUND = a_file([tone(1)], "webm")
BODY = {"data": base64.b64encode(SOUND).decode(), "mimeType": "audio/webm"}


@pytest.fixture
async def listening(open_on_openai: OpenServer) -> Server:
    return await open_on_openai(JARVIS_MODEL_RETRIES=0)


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


MINUTES = {"points": [], "decisions": [{"text": "금요일에 배포한다", "refs": []}], "openPoints": []}


@pytest.mark.parametrize("way", ["form", "body"])
async def test_a_long_recording_becomes_minutes(
    open_on_openai: OpenServer, openai: OpenAiServer, way: Literal["form", "body"]
) -> None:
    server = await open_on_openai(
        JARVIS_RECORDING_PART_SECONDS=6,
    )
    ana, ben = await server.person("Ana"), await server.person("Ben")
    room = await ana.open_room(ben, title="배포")
    recording = a_file([piece for _ in range(4) for piece in (tone(4.5), silence(0.5))])
    assert len(recording) > 1024 * 1024
    openai.script = [*(Heard(f"말 {at}") for at in range(4)), Whole(json.dumps(MINUTES))]
    async with await ben.connect(room) as reader, await ana.connect() as follower:
        if way == "form":
            form = aiohttp.FormData({"title": "주간 회의", "language": "ko"})
            form.add_field("file", BytesIO(recording), filename="meeting.wav")
            answer = await brought(ana, f"/rooms/{room}/recordings", form)
        else:
            answer = await brought(ana, f"/rooms/{room}/recordings?title=주간 회의&language=ko", BytesIO(recording))
        minutes = await reader.expect("message.new", roomId=room, senderType="bot")
        await follower.expect("job.updated", jobId=answer["jobId"], status="done")
    assert "**주간 회의** 녹음 회의록" in minutes["content"]
    assert "- 금요일에 배포한다" in minutes["content"]
    heard, asked = openai.asked[:-1], openai.asked[-1]
    assert [(one["mime"], one["language"]) for one in heard] == [("audio/ogg", "ko")] * 4
    for at in range(4):
        assert f'"말 {at}"' in asked["messages"][1]["content"]
    told = [event for event in follower.seen if event.type == "job.updated" and "progress" in event.payload]
    assert [event["progress"] for event in told] == sorted(event["progress"] for event in told)
    assert (len(told), told[-1]["progress"]) == (4, 1.0)
    job = await ana.get(f"/jobs/{answer['jobId']}")
    assert job["result"]["messageId"] == minutes["id"]
    assert job["result"]["text"] == "말 0\n\n말 1\n\n말 2\n\n말 3"


async def brought(person: Person, path: str, data: BytesIO | aiohttp.FormData) -> Json:
    headers = {"Authorization": f"Bearer {person.token}"}
    async with person.session.post(f"{person.url}{path}", data=data, headers=headers) as response:
        answer: Json = await response.json()
    assert response.status == 202, answer
    return answer


async def test_recordings_that_are_refused(open_on_openai: OpenServer, openai: OpenAiServer) -> None:
    server = await open_on_openai(JARVIS_RECORDING_BYTES=2_000_000)
    ana = await server.person("Ana")
    room = await ana.open_room()
    headers = {"Authorization": f"Bearer {ana.token}"}
    for data, outcome in (
        (BytesIO(b"no sound"), (400, "UNSUPPORTED_AUDIO")),
        (BytesIO(b""), (400, "NO_AUDIO_DATA")),
        (BytesIO(a_file([tone(25)])), (413, "PAYLOAD_TOO_LARGE")),
    ):
        async with ana.session.post(f"{ana.url}/rooms/{room}/recordings", data=data, headers=headers) as response:
            assert (response.status, (await response.json())["error"]) == outcome
    assert openai.asked == []
