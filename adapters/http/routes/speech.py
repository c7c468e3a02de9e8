"""Speech."""

import asyncio
from dataclasses import dataclass
from functools import partial

from aiohttp import web

from adapters.http.answers import answer
from adapters.http.keys import QUOTAS, RECORDINGS, SPEECH, SPEECH_LIMIT, THROTTLE, actor_of
from adapters.http.operations import Option, operation
from adapters.http.parameters import id_or_nobody, room_id_of
from adapters.http.schemas.speech import SpokenWords, spoken_words
from adapters.http.uploads import body_pieces, body_within, fields_until, gathered, is_form
from adapters.wire.schemas.teammate import JobStarted, Transcript
from adapters.wire.shapes import Json
from domain.errors import AiQuotaExceeded, OpenAiNotConfigured
from domain.ids import RoomId
from domain.meeting_errors import NoAudioData, TranscriptionFailed, UnsupportedAudio

_FORM = "multipart/form-data"
_SOUND = {
    "type": "object",
    "required": ["file"],
    "properties": {"file": {"type": "string", "format": "binary"}, "language": {"type": "string"}},
}
_AROUND = 64 * 1024
"""What a JSON body may hold beside the sound."""


@dataclass(frozen=True, slots=True)
class _Spoken:
    sound: bytes
    language: str | None
    room: str | None


@operation(
    "Write down what is said.",
    body=SpokenWords,
    uploads={_FORM: _SOUND},
    answer=Transcript,
    errors=(
        AiQuotaExceeded,
        NoAudioData,
        OpenAiNotConfigured,
        TranscriptionFailed,
        UnsupportedAudio,
    ),
)
async def transcribe(request: web.Request) -> web.Response:
    actor, limit = actor_of(request), request.app[SPEECH_LIMIT]
    await request.app[THROTTLE].question(actor.id)
    await request.app[QUOTAS].require_left(actor)
    spoken = await _of_form(request, limit) if is_form(request) else await _of_json(request, limit)
    written = await request.app[SPEECH].transcribe(
        actor,
        spoken.sound,
        language=spoken.language,
        room_id=RoomId(id_or_nobody(spoken.room)) if spoken.room else None,
    )
    shape: Json = {"text": written.transcript.text, "language": written.transcript.language}
    if written.posted is not None:
        shape["messageId"], shape["seq"] = written.posted.message_id, written.posted.seq
    return answer(shape)


async def _of_json(request: web.Request, limit: int) -> _Spoken:
    raw = await body_within(request, limit * 4 // 3 + _AROUND)
    # Megabytes of base64: not on the loop, where everybody waits.
    words, sound = await asyncio.to_thread(spoken_words, raw)
    return _Spoken(sound, words.language, words.room_id)


async def _of_form(request: web.Request, limit: int) -> _Spoken:
    sound, fields = b"", {}
    async for name, content in fields_until(request, "file"):
        if isinstance(content, str):
            fields[name] = content
        else:
            sound = await gathered(content, limit)
    return _Spoken(sound, fields.get("language"), fields.get("roomId"))


@operation(
    "Have the minutes of a recording made.",
    query=(Option("title", "What the meeting was about."), Option("language", "What is spoken, as in ``ko``.")),
    uploads={_FORM: _SOUND, "application/octet-stream": {}},
    status=202,
    answer=JobStarted,
    errors=(AiQuotaExceeded, NoAudioData, OpenAiNotConfigured, UnsupportedAudio),
)
async def bring_recording(request: web.Request) -> web.Response:
    actor, room_id = actor_of(request), room_id_of(request)
    await request.app[THROTTLE].question(actor.id)
    bring = partial(request.app[RECORDINGS].bring, actor, room_id)
    title, language = request.query.get("title"), request.query.get("language")
    if not is_form(request):
        job_id = await bring(body_pieces(request), title=title, language=language)
        return answer({"jobId": job_id}, status=202)
    fields: dict[str, str] = {}
    async for name, content in fields_until(request, "file"):
        if isinstance(content, str):
            fields[name] = content
            continue
        job_id = await bring(content, title=fields.get("title", title), language=fields.get("language", language))
        return answer({"jobId": job_id}, status=202)
    raise NoAudioData


def routes() -> list[web.RouteDef]:
    return [
        web.post("/speech/transcribe", transcribe),
        web.post("/rooms/{room_id:[^/]+}/recordings", bring_recording),
    ]
