"""Having written down what is said."""

import pytest

from adapters.mock.transcriber import MockTranscriber
from adapters.pyav.sounds import PyAvSounds
from application.jarvis.usage import DailyQuota
from application.limits import Limits
from application.ports.transcriber import Transcriber
from application.speech import Attach, Speech
from domain.attachments import Attachment
from domain.errors import Forbidden, InvalidInput, OpenAiNotConfigured, PayloadTooLarge
from domain.events import MessagePosted
from domain.ids import RoomId
from domain.meeting_errors import NoAudioData, TranscriptionFailed, UnsupportedAudio
from domain.speech import Sound, Transcript, language_by_script, spoken_language
from domain.users import Actor
from tests.in_memory import InMemoryJarvis
from tests.sounds import a_file, tone

SOUND = a_file([tone(0.2)])


class Listener:
    """Writes down what the test tells it to."""

    available = True

    def __init__(self, *said: Transcript | Exception) -> None:
        self.said = list(said)
        self.heard: list[tuple[Sound, str | None]] = []

    async def transcribe(self, sound: Sound, language: str | None) -> Transcript:
        self.heard.append((sound, language))
        said = self.said.pop(0)
        if isinstance(said, Exception):
            raise said
        return said


def speech(jarvis: InMemoryJarvis, transcriber: Transcriber, attach: Attach | None = None) -> Speech:
    return Speech(jarvis.work, jarvis.messages, PyAvSounds(), transcriber, jarvis.quotas, attach, largest=100_000)


@pytest.fixture
async def room(jarvis: InMemoryJarvis, ana: Actor) -> RoomId:
    return (await jarvis.room(ana)).room.id


@pytest.fixture
async def ana_of_few_words() -> tuple[InMemoryJarvis, Actor]:
    jarvis = InMemoryJarvis(limits=Limits(message_text=150))
    return jarvis, await jarvis.person("Ana")


async def test_what_is_said_is_written_down(jarvis: InMemoryJarvis, ana: Actor) -> None:
    listener = Listener(Transcript("안녕", "ko"))
    written = await speech(jarvis, listener).transcribe(ana, SOUND, language="ko-KR")
    assert (written.transcript, written.posted) == (Transcript("안녕", "ko"), None)
    assert [(sound.mime, language) for sound, language in listener.heard] == [("audio/wav", "ko")]


async def test_it_can_be_said_in_a_room_with_its_sound(jarvis: InMemoryJarvis, ana: Actor, room: RoomId) -> None:
    kept: list[Sound] = []

    async def attach(actor: Actor, room_id: RoomId, sound: Sound) -> Attachment:
        kept.append(sound)
        return await jarvis.files.keep_sound(actor, room_id, sound)

    written = await speech(jarvis, Listener(Transcript("안녕")), attach).transcribe(ana, SOUND, room_id=room)
    (event,) = [logged.event for logged in await jarvis.everything(room)]
    assert isinstance(event, MessagePosted)
    assert written.posted is not None
    assert (event.message.id, event.message.sender_id) == (written.posted.message_id, ana.id)
    assert event.message.content == "안녕"
    assert [(file.name, file.mime, file.size) for file in event.message.attachments] == [
        ("voice.wav", "audio/wav", len(SOUND))
    ]
    assert kept[0].data == SOUND


async def test_without_a_place_for_files_it_is_said_alone(jarvis: InMemoryJarvis, ana: Actor, room: RoomId) -> None:
    await speech(jarvis, Listener(Transcript("안녕"))).transcribe(ana, SOUND, room_id=room)
    (event,) = [logged.event for logged in await jarvis.everything(room)]
    assert isinstance(event, MessagePosted)
    assert event.message.attachments == ()


