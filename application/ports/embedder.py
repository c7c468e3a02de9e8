"""Making vectors of texts."""

from collections.abc import Sequence
from typing import Protocol

from domain.embeddings import EmbeddingModel, Vector


class Embedder(Protocol):
    """One model, which makes the same vector of the same text each time."""

    @property
    def model(self) -> EmbeddingModel:
        """Which one it is."""

    async def embed(self, texts: Sequence[str]) -> Sequence[Vector]:
        """A vector of length 1 for each text; none of the texts is empty.

        Whoever looks for something waits for it: what may hang is cut off in a few seconds.

        Raises:
            EmbeddingRefused: it is the texts, or one of them, that cannot be done.
            EmbeddingFailed: the model is away, overloaded or not to be had.
        """
