"""The vectors of messages in PostgreSQL, where it has the extension ``vector``."""

from collections.abc import Sequence
from datetime import datetime

from psycopg import sql

from adapters.postgres.session import Session
from adapters.postgres.text_index import CONTENT, HOLD_ROOM, TEXT
from application.ports.embeddings import Batch, Piece, Progress
from application.ports.text_index import Behind
from domain.embeddings import EmbeddingModel, SpaceId, Vector, meaningful
from domain.ids import MessageId, RoomId

PREPARE = "select prepare_message_embeddings()"

CURRENT = """
select id from embedding_spaces where is_current and model = %(model)s and dimensions = %(dimensions)s
"""

LOCK = "select pg_advisory_xact_lock(7226500522)"
DEPOSE = "update embedding_spaces set is_current = false where is_current"
ADOPT = """
insert into embedding_spaces (model, dimensions, is_current) values (%(model)s, %(dimensions)s, true)
on conflict (model, dimensions) do update set is_current = true
returning id
"""

# Vectors that were made before are others' by now: all is gone through anew.
BEGIN_ANEW = "delete from embedding_places where space_id = %(space)s"

# Of each space its own index, on which only its vectors are: those of other models have other dimensions.
INDEX = """
create index if not exists {name} on message_embeddings
using hnsw ((embedding::vector({dimensions})) vector_cosine_ops) where space_id = {space}
"""

# What nobody's vectors are in any more.
EMPTY = """
select s.id from embedding_spaces s
where s.id <> %(space)s and not exists (select from message_embeddings e where e.space_id = s.id)
"""
DROP_INDEX = "drop index if exists {name}"
DROP_SPACE = "delete from embedding_spaces where id = %(space)s"

BEHIND = """
select b.id, b.events from (
    select r.id, p.lease_until, sum(r.last_seq - coalesce(p.seq, 0)) over () as events from rooms r
    left join embedding_places p on p.room_id = r.id and p.space_id = %(space)s
    where r.last_seq > coalesce(p.seq, 0)
) b
order by b.lease_until > %(now)s nulls first limit %(take)s
"""

WAITING = """
select coalesce(sum(r.last_seq - coalesce(p.seq, 0)), 0) from rooms r
left join embedding_places p on p.room_id = r.id and p.space_id = %(space)s
where r.last_seq > coalesce(p.seq, 0)
"""

BEGIN = "insert into embedding_places (room_id, space_id) values (%(room_id)s, %(space)s) on conflict do nothing"

IS_CURRENT = "exists (select from embedding_spaces s where s.id = %(space)s and s.is_current)"
"""Another process may have been started with another model since."""

CLAIM = f"""
update embedding_places set lease = lease + 1, lease_until = %(until)s
where room_id = %(room_id)s and space_id = %(space)s and (lease_until is null or lease_until <= %(now)s)
    and {IS_CURRENT}
returning seq, lease
"""

NEXT = f"""
select e.seq, m.id, {CONTENT}, m.edited_at, m.deleted_at is null and m.sender_type <> 'system'
from room_events e
left join lateral (select m.* from messages m where m.id = e.message_id and {TEXT} offset 0) m on true
where e.room_id = %(room_id)s and e.seq > %(seq)s
order by e.seq limit %(take)s
"""

MOVE = f"""
update embedding_places set seq = %(upto)s, lease_until = null
where room_id = %(room_id)s and space_id = %(space)s and lease = %(lease)s and {IS_CURRENT}
"""

PUT = """
insert into message_embeddings (message_id, room_id, space_id, embedding)
select m.id, m.room_id, %(space)s, w.embedding::vector
from unnest(%(ids)s::uuid[], %(edits)s::timestamptz[], %(embeddings)s::text[]) as w (id, edited_at, embedding)
join messages m on m.id = w.id and m.edited_at is not distinct from w.edited_at and m.deleted_at is null
on conflict (message_id) do update set space_id = excluded.space_id, embedding = excluded.embedding
"""

FORGET = "delete from message_embeddings where message_id = any(%(ids)s::uuid[])"

RELEASE = """
update embedding_places set lease_until = null
where room_id = %(room_id)s and space_id = %(space)s and lease = %(lease)s
"""

PROGRESS = f"""
select (select count(*) from messages m where m.deleted_at is null and m.sender_type <> 'system'),
    (select count(*) from message_embeddings e where e.space_id = %(space)s),
    (select count(*) from message_embeddings e where e.space_id <> %(space)s),
    ({WAITING})
"""

RESTART = "update embedding_places set seq = 0, lease = lease + 1, lease_until = null where space_id = %(space)s"


