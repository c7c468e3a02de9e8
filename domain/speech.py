"""Speech: sound, and what was said in it."""

import re
from dataclasses import dataclass

from domain.errors import Fault, InvalidInput
from domain.languages import code_of

LARGEST = 25 * 1024 * 1024
"""Bytes of sound that are written down at once."""

_HANGUL = re.compile(r"[\uac00-\ud7a3]")
_KANA = re.compile(r"[\u3041-\u30ff]")


@dataclass(frozen=True, slots=True)
class Sound:
    """A piece of sound of a known kind. ``mime`` and ``extension`` are told by what it holds."""

    data: bytes
    mime: str
    extension: str


@dataclass(frozen=True, slots=True)
class Transcript:
    """What was said. ``language`` is a code as in ``ko``, None where nobody knows."""

    text: str
    language: str | None = None


def spoken_language(code: str | None) -> str | None:
    """The language that somebody says is spoken; None where nothing is said. Raises InvalidInput."""
    if code is None or not code.strip():
        return None
    known = code_of(code.strip().partition("-")[0])
    if known is None:
        raise InvalidInput(details=[Fault("language", "must be the code of a language, as in ko")])
    return known


def language_by_script(text: str) -> str | None:
    """The language that the letters of a text give away: Korean or Japanese, else None."""
    if _HANGUL.search(text):
        return "ko"
    return "ja" if _KANA.search(text) else None
