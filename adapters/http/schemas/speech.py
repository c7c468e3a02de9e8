"""Bodies that concern speech."""

import base64
import binascii
import re

from pydantic import ValidationError

from adapters.http.schemas.body import Body, faults
from domain.errors import InvalidInput
from domain.meeting_errors import NoAudioData

_DATA_URL = re.compile(r"\s*data:[^,]{0,200},", re.ASCII | re.IGNORECASE)
_SPACE = re.compile(r"\s+")


class SpokenWords(Body):
    """Of POST /speech/transcribe. ``mime_type`` is not believed: the sound itself tells what it is."""

    data: str | None = None
    audio: str | None = None
    mime_type: str | None = None
    language: str | None = None
    room_id: str | None = None

    @property
    def sound(self) -> bytes:
        """What the base64 text holds, which may stand in a data: URL. Raises NoAudioData."""
        text = self.data or self.audio or ""
        if (prefix := _DATA_URL.match(text)) is not None:
            text = text[prefix.end() :]
        text = _SPACE.sub("", text).translate(_URL_SAFE).rstrip("=")
        try:
            return base64.b64decode(text + "=" * (-len(text) % 4), validate=True)
        except (binascii.Error, ValueError):
            raise NoAudioData("The sound is not written in base64.") from None


_URL_SAFE = str.maketrans("-_", "+/")


def spoken_words(raw: bytes) -> tuple[SpokenWords, bytes]:
    """A body and the sound in it. Raises InvalidInput and NoAudioData."""
    try:
        words = SpokenWords.model_validate_json(raw.strip() or b"{}")
    except ValidationError as error:
        raise InvalidInput(details=faults(error)) from None
    return words, words.sound