async def test_what_is_longer_than_a_message_is_said_in_several(ana_of_few_words: tuple[InMemoryJarvis, Actor]) -> None:
    jarvis, ana = ana_of_few_words
    room = (await jarvis.room(ana)).room.id
    sentences = [f"그래서 {number}번째로 말하자면, 배포는 금요일입니다." for number in range(1, 8)]
    listener = Listener(Transcript(" ".join(sentences), "ko"))
    written = await speech(jarvis, listener, jarvis.files.keep_sound).transcribe(ana, SOUND, room_id=room)
    said = [logged.event.message for logged in await jarvis.everything(room) if isinstance(logged.event, MessagePosted)]
    assert [message.content for message in said] == [
        " ".join(sentences[at : at + 2]) for at in range(0, len(sentences), 2)
    ]
    assert written.transcript.text == " ".join(sentences)
    assert written.posted is not None
    assert (written.posted.message_id, written.posted.seq) == (said[0].id, 1)
    assert [len(message.attachments) for message in said] == [1, 0, 0, 0]


async def test_silence_is_not_said_in_the_room(jarvis: InMemoryJarvis, ana: Actor, room: RoomId) -> None:
    written = await speech(jarvis, Listener(Transcript(""))).transcribe(ana, SOUND, room_id=room)
    assert written.posted is None
    assert await jarvis.everything(room) == []


async def test_what_cannot_be_written_down_is_never_sent_out(
    jarvis: InMemoryJarvis, ana: Actor, outsider: Actor, room: RoomId
) -> None:
    listener = Listener()
    transcribe = speech(jarvis, listener).transcribe
    with pytest.raises(NoAudioData):
        await transcribe(ana, b"")
    with pytest.raises(PayloadTooLarge):
        await transcribe(ana, SOUND + bytes(100_000))
    with pytest.raises(UnsupportedAudio):
        await transcribe(ana, b"no sound at all")
    with pytest.raises(InvalidInput):
        await transcribe(ana, SOUND, language="klingon")
    with pytest.raises(Forbidden):
        await transcribe(outsider, SOUND, room_id=room)
    assert listener.heard == []


async def test_what_was_asked_is_checked_before_what_is_configured(
    jarvis: InMemoryJarvis, ana: Actor, outsider: Actor, room: RoomId
) -> None:
    transcribe = speech(jarvis, MockTranscriber()).transcribe
    with pytest.raises(NoAudioData):
        await transcribe(ana, b"")
    with pytest.raises(UnsupportedAudio):
        await transcribe(ana, b"no sound at all")
    with pytest.raises(Forbidden):
        await transcribe(outsider, SOUND, room_id=room)
    with pytest.raises(OpenAiNotConfigured):
        await transcribe(ana, SOUND)
    with pytest.raises(OpenAiNotConfigured):
        await MockTranscriber().transcribe(await PyAvSounds().known(SOUND), None)


async def test_a_failure_says_nothing_in_the_room(jarvis: InMemoryJarvis, ana: Actor, room: RoomId) -> None:
    with pytest.raises(TranscriptionFailed):
        await speech(jarvis, Listener(TranscriptionFailed())).transcribe(ana, SOUND, room_id=room)
    assert await jarvis.everything(room) == []


def test_languages() -> None:
    assert [spoken_language(code) for code in (None, "", " ", "ko", "KO", "en-US", "Korean")] == [
        None, None, None, "ko", "ko", "en", "ko"
    ]  # fmt: skip
    assert [language_by_script(text) for text in ("안녕 hello", "ハロー", "hello", "")] == ["ko", "ja", None, None]


async def test_what_is_said_aloud_asks_jarvis_once_and_within_the_days_quota() -> None:
    jarvis = InMemoryJarvis(quota=DailyQuota(requests=3))
    who = await jarvis.person("Ana")
    room_id = (await jarvis.room(who)).room.id
    said = Transcript("자비스야 궁금하다. " * 8000)
    for questions in (1, 1):
        await speech(jarvis, Listener(said)).transcribe(who, SOUND, room_id=room_id)
        assert len(jarvis.store.requests) == questions, "the second time, nothing is left to ask with"
    assert len(await jarvis.everything(room_id)) == 2 * len(list(jarvis.messages.portions(said.text))) > 2
