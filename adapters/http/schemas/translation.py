"""Bodies that concern translation."""

from adapters.http.schemas.body import Body


class TextToTranslate(Body):
    """Of POST /translate."""

    text: str | None = None
    target_lang: str | None = None


class LanguageOfRoom(Body):
    """Of PUT /rooms/{id}/translation."""

    lang: str
