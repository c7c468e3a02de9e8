"""Vectors made of characters."""

from math import isclose
from operator import mul

import pytest

from adapters.mock.embedder import MockEmbedder


def near(one: list[float], other: list[float]) -> float:
    return float(sum(map(mul, one, other)))


async def embedded(*texts: str, dimensions: int = 256) -> list[list[float]]:
    return [list(vector) for vector in await MockEmbedder(dimensions).embed(texts)]


@pytest.mark.parametrize("dimensions", [8, 256, 1536])
async def test_vectors_have_length_one(dimensions: int) -> None:
    for vector in await embedded("배포 일정", "deploy", "!?", "🎉", "x" * 10_000, dimensions=dimensions):
        assert len(vector) == dimensions
        assert isclose(near(vector, vector), 1)


async def test_the_same_text_has_the_same_vector_everywhere() -> None:
    (vector,) = await embedded("배포 일정 deploy")
    (again,) = await embedded("배포 일정 deploy")
    assert vector == again
    assert [place for place, number in enumerate(vector) if number][:3] == [13, 24, 28]


async def test_texts_that_share_words_are_nearer_than_others() -> None:
    base, inflected, other = await embedded("배포 일정은 목요일", "배포를 언제 하나요", "점심은 순두부찌개")
    assert near(base, inflected) > near(base, other) + 0.1
    word, cased, longer, another = await embedded("deployment", "Deployment", "we deployed it", "lunch at noon")
    assert isclose(near(word, cased), 1)
    assert near(word, longer) > near(word, another)
