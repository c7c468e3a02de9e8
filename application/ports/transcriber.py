"""Who writes down what is said."""

from typing import Protocol

from domain.speech import Sound, Transcript


class Transcriber(Protocol):
    """Turns sound into text."""

    @property
    def available(self) -> bool:
        """Whether there is anybody to listen."""

    async def transcribe(self, sound: Sound, language: str | None) -> Transcript:
        """What is said in it, in this language or in the one that is found.

        Raises OpenAiNotConfigured where nobody is available, and TranscriptionFailed.
        """
