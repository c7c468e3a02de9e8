"""Nobody translates without a language model."""

from domain.errors import OpenAiNotConfigured
from domain.languages import Language


class MockTranslator:
    """A Translator that is not available."""

    @property
    def available(self) -> bool:
        return False

    async def translate(self, text: str, language: Language) -> str:  # noqa: ARG002
        raise OpenAiNotConfigured
