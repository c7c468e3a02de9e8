"""What any text from outside must satisfy before it is kept."""

import re
from collections.abc import Iterator

from domain.errors import Fault, InvalidInput

_SENTENCE = re.compile(r"(?<=[.!?…。])(?=\s)|(?=\n)")
_WORD = re.compile(r"(?=\s)")


def storable(text: str, field: str) -> str:
    """Return the text unchanged.

    Raises:
        InvalidInput: it holds a NUL character or half of a surrogate pair, which no store keeps faithfully.
    """
    if "\x00" in text:
        raise InvalidInput(details=[Fault(field, "must not hold NUL characters")])
    if not text.isascii():
        try:
            text.encode()
        except UnicodeEncodeError:
            raise InvalidInput(details=[Fault(field, "must be well-formed Unicode")]) from None
    return text


def in_pieces(text: str, most: int) -> Iterator[str]:
    """The text in pieces of at most ``most`` bytes of UTF-8, which have to be as many as a character may have.

    A piece ends where a sentence does, or else a word, unless it were not half as long as it may be then.
    """
    while len(text.encode()) > most:
        longest = len(text.encode()[:most].decode(errors="ignore"))
        end = _last(_SENTENCE, text, longest) or _last(_WORD, text, longest) or longest or 1
        yield text[:end]
        text = text[end:]
    yield text


def _last(what: re.Pattern[str], text: str, longest: int) -> int | None:
    """The last place of this kind in the second half of the longest piece that fits."""
    found = [match.start() for match in what.finditer(text, longest // 2 + 1, longest + 1)]
    return next((place for place in reversed(found) if place <= longest), None)
