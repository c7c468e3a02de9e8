"""Vectors from a server that speaks the API of OpenAI."""

import logging
from collections.abc import Sequence
from math import sqrt

import openai

from adapters.openai.client import OpenAiClient
from domain.embeddings import EmbeddingModel, Vector
from domain.errors import EmbeddingFailed, EmbeddingRefused, ModelFailed

_log = logging.getLogger(__name__)

_SHORTENS = "text-embedding-3"
"""The models that make vectors as short as they are asked to; others know one length, and may refuse to be asked."""


class OpenAiEmbedder:
    """One model of that server. Texts it refuses are told from a server that fails."""

    def __init__(self, client: OpenAiClient, model: str, dimensions: int) -> None:
        self._client = client
        self.model = EmbeddingModel(model, dimensions)

    async def embed(self, texts: Sequence[str]) -> Sequence[Vector]:
        try:
            vectors = await self._client.trying(lambda: self._asked(texts))
        except ModelFailed as error:
            raise EmbeddingFailed from error
        if vectors is None:
            raise EmbeddingRefused
        if any(len(vector) != self.model.dimensions for vector in vectors):
            _log.error(
                "%s makes vectors of %d numbers: set OPENAI_EMBEDDING_DIMENSIONS to that",
                self.model.name,
                len(vectors[0]),
            )
            raise EmbeddingFailed
        return [_of_length_one(vector) for vector in vectors]

    async def _asked(self, texts: Sequence[str]) -> list[Vector] | None:
        """None where the texts are refused."""
        try:
            answer = await self._client.api.embeddings.create(
                model=self.model.name,
                input=list(texts),
                dimensions=self.model.dimensions if self.model.name.startswith(_SHORTENS) else openai.omit,
                encoding_format="float",
            )
        except (openai.BadRequestError, openai.UnprocessableEntityError):
            return None
        return [one.embedding for one in sorted(answer.data, key=lambda one: one.index)]


def _of_length_one(vector: Vector) -> Vector:
    length = sqrt(sum(number * number for number in vector))
    return [number / length for number in vector] if length else vector
