"""Vectors made of the characters of a text, without a model."""

import asyncio
import re
import unicodedata
from collections.abc import Iterator, Sequence
from math import sqrt
from zlib import crc32

from domain.embeddings import EmbeddingModel, Vector

NAME = "mock-characters-1"
"""The number is raised when other vectors come out, so that all are made anew."""

_WORD = re.compile(r"[^\W_]+")
_HANGUL = re.compile(r"[\uac00-\ud7a3]")


class MockEmbedder:
    """Puts texts that share pieces of words near each other; it knows nothing of what they mean, and needs no key.

    Each pair of Korean characters and each three letters of other words fall on a number of the vector by their hash.
    """

    def __init__(self, dimensions: int = 256) -> None:
        self.model = EmbeddingModel(NAME, dimensions)

    async def embed(self, texts: Sequence[str]) -> Sequence[Vector]:
        vectors = []
        for text in texts:
            vectors.append(self._vector(text))
            await asyncio.sleep(0)  # a model that thinks in this process must not hold up whoever is served by it
        return vectors

    def _vector(self, text: str) -> Vector:
        numbers = [0.0] * self.model.dimensions
        for piece, weight in _pieces(unicodedata.normalize("NFKC", text).casefold()):
            place = crc32(piece.encode())
            numbers[(place >> 1) % len(numbers)] += weight if place & 1 else -weight
        length = sqrt(sum(number * number for number in numbers))
        if not length:
            # Nothing but signs: as far from everything else as can be.
            numbers[crc32(text.encode()) % len(numbers)] = length = 1.0
        return [number / length for number in numbers]


def _pieces(text: str) -> Iterator[tuple[str, float]]:
    for word in _WORD.findall(text):
        if _HANGUL.search(word):
            # The stem of a word is where it begins; what comes later is grammar more often than not.
            for place in range(max(len(word) - 1, 1)):
                yield word[place : place + 2], 1.0 if place == 0 else 0.5
        else:
            marked = f"<{word}>"
            yield marked, 1.0
            for place in range(len(marked) - 2):
                yield marked[place : place + 3], 0.4
