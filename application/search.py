"""Finding what was said."""

import asyncio
import logging
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from application.meanings import Meanings
from application.membership import require_member
from application.ports.clock import Clock
from application.ports.message_search import Near
from application.ports.unit_of_work import Work
from domain.embeddings import SpaceId, Vector
from domain.errors import EmbeddingFailed, Fault, InvalidInput, Unavailable
from domain.ids import MessageId, RoomId
from domain.messages import LARGE, Message, without_large_blocks
from domain.search import Query, SearchMode, Term, freshness, match, query_of
from domain.text import storable
from domain.users import Actor

_log = logging.getLogger(__name__)

TAKE_DEFAULT = 20
TAKE_LIMIT = 100
QUERY_LENGTH = 1000
_CANDIDATES = 120
_NEAREST = 40
_LEAST_SIMILARITY = 0.15
_RANKS = 20
"""How slowly a place in a list loses its worth when two lists are put together."""


@dataclass(frozen=True, slots=True)
class Hit:
    """A message that was found. ``highlights`` are spans of its content in UTF-16 code units, as clients count."""

    message: Message
    score: float
    highlights: tuple[tuple[int, int], ...] = ()


class Search:
    """Looks through what the actor may read."""

    def __init__(self, work: Work, meanings: Meanings, clock: Clock) -> None:
        self._work = work
        self._meanings = meanings
        self._clock = clock

    async def recall(self, actor: Actor, text: str, room_id: RoomId | None, take: int) -> Sequence[Message]:
        """Messages that bear on a question, best first: at most ``take``. Raises Forbidden."""
        query = text[:QUERY_LENGTH]
        return [hit.message for hit in await self.find(actor, query, room_id, take=take)] if query.strip() else []

    async def find(
        self,
        actor: Actor,
        query: str,
        room_id: RoomId | None = None,
        *,
        mode: SearchMode = SearchMode.HYBRID,
        take: int = TAKE_DEFAULT,
    ) -> Sequence[Hit]:
        """What answers the query best, best first; in one room, or in all rooms that the actor is in.

        By meaning and words together, it goes by words alone where the model does not answer or the store keeps no
        vectors.

        Raises:
            InvalidInput: the query is empty or too long.
            Forbidden: the actor is no member of the room.
            EmbeddingFailed, Unavailable: by meaning alone, it is not possible now, or not here.
        """
        words = query_of(_checked(query))
        take = min(max(take, 1), TAKE_LIMIT)
        if room_id is not None:
            async with self._work() as work:
                await require_member(work, room_id, actor.id)
        if mode is SearchMode.TEXT:
            return (await self._by_words(actor, words, room_id))[:take]
        if mode is SearchMode.SEMANTIC:
            return self._shown(words, await self._by_meaning(actor, query, room_id))[:take]
        worded, near = await asyncio.gather(
            self._by_words(actor, words, room_id), self._by_meaning_if_possible(actor, query, room_id)
        )
        return fused(worded, self._shown(words, near))[:take] if near else worded[:take]

    async def _by_words(self, actor: Actor, words: Query, room_id: RoomId | None) -> Sequence[Hit]:
        async with self._work() as work:
            matches = await work.search.matching(actor.id, room_id, words, take=_CANDIDATES)
        return ranked(words, matches.messages, matches.frequencies, self._clock.now())

    async def _by_meaning(self, actor: Actor, query: str, room_id: RoomId | None) -> Sequence[Near]:
        space, vector = await self._meaning(query)
        async with self._work() as work:
            near = await work.search.nearest(actor.id, room_id, space, vector, take=_NEAREST)
        return [one for one in near if one.similarity >= _LEAST_SIMILARITY]

    async def _by_meaning_if_possible(self, actor: Actor, query: str, room_id: RoomId | None) -> Sequence[Near]:
        try:
            if await self._meanings.space() is None:
                return []
            return await self._by_meaning(actor, query, room_id)
        except EmbeddingFailed as error:
            _log.warning("searched by words alone: %s", error.code)
            return []

    async def _meaning(self, query: str) -> tuple[SpaceId, Vector]:
        space = await self._meanings.space()
        if space is None:
            raise Unavailable("Search by meaning is not available here.")
        return space, await self._meanings.of_query(query)

    def _shown(self, words: Query, near: Sequence[Near]) -> list[Hit]:
        """What is near, with those of its words marked that were looked for."""
        hits = []
        for one in near:
            message = _bounded(one.message)
            found = match(words, message.content, {}, least=0.0)
            spans = utf16_spans(message.content, found.spans) if found is not None else ()
            hits.append(Hit(message, min(max(one.similarity, 0.0), 1.0), spans))
        return hits


def _checked(query: str) -> str:
    if not query.strip():
        raise InvalidInput(details=[Fault("q", "must not be empty")])
    if len(query) > QUERY_LENGTH:
        raise InvalidInput(details=[Fault("q", f"must have at most {QUERY_LENGTH} characters")])
    return storable(query, "q")


def ranked(
    query: Query, messages: Sequence[Message], frequencies: Mapping[Term, float], now: datetime
) -> Sequence[Hit]:
    """Those of the messages that match, by how well they do and how fresh they are."""
    hits = []
    for message in map(_bounded, messages):
        found = match(query, message.content, frequencies)
        if found is not None:
            score = found.score * (0.9 + 0.1 * freshness(message.created_at, now))
            hits.append(Hit(message, score, utf16_spans(message.content, found.spans)))
    hits.sort(key=lambda hit: (hit.score, hit.message.created_at, hit.message.id), reverse=True)
    return hits


def _bounded(message: Message) -> Message:
    """The message without megabytes of attachments, of which an answer may hold many; history has them."""
    if len(message.content) <= LARGE:
        return message
    return replace(message, content=without_large_blocks(message.content))


def fused(*lists: Sequence[Hit]) -> Sequence[Hit]:
    """Lists of hits as one, by reciprocal ranks: what stands high in several comes first."""
    hits: dict[MessageId, Hit] = {}
    worth: dict[MessageId, float] = {}
    for found in lists:
        for rank, hit in enumerate(found):
            hits.setdefault(hit.message.id, hit)
            worth[hit.message.id] = worth.get(hit.message.id, 0.0) + _RANKS / (_RANKS + rank) / len(lists)
    together = [replace(hit, score=worth[id_]) for id_, hit in hits.items()]
    return sorted(together, key=lambda hit: (hit.score, hit.message.created_at, hit.message.id), reverse=True)


def utf16_spans(text: str, spans: Sequence[tuple[int, int]]) -> tuple[tuple[int, int], ...]:
    """Spans of characters as spans of UTF-16 code units."""
    if not spans or max(text) <= "\uffff":
        return tuple(spans)
    places = [0]
    for character in text:
        places.append(places[-1] + (2 if character > "\uffff" else 1))
    return tuple((places[start], places[end]) for start, end in spans)
