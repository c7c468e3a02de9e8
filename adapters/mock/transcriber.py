"""Nobody listens without a language model."""

from domain.errors import OpenAiNotConfigured
from domain.speech import Sound, Transcript


class MockTranscriber:
    """A Transcriber that is not available."""

    @property
    def available(self) -> bool:
        return False

    async def transcribe(self, sound: Sound, language: str | None) -> Transcript:  # noqa: ARG002
        raise OpenAiNotConfigured
