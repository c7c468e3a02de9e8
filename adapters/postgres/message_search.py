"""Finding messages in PostgreSQL.

The index only proposes: what is found is read from the messages as they stand now, and held against the query by
whoever asked. So an index that is behind finds nothing that is not there any more; what it has not seen yet is read
from the log.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from psycopg import sql

from adapters.postgres import candidates, messages
from adapters.postgres.candidates import any_of, ways
from adapters.postgres.embeddings import vector_text
from adapters.postgres.session import Row, Session
from adapters.postgres.text_index import CONTENT, TOUCHING, room_entry
from application.ports.message_search import Matches, Near
from domain.embeddings import SpaceId, Vector
from domain.ids import MessageId, RoomId, UserId
from domain.messages import Message
from domain.search import Query, Term, entries_of

SAMPLE = 400
"""How many messages, evenly spread, tell how common a term is: one that none of them holds is rare."""

NEWEST_GONE_THROUGH = 8000
NEW_IN_A_ROOM = 2000
NEW_IN_ALL = 5000
ROOMS_BY_ENTRY = 32
ALL_MEASURED = 5_000

COLUMNS = messages.COLUMNS.replace("m.content", CONTENT)

SCOPE = """
select r.id, r.last_seq, coalesce(p.seq, 0)
from room_members mine
join rooms r on r.id = mine.room_id
left join text_index_places p on p.room_id = r.id
where mine.user_id = %(reader)s and (%(room_id)s::uuid is null or r.id = %(room_id)s)
"""

# Every row that a statement below reads is found by its place, one by one, whatever the planner thinks of the numbers.
MINE = """
select mine.room_id from room_members mine where mine.user_id = %(reader)s and mine.room_id = any(%(rooms)s::uuid[])
"""

COMMON = f"""
with spots as materialized (
    select t.entries
    from unnest(%(rooms)s::uuid[], %(lasts)s::bigint[], %(shares)s::integer[]) as r (id, last, share)
    cross join lateral generate_series(0, r.share - 1) as n
    cross join lateral (
        select t.entries from text_index t where t.room_id = r.id and t.seq = 1 + n * r.last / r.share offset 0
    ) t
    where r.id in ({MINE})
)
select w.number, count(*) filter (where s.entries @@ w.term), count(*)
from spots s cross join unnest(%(terms)s::text[]) with ordinality as u (text, number)
cross join lateral (select u.text::tsquery as term, u.number) w
group by w.number
"""

READABLE = "m.deleted_at is null and m.sender_type <> 'system'"

FROM_INDEX = f"""
with found as materialized (
    select t.room_id, t.seq, ts_rank(t.entries, %(any)s::tsquery) as rank from text_index t
    where t.entries @@ %(query)s::tsquery
), best as materialized (
    select f.* from found f where f.room_id in ({MINE}) order by f.rank desc, f.seq desc limit %(take)s
)
select {COLUMNS} from best b
cross join lateral (select m.* from messages m where m.room_id = b.room_id and m.seq = b.seq offset 0) m
where {READABLE}
"""

# `is true` keeps the planner from asking the index of entries, which has no order.
AMONG_NEWEST = f"""
with best as materialized (
    select t.room_id, t.seq, ts_rank(t.entries, %(any)s::tsquery) as rank
    from ({MINE}) r
    cross join lateral (
        select n.* from (
            select t.* from text_index t where t.room_id = r.room_id order by t.seq desc limit %(window)s
        ) n
        where (n.entries @@ %(query)s::tsquery) is true limit %(each)s
    ) t
    order by rank desc, seq desc limit %(take)s
)
select {COLUMNS} from best b
cross join lateral (select m.* from messages m where m.room_id = b.room_id and m.seq = b.seq offset 0) m
where {READABLE}
"""

# Of few messages all are looked at; of many the index leads to the nearest of all rooms, and goes on until enough of
# them are in the right ones (hnsw.iterative_scan).
VECTORS = f"""
select count(*) from (
    select from message_embeddings e where e.space_id = {{space}} and e.room_id in ({MINE}) limit {{take}}
) v
"""

NEAREST_OF_ALL = f"""
with measured as materialized (
    select e.message_id, e.embedding <=> %(vector)s::vector as distance from message_embeddings e
    where e.space_id = {{space}} and e.room_id in ({MINE})
), best as materialized (
    select * from measured order by distance limit {{take}}
)
select b.distance, {COLUMNS} from best b
cross join lateral (select m.* from messages m where m.id = b.message_id offset 0) m
where {READABLE}
order by b.distance
"""

NEAREST_BY_INDEX = f"""
with best as materialized (
    select e.message_id, e.embedding::vector({{dimensions}}) <=> %(vector)s::vector({{dimensions}}) as distance
    from message_embeddings e
    where e.space_id = {{space}} and (e.room_id = any(array({MINE}))) is true
    order by e.embedding::vector({{dimensions}}) <=> %(vector)s::vector({{dimensions}}) limit {{take}}
)
select b.distance, {COLUMNS} from best b
cross join lateral (select m.* from messages m where m.id = b.message_id offset 0) m
where {READABLE}
order by b.distance
"""

NEW = f"""
with touched as materialized (
    select distinct e.message_id
    from unnest(%(rooms)s::uuid[], %(places)s::bigint[]) as r (id, place)
    cross join lateral (
        select e.message_id from room_events e
        where e.room_id = r.id and e.seq > r.place and {TOUCHING}
        order by e.seq desc limit %(each)s
    ) e
    where r.id in ({MINE})
    limit %(all)s
)
select {COLUMNS} from touched t
cross join lateral (select m.* from messages m where m.id = t.message_id offset 0) m
where {READABLE}
"""


@dataclass(frozen=True, slots=True)
class _Scope:
    """The rooms that are looked through: their newest seqs, and how far the index has come in each."""

    rooms: Sequence[RoomId]
    lasts: Sequence[int]
    places: Sequence[int]

    @property
    def messages(self) -> int:
        return sum(self.lasts)

    def shares(self) -> list[int]:
        """How many of the sample each room gives."""
        return [-(-SAMPLE * last // max(self.messages, 1)) for last in self.lasts]


class PostgresMessageSearch:
    """MessageSearch on the tables text_index, room_events and messages."""

    def __init__(self, session: Session) -> None:
        self._session = session

    async def matching(self, reader: UserId, room_id: RoomId | None, query: Query, *, take: int) -> Matches:
        rows = await self._session.read(SCOPE, {"reader": reader, "room_id": room_id})
        if not rows or not query.words:
            return Matches([], {})
        scope = _Scope(*zip(*rows, strict=True))
        frequencies = await self._frequencies(reader, scope, query.terms)
        found = {message.id: message for message in await self._new(reader, scope, query)}
        found |= await self._indexed(reader, scope, query, frequencies, take)
        return Matches(list(found.values()), frequencies)

    async def nearest(
        self, reader: UserId, room_id: RoomId | None, space: SpaceId, vector: Vector, *, take: int
    ) -> Sequence[Near]:
        rows = await self._session.read(SCOPE, {"reader": reader, "room_id": room_id})
        if not rows:
            return []
        scope = _Scope(*zip(*rows, strict=True))
        mine = {"reader": reader, "rooms": list(scope.rooms)}
        in_space = {"space": sql.Literal(space), "dimensions": sql.Literal(len(vector))}
        are_few = scope.messages <= ALL_MEASURED
        if not are_few:
            count = sql.SQL(VECTORS).format(space=sql.Literal(space), take=sql.Literal(ALL_MEASURED + 1))
            [(vectors,)] = await self._session.read(count, mine)
            are_few = vectors <= ALL_MEASURED
        query = sql.SQL(NEAREST_OF_ALL if are_few else NEAREST_BY_INDEX).format(**in_space, take=sql.Literal(take))
        found = await self._session.read(query, {**mine, "vector": vector_text(vector)})
        return [Near(messages.message_of(columns), 1.0 - distance) for distance, *columns in found]

    async def _frequencies(self, reader: UserId, scope: _Scope, terms: Sequence[Term]) -> Mapping[Term, float]:
        rows = await self._session.read(
            COMMON,
            {
                "reader": reader,
                "rooms": list(scope.rooms),
                "lasts": list(scope.lasts),
                "shares": scope.shares(),
                "terms": [any_of([term]) for term in terms],
            },
        )
        return {terms[number - 1]: (held + 0.3) / (seen + 1) for number, held, seen in rows}

    async def _indexed(
        self, reader: UserId, scope: _Scope, query: Query, frequencies: Mapping[Term, float], take: int
    ) -> Mapping[MessageId, Message]:
        chosen = ways(query, frequencies, scope.messages)
        common = {"reader": reader, "rooms": list(scope.rooms), "any": any_of(query.terms), "take": take}
        rows: list[Row] = []
        if chosen.from_index is not None:
            asked = chosen.from_index
            if len(scope.rooms) <= ROOMS_BY_ENTRY:
                asked = f"({asked}) & ({' | '.join(repr(room_entry(room)) for room in scope.rooms)})"
            rows += await self._session.read(FROM_INDEX, {**common, "query": asked})
        each = candidates.FEW if scope.messages <= candidates.FEW else max(2 * take // len(scope.rooms), 20)
        limits = {"window": max(NEWEST_GONE_THROUGH // len(scope.rooms), 100), "each": each}
        if chosen.among_newest is not None:
            rows += await self._session.read(AMONG_NEWEST, {**common, **limits, "query": chosen.among_newest})
        if not rows:
            # Words that are often said, but not together as had to be expected.
            rows += await self._session.read(AMONG_NEWEST, {**common, **limits, "query": any_of(query.terms)})
        return {message.id: message for message in map(messages.message_of, rows)}

    async def _new(self, reader: UserId, scope: _Scope, query: Query) -> Sequence[Message]:
        """What matches of all that the index has not seen yet."""
        behind = [
            (room, place)
            for room, last, place in zip(scope.rooms, scope.lasts, scope.places, strict=True)
            if last > place
        ]
        if not behind:
            return []
        rows = await self._session.read(
            NEW,
            {
                "reader": reader,
                "rooms": [room for room, _ in behind],
                "places": [place for _, place in behind],
                "each": NEW_IN_A_ROOM,
                "all": NEW_IN_ALL,
            },
        )
        return [message for message in map(messages.message_of, rows) if _touches(query, message)]


def _touches(query: Query, message: Message) -> bool:
    entries = entries_of(message.content)
    return any(term.is_in(entries) for term in query.terms)
