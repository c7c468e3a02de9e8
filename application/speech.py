"""Speech: having written down what somebody says, and said in a room."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from application.jarvis.usage import Quotas
from application.membership import require_member
from application.messages import Messages
from application.ports.message_log import Posted
from application.ports.sounds import Sounds
from application.ports.transcriber import Transcriber
from application.ports.unit_of_work import Work
from domain.attachments import Attachment
from domain.errors import OpenAiNotConfigured, PayloadTooLarge
from domain.ids import RoomId
from domain.meeting_errors import NoAudioData
from domain.speech import LARGEST, Sound, Transcript, spoken_language
from domain.users import Actor, Right

Attach = Callable[[Actor, RoomId, Sound], Awaitable[Attachment]]
"""Keeps a sound among the files of a room, as something that a message can carry."""


@dataclass(frozen=True, slots=True)
class Written:
    """What was said, and where it stands, or begins, in the room if it was said there."""

    transcript: Transcript
    posted: Posted | None = None


class Speech:
    """Turns speech into text. Where there is a place for files, what is said in a room carries its sound."""

    def __init__(
        self,
        work: Work,
        messages: Messages,
        sounds: Sounds,
        transcriber: Transcriber,
        quotas: Quotas,
        attach: Attach | None = None,
        *,
        largest: int = LARGEST,
    ) -> None:
        """``largest``: bytes of sound at the most."""
        self._work = work
        self._messages = messages
        self._sounds = sounds
        self._transcriber = transcriber
        self._quotas = quotas
        self._attach = attach
        self._largest = largest

    async def transcribe(
        self, actor: Actor, data: bytes, *, language: str | None = None, room_id: RoomId | None = None
    ) -> Written:
        """Write down what is said; with a room, say it there too in the actor's name, unless nothing was said.

        What is too long for a message is said in several, of which the first has the sound, and asks Jarvis where it
        calls him.

        Raises:
            NoAudioData, PayloadTooLarge, UnsupportedAudio: there is no sound, too much, or of no known kind.
            InvalidInput: the language is none.
            Forbidden: the actor is no member of the room.
            AiQuotaExceeded: the actor has asked as much as one may in a day.
            OpenAiNotConfigured, TranscriptionFailed: nobody listens, or it did not work.
        """
        if not data:
            raise NoAudioData
        if len(data) > self._largest:
            raise PayloadTooLarge
        language = spoken_language(language)
        sound = await self._sounds.known(data)
        if room_id is not None:
            async with self._work() as work:
                await require_member(work, room_id, actor.id)
        if not self._transcriber.available:
            raise OpenAiNotConfigured
        await self._quotas.take(actor)
        transcript = await self._transcriber.transcribe(sound, language)
        if room_id is None or not transcript.text.strip():
            return Written(transcript)
        attachments = () if self._attach is None else (await self._attach(actor, room_id, sound),)
        first, *more = self._messages.portions(transcript.text)
        asks = actor.may(Right.ASK) and await self._quotas.exceeded(actor) is None
        sent = [self._messages.send(actor, room_id, first, attachments=attachments, ask=asks)]
        sent += [self._messages.send(actor, room_id, content, ask=False) for content in more]
        return Written(transcript, (await asyncio.gather(*sent))[0])
