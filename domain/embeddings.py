"""What a text means, as a vector: near ones mean something like it."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NewType

from domain.messages import text_of

Vector = Sequence[float]
SpaceId = NewType("SpaceId", int)
"""A store's number for the vectors of one model: those of two models have nothing to do with each other."""

LONGEST_TEXT = 4000
"""Characters of a message that its vector is made of; models take no more of Korean than some 8,000 tokens."""


@dataclass(frozen=True, slots=True)
class EmbeddingModel:
    """What makes vectors, and how many numbers each has."""

    name: str
    dimensions: int


def meaningful(content: str) -> str:
    """What of a message a vector is made of; empty where there is nothing."""
    return text_of(content).strip()[:LONGEST_TEXT]
