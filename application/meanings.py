"""What texts mean, in the terms of the model that is in use."""

import logging
from collections import OrderedDict
from collections.abc import Sequence
from datetime import datetime, timedelta

from application.ports.clock import Clock
from application.ports.embedder import Embedder
from application.ports.unit_of_work import Work
from domain.embeddings import SpaceId, Vector
from domain.errors import EmbeddingFailed

_log = logging.getLogger(__name__)

_REMEMBERED = 256
_LOOKS_AGAIN = timedelta(minutes=1)


class Meanings:
    """The embedder, and the store's number for its vectors."""

    def __init__(self, work: Work, embedder: Embedder, clock: Clock) -> None:
        self._work = work
        self._embedder = embedder
        self._clock = clock
        self._space: SpaceId | None = None
        self._looked_at: datetime | None = None
        self._queries: OrderedDict[str, Vector] = OrderedDict()
        self.model = embedder.model

    async def space(self) -> SpaceId | None:
        """Under which number the store keeps the vectors; None where it cannot keep any. Raises Unavailable."""
        now = self._clock.now()
        if self._space is None and (self._looked_at is None or now - self._looked_at >= _LOOKS_AGAIN):
            async with self._work() as work:
                self._space = await work.embeddings.adopt(self.model)
            if self._space is None and self._looked_at is None:
                _log.warning(
                    "PostgreSQL has no extension `vector` (pgvector) that Jarvis can use: search goes by words alone. "
                    "Have it installed, then let a superuser run: create extension vector"
                )
            self._looked_at = now
        return self._space

    async def of_messages(self, texts: Sequence[str]) -> Sequence[Vector]:
        """A vector for each text. Raises EmbeddingRefused, EmbeddingFailed."""
        vectors = await self._embedder.embed(texts)
        if len(vectors) != len(texts) or any(len(vector) != self.model.dimensions for vector in vectors):
            raise EmbeddingFailed(
                f"{self.model.name} does not make one vector of {self.model.dimensions} numbers a text."
            )
        return vectors

    async def of_query(self, query: str) -> Vector:
        """The vector of what somebody looks for. Raises EmbeddingRefused, EmbeddingFailed."""
        text = query.strip()
        known = self._queries.get(text)
        if known is None:
            (known,) = await self.of_messages([text])
            self._queries[text] = known
            if len(self._queries) > _REMEMBERED:
                self._queries.popitem(last=False)
        else:
            self._queries.move_to_end(text)
        return known
