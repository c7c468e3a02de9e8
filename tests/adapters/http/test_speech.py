"""Speech over HTTP: sound in JSON and in forms, and what is refused."""

import base64
from collections.abc import AsyncIterator
from dataclasses import replace

import aiohttp
import pytest

from adapters.http.app import HttpOptions, build_app
from adapters.pyav.sounds import PyAvSounds
from application.speech import Speech
from domain.speech import Transcript
from tests.adapters.http.conftest import OpenHouse
from tests.adapters.http.house import SECRET, House
from tests.application.test_speech import Listener
from tests.sounds import a_file, tone

SOUND = a_file([tone(0.2)])
TEXT = base64.b64encode(SOUND).decode()
LIMIT = 200_000


class Heard:
    """A house with somebody who listens."""

    def __init__(self, house: House, listener: Listener) -> None:
        self.house, self.listener = house, listener


@pytest.fixture
async def heard(open_house: OpenHouse) -> Heard:
    options = HttpOptions(jwt_secret=SECRET, body_limit=64 * 1024, speech_limit=LIMIT)
    house = await open_house(options)
    listener = Listener(Transcript("안녕하세요", "ko"))
    speech = Speech(house.work, house.messages, PyAvSounds(), listener, house.quotas, largest=LIMIT)
    await house.serve(build_app(replace(house.parts, speech=speech), options))
    return Heard(house, listener)


@pytest.mark.parametrize(
    "body",
    [
        {"data": TEXT},
        {"audio": TEXT, "mimeType": "audio/webm"},
        {"data": f"data:audio/webm;codecs=opus;base64,{TEXT}"},
        {"data": "\n".join(TEXT[at : at + 76] for at in range(0, len(TEXT), 76))},
        {"data": base64.urlsafe_b64encode(SOUND).decode().rstrip("=")},
        {"data": "", "audio": TEXT},
    ],
)
async def test_sound_in_json(heard: Heard, body: dict[str, str]) -> None:
    ana, _ = await heard.house.person("ana")
    answer = await heard.house.call("POST", "/speech/transcribe", by=ana, json=body)
    assert (answer.status, answer.json) == (200, {"text": "안녕하세요", "language": "ko"})
    ((sound, language),) = heard.listener.heard
    assert (sound.data, sound.mime, language) == (SOUND, "audio/wav", None)


def form_of(*fields: tuple[str, str], sound: bytes = SOUND, name: str = "file") -> aiohttp.FormData:
    form = aiohttp.FormData()
    form.add_field(name, sound, filename="../../song.exe", content_type="text/html")
    for field, value in fields:
        form.add_field(field, value)
    return form


@pytest.mark.parametrize("name", ["file", "audio", "anything"])
async def test_sound_in_a_form_and_said_in_a_room(heard: Heard, name: str) -> None:
    ana, user = await heard.house.person("ana")
    room = await heard.house.room(user)
    form = form_of(("language", "ko"), ("roomId", str(room)), name=name)
    headers = {"Authorization": f"Bearer {ana}"}
    async with heard.house.client.post("/speech/transcribe", data=form, headers=headers) as response:
        answer = await response.json()
    assert response.status == 200, answer
    assert (answer["text"], answer["seq"]) == ("안녕하세요", 1)
    ((sound, language),) = heard.listener.heard
    assert (sound.data, sound.mime, language) == (SOUND, "audio/wav", "ko")
    (message,) = (await heard.house.call("GET", f"/rooms/{room}/messages", by=ana)).json
    assert (message["id"], message["content"]) == (answer["messageId"], "안녕하세요")


@pytest.mark.parametrize(
    ("body", "outcome"),
    [
        ({}, (400, "NO_AUDIO_DATA")),
        ({"data": ""}, (400, "NO_AUDIO_DATA")),
        ({"data": None, "audio": None}, (400, "NO_AUDIO_DATA")),
        ({"data": "data:audio/webm;base64,"}, (400, "NO_AUDIO_DATA")),
        ({"data": "!!! no base64 !!!"}, (400, "NO_AUDIO_DATA")),
        ({"data": "안녕"}, (400, "NO_AUDIO_DATA")),
        ({"data": base64.b64encode(b"no sound").decode()}, (400, "UNSUPPORTED_AUDIO")),
        ({"data": 7}, (400, "VALIDATION_FAILED")),
        ({"data": TEXT, "language": "klingon"}, (400, "VALIDATION_FAILED")),
        ({"data": TEXT, "roomId": "no room"}, (403, "FORBIDDEN")),
        ({"data": base64.b64encode(bytes(LIMIT + 1)).decode()}, (413, "PAYLOAD_TOO_LARGE")),
        ({"data": base64.b64encode(bytes(2 * LIMIT)).decode()}, (413, "PAYLOAD_TOO_LARGE")),
    ],
)
async def test_what_is_refused_is_never_sent_out(
    heard: Heard, body: dict[str, object], outcome: tuple[int, str]
) -> None:
    ana, _ = await heard.house.person("ana")
    kept = heard.house.kept()
    answer = await heard.house.call("POST", "/speech/transcribe", by=ana, json=body)
    assert answer.outcome == outcome
    assert heard.listener.heard == []
    assert heard.house.kept() == kept


