"""A million messages to search through: words as often as words are used, most of them rare, in several rooms."""

from collections.abc import Sequence
from itertools import accumulate
from random import Random
from uuid import UUID

import psycopg
from psycopg import sql

from adapters.mock.embedder import MockEmbedder
from adapters.postgres.embeddings import vector_text
from adapters.postgres.text_index import room_entry
from benchmarks.team_talk import team_talk
from domain.ids import RoomId
from domain.search import entries_of

_SYLLABLES = (
    "가거고구기나너노다대도동라로리마무문미바보부비사상서선소수시아안어연오우원"
    "유이인일자장재전정제조주지차청치카타태터통트파평포하한해현호화회"
)
_WORDS = 30_000

_STAGE = "create temporary table babble (seq bigint, content text, entries text, embedding text)"

_MESSAGES = """
with people as (
    select array_agg(user_id order by user_id) as ids from room_members where room_id = %(room_id)s
), said as (
    insert into messages (id, room_id, seq, sender_type, sender_id, content, created_at)
    select (lpad(to_hex((extract(epoch from at) * 1000)::bigint), 12, '0')
            || '7' || substr(noise, 1, 3) || '8' || substr(noise, 4, 15))::uuid,
        %(room_id)s::uuid, b.seq, 'user', people.ids[1 + b.seq %% cardinality(people.ids)], b.content, b.at
    from people, (
        select b.*, now() - (%(last)s - b.seq) * interval '20 seconds' as at, md5(%(room_id)s::text || b.seq) as noise
        from babble b
    ) b
    returning id, seq, created_at
), logged as (
    insert into room_events (room_id, seq, type, message_id, at)
    select %(room_id)s, seq, 1, id, created_at from said
), indexed as (
    insert into text_index (room_id, seq, entries)
    select %(room_id)s, b.seq, array_to_tsvector(string_to_array(b.entries, ' ')) from babble b
)
insert into message_embeddings (message_id, room_id, space_id, embedding)
select s.id, %(room_id)s, (select id from embedding_spaces where is_current), b.embedding::vector
from babble b join said s on s.seq = b.seq where b.embedding is not null
"""

_PLACES = (
    "update rooms set last_seq = %(last)s, last_message_at = now() where id = %(room_id)s",
    """
    insert into text_index_places (room_id, seq) values (%(room_id)s, %(last)s)
    on conflict (room_id) do update set seq = excluded.seq
    """,
    """
    insert into embedding_places (room_id, space_id, seq)
    select %(room_id)s, id, %(last)s from embedding_spaces where is_current
    on conflict (room_id, space_id) do update set seq = excluded.seq
    """,
)

_INDEXES = """
select indexname, indexdef from pg_indexes
where schemaname = current_schema()
    and (tablename = 'text_index' and indexdef like '%using gin%'
        or tablename = 'message_embeddings' and indexdef like '%hnsw%')
"""


class Babble:
    """Says something, the same for the same seed."""

    def __init__(self, seed: int = 0) -> None:
        self._random = Random(seed)
        talk = team_talk()
        known = list(dict.fromkeys(word for line in talk.lines for word in line.text.split()))
        self._random.shuffle(known)
        made = {"".join(self._random.choices(_SYLLABLES, k=self._random.choice((2, 2, 3, 4)))) for _ in range(_WORDS)}
        self._words = [*known, *sorted(made)]
        self._weights = list(accumulate(1 / (rank + 10) for rank in range(len(self._words))))

    def said(self) -> str:
        """A message of 4 to 20 words."""
        count = self._random.randint(4, 20)
        return " ".join(self._random.choices(self._words, cum_weights=self._weights, k=count))

    def queries(self, count: int) -> Sequence[str]:
        """Half of them questions that a team asks, half two to four words of what is said."""
        asked = [question.text for question in team_talk().questions]
        self._random.shuffle(asked)
        words = [
            " ".join(self._random.choices(self._words, cum_weights=self._weights, k=self._random.randint(2, 4)))
            for _ in range(count - count // 2)
        ]
        return [*asked[: count // 2], *words]


async def fill_rooms(connection: psycopg.Connection, rooms: Sequence[str], messages: int, vectors: int) -> None:
    """Put so many messages into the rooms, evenly, of which so many have vectors; none: they wait for them.

    Indexes are made at the end, which is faster and comes to the same. ``connection`` is in autocommit mode.
    """
    babble, embedder = Babble(), MockEmbedder()
    connection.execute("set maintenance_work_mem = '512MB'")
    indexes = connection.execute(_INDEXES).fetchall()
    for name, _ in indexes:
        connection.execute(sql.SQL("drop index {}").format(sql.Identifier(name)))
    connection.execute(_STAGE)
    each, every = messages // len(rooms), messages // vectors if vectors else 0
    for room in rooms:
        entry = room_entry(RoomId(UUID(room)))
        with connection.cursor().copy("copy babble from stdin") as copy:
            for number in range(1, each + 1):
                text = babble.said()
                entries = f"{entry} {' '.join(entries_of(text))}"
                vector = (await embedder.embed([text]))[0] if every and number % every == 0 else None
                copy.write_row((number, text, entries, None if vector is None else vector_text(vector)))
        with connection.transaction():
            connection.execute(_MESSAGES, {"room_id": room, "last": each})
            for statement in _PLACES if vectors else _PLACES[:2]:
                connection.execute(statement, {"room_id": room, "last": each})
        connection.execute("truncate babble")
    for _, definition in indexes:
        connection.execute(definition)
    for table in ("messages", "room_events", "rooms", "text_index", "message_embeddings"):
        connection.execute(sql.SQL("vacuum analyze {}").format(sql.Identifier(table)))
