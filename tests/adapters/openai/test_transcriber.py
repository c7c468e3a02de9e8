"""Writing down what is said, by a model behind the API of OpenAI."""

import pytest

from adapters.openai.client import OpenAiClient
from adapters.openai.transcriber import OpenAiTranscriber, RecordingNotTaken
from domain.meeting_errors import TranscriptionFailed
from domain.speech import Sound, Transcript
from tests.openai_server import Heard, OpenAiServer, Refusal, Whole

SOUND = Sound(b"\x00\xffsound", "audio/webm", "webm")


def transcriber(client: OpenAiClient, model: str = "whisper-1") -> OpenAiTranscriber:
    return OpenAiTranscriber(client, model, seconds=5)


async def test_the_language_is_found(server: OpenAiServer, client: OpenAiClient) -> None:
    server.script = [Heard(" 금요일에 배포합시다 \n", "korean")]
    assert await transcriber(client).transcribe(SOUND, None) == Transcript("금요일에 배포합시다", "ko")
    (asked,) = server.asked
    assert asked == {
        "model": "whisper-1",
        "response_format": "verbose_json",
        "sound": SOUND.data,
        "name": "sound.webm",
        "mime": "audio/webm",
    }
    assert server.keys == ["Bearer sk-of-this-installation"]


async def test_the_language_is_given(server: OpenAiServer, client: OpenAiClient) -> None:
    server.script = [Heard("hello", "english")]
    assert await transcriber(client).transcribe(SOUND, "en") == Transcript("hello", "en")
    assert server.asked[0]["language"] == "en"


@pytest.mark.parametrize(
    ("text", "given", "language"),
    [("안녕", None, "ko"), ("こんにちは", None, "ja"), ("hi", None, None), ("a", "en", "en")],
)
async def test_a_model_that_tells_no_language(
    server: OpenAiServer, client: OpenAiClient, text: str, given: str | None, language: str | None
) -> None:
    server.script = [Heard(text)]
    made = await transcriber(client, "gpt-4o-mini-transcribe").transcribe(SOUND, given)
    assert made == Transcript(text, language)
    assert server.asked[0]["response_format"] == "json"


async def test_what_may_pass_is_tried_again(server: OpenAiServer, client: OpenAiClient) -> None:
    server.script = [Refusal(500), Refusal(429, headers={"Retry-After": "0"}), Heard("네")]
    assert (await transcriber(client).transcribe(SOUND, None)).text == "네"


@pytest.mark.parametrize("reply", [Refusal(400), Refusal(401), Refusal(413), Refusal(404)])
async def test_what_is_refused_has_failed(server: OpenAiServer, client: OpenAiClient, reply: Refusal) -> None:
    server.script = [reply, Heard("네")]
    with pytest.raises(TranscriptionFailed) as failed:
        await transcriber(client).transcribe(SOUND, None)
    assert "secret-of-the-server" not in str(failed.value)
    assert len(server.asked) == 1


@pytest.mark.parametrize(("status", "told"), [(400, RecordingNotTaken), (401, TranscriptionFailed)])
async def test_a_recording_that_is_not_taken_is_told_from_a_server_that_fails(
    server: OpenAiServer, client: OpenAiClient, status: int, told: type[TranscriptionFailed]
) -> None:
    server.script = [Refusal(status)]
    with pytest.raises(TranscriptionFailed) as failed:
        await transcriber(client).transcribe(SOUND, None)
    assert failed.type is told
    assert failed.value.code == "TRANSCRIPTION_FAILED"


async def test_an_answer_in_another_form_has_failed(server: OpenAiServer, client: OpenAiClient) -> None:
    server.script = [Whole("not a transcript")]
    with pytest.raises(TranscriptionFailed):
        await transcriber(client).transcribe(SOUND, None)