def vector_text(vector: Vector) -> str:
    """A vector as the extension reads it."""
    return f"[{','.join([f'{number:.7g}' for number in vector])}]"


class PostgresEmbeddings:
    """Embeddings on the tables embedding_spaces, embedding_places and message_embeddings."""

    def __init__(self, session: Session) -> None:
        self._session = session

    async def adopt(self, model: EmbeddingModel) -> SpaceId | None:
        row = await self._session.write_one(PREPARE)
        if row is None or not row[0]:
            return None
        named = {"model": model.name, "dimensions": model.dimensions}
        current = await self._session.read_one(CURRENT, named)
        if current is not None:
            return SpaceId(current[0])
        await self._session.write(LOCK)
        current = await self._session.read_one(CURRENT, named)
        return SpaceId(current[0]) if current is not None else await self._take_up(model)

    async def _take_up(self, model: EmbeddingModel) -> SpaceId:
        await self._session.write(DEPOSE)
        [(space,)] = await self._session.write_all(ADOPT, {"model": model.name, "dimensions": model.dimensions})
        await self._session.write(BEGIN_ANEW, {"space": space})
        for (empty,) in await self._session.read(EMPTY, {"space": space}):
            await self._session.write(sql.SQL(DROP_INDEX).format(name=_index_of(empty)))
            await self._session.write(DROP_SPACE, {"space": empty})
        dimensions = sql.Literal(model.dimensions)
        await self._session.write(
            sql.SQL(INDEX).format(name=_index_of(space), dimensions=dimensions, space=sql.Literal(space))
        )
        return SpaceId(space)

    async def behind(self, space: SpaceId, *, now: datetime, take: int) -> Behind:
        rows = await self._session.read(BEHIND, {"space": space, "now": now, "take": take})
        return Behind(int(rows[0][1]) if rows else 0, [room_id for room_id, _ in rows])

    async def claim(
        self, space: SpaceId, room_id: RoomId, *, now: datetime, until: datetime, take: int
    ) -> Batch | None:
        room = await self._session.write_one(HOLD_ROOM, {"room_id": room_id})
        if room is None:
            return None
        of_room = {"room_id": room_id, "space": space}
        await self._session.write(BEGIN, of_room)
        claimed = await self._session.write_one(CLAIM, {**of_room, "now": now, "until": until})
        if claimed is None:
            return None
        seq, lease = claimed
        events = await self._session.read(NEXT, {"room_id": room_id, "seq": seq, "take": take})
        upto = events[-1][0] if events else max(room[0], seq)
        texts: dict[MessageId, Piece] = {}
        gone: list[MessageId] = []
        for _, message_id, content, edited_at, is_there in events:
            if message_id is None:
                continue
            text = meaningful(content) if is_there else ""
            if text:
                texts[message_id] = Piece(message_id, text, edited_at)
            else:
                gone.append(message_id)
        return Batch(space, room_id, lease, upto, list(texts.values()), gone)

    async def keep(self, batch: Batch, vectors: Sequence[Vector | None]) -> bool:
        if await self._session.write_one(HOLD_ROOM, {"room_id": batch.room_id}) is None:
            return False
        held = {"room_id": batch.room_id, "space": batch.space, "lease": batch.lease}
        if not await self._session.write(MOVE, {**held, "upto": batch.upto}):
            return False
        given = [(piece, vector) for piece, vector in zip(batch.pieces, vectors, strict=True) if vector is not None]
        without = [piece.message_id for piece, vector in zip(batch.pieces, vectors, strict=True) if vector is None]
        if batch.gone or without:
            await self._session.write(FORGET, {"ids": [*batch.gone, *without]})
        if given:
            await self._session.write(
                PUT,
                {
                    "space": batch.space,
                    "ids": [piece.message_id for piece, _ in given],
                    "edits": [piece.edited_at for piece, _ in given],
                    "embeddings": [vector_text(vector) for _, vector in given],
                },
            )
        return True

    async def release(self, batch: Batch) -> None:
        await self._session.write(RELEASE, {"room_id": batch.room_id, "space": batch.space, "lease": batch.lease})

    async def progress(self, space: SpaceId) -> Progress:
        row = await self._session.read_one(PROGRESS, {"space": space})
        return Progress(*map(int, row)) if row is not None else Progress(0, 0, 0, 0)

    async def restart(self, space: SpaceId) -> None:
        await self._session.write(RESTART, {"space": space})


def _index_of(space: int) -> sql.Identifier:
    return sql.Identifier(f"message_embeddings_of_space_{space}")