@pytest.mark.parametrize(
    ("form", "outcome"),
    [
        (form_of(sound=b""), (400, "NO_AUDIO_DATA")),
        (form_of(sound=b"no sound"), (400, "UNSUPPORTED_AUDIO")),
        (form_of(sound=bytes(LIMIT + 1)), (413, "PAYLOAD_TOO_LARGE")),
        (form_of(("language", "x" * 2000)), (400, "VALIDATION_FAILED")),
    ],
)
async def test_forms_that_are_refused(heard: Heard, form: aiohttp.FormData, outcome: tuple[int, str]) -> None:
    ana, _ = await heard.house.person("ana")
    async with heard.house.client.post(
        "/speech/transcribe", data=form, headers={"Authorization": f"Bearer {ana}"}
    ) as response:
        assert (response.status, (await response.json())["error"]) == outcome
    assert heard.listener.heard == []


@pytest.mark.parametrize(
    "raw", [b"--x\r\n", b"", b"--x\r\nContent-Disposition: form-data; name=file; filename=a\r\n\r\nhalf"]
)
async def test_a_form_that_is_none_is_refused(heard: Heard, raw: bytes) -> None:
    ana, _ = await heard.house.person("ana")
    headers = {"Content-Type": "multipart/form-data; boundary=x"}
    answer = await heard.house.call("POST", "/speech/transcribe", by=ana, data=raw, headers=headers)
    assert answer.status == 400
    assert answer.outcome[1] in {"VALIDATION_FAILED", "NO_AUDIO_DATA", "UNSUPPORTED_AUDIO"}


async def test_an_endless_body_is_refused_before_it_ends(heard: Heard) -> None:
    ana, _ = await heard.house.person("ana")
    sent = 0

    async def endless() -> AsyncIterator[bytes]:
        nonlocal sent
        while sent < 64 * LIMIT:
            sent += 10_000
            yield b" " * 10_000

    headers = {"Authorization": f"Bearer {ana}", "Content-Type": "application/json"}
    try:
        async with heard.house.client.post("/speech/transcribe", data=endless(), headers=headers) as response:
            assert response.status == 413
    except aiohttp.ClientError:
        pass  # the server hangs up on who goes on
    assert heard.listener.heard == []


async def test_the_mock_does_not_listen(house: House) -> None:
    ana, _ = await house.person("ana")
    answer = await house.call("POST", "/speech/transcribe", by=ana, json={"data": TEXT})
    assert answer.outcome == (501, "OPENAI_NOT_CONFIGURED")
    answer = await house.call("POST", "/speech/transcribe", by=ana, json={})
    assert answer.outcome == (400, "NO_AUDIO_DATA")


async def test_bringing_a_recording_is_refused_where_nobody_listens_or_it_is_none(house: House) -> None:
    ana, user = await house.person("ana")
    ben, _ = await house.person("ben")
    room = await house.room(user)
    for by, data, outcome in (
        (ana, SOUND, (501, "OPENAI_NOT_CONFIGURED")),
        (ana, b"no sound", (400, "UNSUPPORTED_AUDIO")),
        (ana, b"", (400, "NO_AUDIO_DATA")),
        (ben, SOUND, (403, "FORBIDDEN")),
    ):
        answer = await house.call("POST", f"/rooms/{room}/recordings", by=by, data=data)
        assert answer.outcome == outcome
    form = {"Content-Type": "multipart/form-data; boundary=x"}
    answer = await house.call("POST", f"/rooms/{room}/recordings", by=ana, data=b"--x--\r\n", headers=form)
    assert answer.outcome == (400, "NO_AUDIO_DATA")
    assert len(house.store.recordings) == len(house.store.jobs) == 0
