"""Writing down what is said, by a model."""

import asyncio

import openai
from openai.types.audio import Transcription, TranscriptionVerbose

from adapters.openai.client import OpenAiClient
from adapters.openai.pieces import storable
from domain.errors import ModelFailed, ModelRejected
from domain.languages import code_of
from domain.meeting_errors import TranscriptionFailed
from domain.speech import Sound, Transcript, language_by_script

_TELLS_NO_LANGUAGE = "gpt-"


class RecordingNotTaken(TranscriptionFailed):
    """The server will not have this one recording, which says nothing of the next."""


class OpenAiTranscriber:
    """Transcriber over a server that speaks the API of OpenAI."""

    def __init__(self, client: OpenAiClient, model: str, seconds: float = 300) -> None:
        """``seconds``: within which the text of a piece of sound must be there."""
        self._client = client
        self._model = model
        self._seconds = seconds

    @property
    def available(self) -> bool:
        return True

    async def transcribe(self, sound: Sound, language: str | None) -> Transcript:
        try:
            made = await self._client.trying(lambda: self._ask(sound, language))
        except ModelRejected:
            raise RecordingNotTaken from None
        except ModelFailed:
            raise TranscriptionFailed from None
        if not isinstance(made.text, str):  # whatever a server answers is taken for a transcription
            raise TranscriptionFailed
        text = storable(made.text).strip()
        found = code_of(made.language) if isinstance(made, TranscriptionVerbose) and made.language else None
        return Transcript(text, found or language or language_by_script(text))

    async def _ask(self, sound: Sound, language: str | None) -> Transcription | TranscriptionVerbose:
        transcriptions = self._client.api.with_options(timeout=self._seconds).audio.transcriptions
        file = (f"sound.{sound.extension}", sound.data, sound.mime)
        async with asyncio.timeout(self._seconds):
            if self._model.startswith(_TELLS_NO_LANGUAGE):
                return await transcriptions.create(
                    file=file, model=self._model, language=language or openai.omit, response_format="json"
                )
            return await transcriptions.create(
                file=file, model=self._model, language=language or openai.omit, response_format="verbose_json"
            )
