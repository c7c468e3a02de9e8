"""Who translates."""

from typing import Protocol

from domain.errors import TranslationFailed
from domain.languages import Language


class TextRefused(TranslationFailed):
    """It is this text that is not translated; another one may be."""


class Translator(Protocol):
    """Turns text into another language."""

    @property
    def available(self) -> bool:
        """Whether there is anybody to translate."""

    async def translate(self, text: str, language: Language) -> str:
        """The text in that language.

        Raises OpenAiNotConfigured where nobody is available, TranslationFailed, TextRefused and TranslationEmpty.
        """
