"""Finding what was said."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from application.membership import require_member
from application.ports.clock import Clock
from application.ports.unit_of_work import Work
from domain.errors import Fault, InvalidInput
from domain.ids import RoomId
from domain.messages import Message
from domain.search import Query, SearchMode, Term, freshness, match, query_of
from domain.text import storable
from domain.users import Actor

TAKE_DEFAULT = 20
TAKE_LIMIT = 100
QUERY_LENGTH = 1000
_CANDIDATES = 200


@dataclass(frozen=True, slots=True)
class Hit:
    """A message that was found. ``highlights`` are spans of its content in UTF-16 code units, as clients count."""

    message: Message
    score: float
    highlights: tuple[tuple[int, int], ...] = ()


class Search:
    """Looks through what the actor may read."""

    def __init__(self, work: Work, clock: Clock) -> None:
        self._work = work
        self._clock = clock

    async def find(
        self,
        actor: Actor,
        query: str,
        room_id: RoomId | None = None,
        *,
        mode: SearchMode = SearchMode.HYBRID,  # noqa: ARG002
        take: int = TAKE_DEFAULT,
    ) -> Sequence[Hit]:
        """What answers the query best, best first; in one room, or in all rooms that the actor is in.

        Raises:
            InvalidInput: the query is empty or too long.
            Forbidden: the actor is no member of the room.
        """
        if not query.strip():
            raise InvalidInput(details=[Fault("q", "must not be empty")])
        if len(query) > QUERY_LENGTH:
            raise InvalidInput(details=[Fault("q", f"must have at most {QUERY_LENGTH} characters")])
        words = query_of(storable(query, "q"))
        take = min(max(take, 1), TAKE_LIMIT)
        async with self._work() as work:
            if room_id is not None:
                await require_member(work, room_id, actor.id)
            matches = await work.search.matching(actor.id, room_id, words, take=_CANDIDATES)
        return ranked(words, matches.messages, matches.frequencies, self._clock.now())[:take]


def ranked(
    query: Query, messages: Sequence[Message], frequencies: Mapping[Term, float], now: datetime
) -> Sequence[Hit]:
    """Those of the messages that match, by how well they do and how fresh they are."""
    hits = []
    for message in messages:
        found = match(query, message.content, frequencies)
        if found is not None:
            score = found.score * (0.9 + 0.1 * freshness(message.created_at, now))
            hits.append(Hit(message, score, utf16_spans(message.content, found.spans)))
    hits.sort(key=lambda hit: (hit.score, hit.message.created_at, hit.message.id), reverse=True)
    return hits


def utf16_spans(text: str, spans: Sequence[tuple[int, int]]) -> tuple[tuple[int, int], ...]:
    """Spans of characters as spans of UTF-16 code units."""
    if not spans or max(text) <= "\uffff":
        return tuple(spans)
    places = [0]
    for character in text:
        places.append(places[-1] + (2 if character > "\uffff" else 1))
    return tuple((places[start], places[end]) for start, end in spans)
