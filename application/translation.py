"""Translating what somebody has before them."""

from dataclasses import dataclass

from application.ports.translator import Translator
from application.remembered import Remembered, cache_key
from domain.errors import PayloadTooLarge, TranslationEmpty
from domain.languages import DEFAULT_LANGUAGE, Language, language_of
from domain.messages import TEXT_LIMIT
from domain.text import storable

GOOD_FOR = 6 * 3600.0
"""Seconds for which a translation is kept for the next one who asks for it."""


@dataclass(frozen=True, slots=True)
class Translated:
    """A text in another language, and whether it had been translated before."""

    text: str
    cached: bool = False


class Translation:
    """Translates each text into a language once, for all who ask for it."""

    def __init__(self, translator: Translator, remembered: Remembered, text_limit: int = TEXT_LIMIT) -> None:
        self._translator = translator
        self._remembered = remembered
        self._text_limit = text_limit

    @property
    def available(self) -> bool:
        """Whether there is anybody to translate."""
        return self._translator.available

    async def translate(self, text: str, tag: str | None = None) -> Translated:
        """The text in the language of the tag, Korean where there is none; nothing of nothing.

        Raises:
            UnsupportedTargetLanguage: there is no such language here.
            InvalidInput, PayloadTooLarge: the text cannot be stored or is too long.
            OpenAiNotConfigured, TranslationFailed, TranslationEmpty: as the translator says.
        """
        language = language_of(tag or DEFAULT_LANGUAGE)
        if not storable(text, "text").strip():
            return Translated("")
        if len(text.encode()) > self._text_limit:
            raise PayloadTooLarge
        return await self.into(text, language)

    async def into(self, text: str, language: Language) -> Translated:
        """The text, which there is and which can be stored, in this language. Raises as ``translate`` does."""

        async def make() -> bytes:
            translated = await self._translator.translate(text, language)
            if not translated.strip():
                raise TranslationEmpty
            return translated.encode()

        key = cache_key("translation", language.tag, text)
        found = await self._remembered.get(key, make, seconds=GOOD_FOR)
        return Translated(found.value.decode(), found.cached)
