"""Putting a vector to everything that is said, soon after it is."""

import asyncio
import logging
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import timedelta

from application.following import FollowingPace, follow
from application.meanings import Meanings
from application.ports.clock import Clock
from application.ports.embeddings import Batch, Progress
from application.ports.unit_of_work import Work
from domain.embeddings import SpaceId, Vector
from domain.errors import DomainError, EmbeddingFailed, EmbeddingRefused

_log = logging.getLogger(__name__)

_ROOMS = 32


@dataclass(frozen=True, slots=True)
class EmbeddingPace:
    """How many texts go to the model at once, how long a room is held meanwhile, and how often to look for more."""

    batch: int = 128
    lease: timedelta = timedelta(seconds=120)
    idle_seconds: float = 1.0


class Embedding:
    """Follows the rooms' logs, as one of any number that do so."""

    def __init__(self, work: Work, meanings: Meanings, clock: Clock, pace: EmbeddingPace | None = None) -> None:
        self._work = work
        self._meanings = meanings
        self._clock = clock
        self._pace = pace or EmbeddingPace()
        self.waiting = 0
        """How many events of the rooms' logs had not been looked at when that was last asked for."""

    async def turn(self) -> int:
        """Do one batch of what is there; answers how many rooms it concerned.

        What is held and not done is let go of: another one may do it at once.

        Raises:
            EmbeddingFailed: the model did not do it.
            Unavailable: the store cannot be reached.
        """
        space = await self._meanings.space()
        if space is None:
            return 0
        batches = await self._claim(space)
        unfinished = list(batches)
        try:
            vectors = await self._vectors([piece.text for batch in batches for piece in batch.pieces])
            for batch in batches:
                async with self._work() as work:
                    await work.embeddings.keep(batch, [next(vectors) for _ in batch.pieces])
                unfinished.remove(batch)
        finally:
            if unfinished:
                await asyncio.shield(self._release(unfinished))
        return len(batches)

    async def run(self) -> None:
        """Go on until cancelled. While the model fails it is asked ever more seldom."""
        pace = FollowingPace(rests=1, idle_seconds=self._pace.idle_seconds, longest_pause=300)
        await follow("what was said could not be embedded", self.turn, lambda: self.waiting, self._clock, pace)

    async def drain(self, told: Callable[[int], None]) -> bool:
        """Do all that is there, whoever else is at it; ``told`` hears each time how many events are left. False where
        the store keeps no vectors. Raises what ``turn`` does."""
        if await self._meanings.space() is None:
            return False
        while True:
            done = await self.turn()
            told(self.waiting if done else await self._left())
            if not done:
                if not self.waiting:
                    return True
                await self._clock.sleep(self._pace.idle_seconds)

    async def progress(self) -> Progress | None:
        """How far it is; None where the store keeps no vectors. Raises Unavailable."""
        space = await self._meanings.space()
        if space is None:
            return None
        async with self._work() as work:
            return await work.embeddings.progress(space)

    async def restart(self) -> None:
        """Go through everything that was ever said anew. Raises Unavailable."""
        space = await self._meanings.space()
        if space is not None:
            async with self._work() as work:
                await work.embeddings.restart(space)

    async def _claim(self, space: SpaceId) -> Sequence[Batch]:
        now = self._clock.now()
        async with self._work() as work:
            behind = await work.embeddings.behind(space, now=now, take=_ROOMS)
        self.waiting = behind.events
        batches: list[Batch] = []
        left = self._pace.batch
        for room_id in behind.rooms:
            if left <= 0:
                break
            until = self._clock.now() + self._pace.lease
            async with self._work() as work:
                batch = await work.embeddings.claim(space, room_id, now=self._clock.now(), until=until, take=left)
            if batch is not None:
                batches.append(batch)
                left -= len(batch.pieces)
        return batches

    async def _vectors(self, texts: Sequence[str]) -> Iterator[Vector | None]:
        if not texts:
            return iter(())
        try:
            return iter(await self._meanings.of_messages(texts))
        except EmbeddingRefused:
            await self._require_well()
            # One of them is at fault, and the others shall not suffer for it.
            return iter([await self._alone(text) for text in texts])

    async def _require_well(self) -> None:
        """Raises EmbeddingFailed where the model refuses anything at all: then it is not the texts."""
        try:
            await self._meanings.of_messages(["jarvis"])
        except EmbeddingRefused as error:
            raise EmbeddingFailed from error

    async def _alone(self, text: str) -> Vector | None:
        try:
            (vector,) = await self._meanings.of_messages([text])
        except EmbeddingRefused as error:
            _log.warning("a message of %d characters gets no vector: %s", len(text), error.code)
            return None
        return vector

    async def _release(self, batches: Sequence[Batch]) -> None:
        for batch in batches:
            try:
                async with self._work() as work:
                    await work.embeddings.release(batch)
            except DomainError as error:
                # The hold runs out by itself.
                _log.warning("a room could not be let go of: %s", error.code)

    async def _left(self) -> int:
        space = await self._meanings.space()
        if space is None:
            return 0
        async with self._work() as work:
            self.waiting = (await work.embeddings.behind(space, now=self._clock.now(), take=1)).events
        return self.waiting
