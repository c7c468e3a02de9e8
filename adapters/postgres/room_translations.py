"""Translations of rooms in PostgreSQL."""

from collections.abc import Mapping, Sequence

from adapters.postgres.session import Session
from domain.ids import MessageId, RoomId, UserId
from domain.translation import Behind, Shown

FIND = "select language from room_translations where room_id = %(room_id)s and user_id = %(user_id)s"

CHOOSE = """
insert into room_translations (room_id, user_id, language, followed_seq)
values (%(room_id)s, %(user_id)s, %(language)s, %(after)s)
on conflict (room_id, user_id) do update set language = excluded.language, followed_seq = excluded.followed_seq
"""

FORGET = "delete from room_translations where room_id = %(room_id)s and user_id = %(user_id)s"

BEHIND = """
select t.room_id, t.language, min(t.followed_seq), r.last_seq
from room_translations t join rooms r on r.id = t.room_id
group by t.room_id, t.language, r.last_seq having min(t.followed_seq) < r.last_seq
order by t.room_id, t.language limit %(take)s
"""

READERS = """
select user_id from room_translations where room_id = %(room_id)s and language = %(language)s order by user_id
"""

KEEP = """
insert into message_translations (message_id, language, room_id, text)
select id, %(language)s, %(room_id)s, text from unnest(%(ids)s::uuid[], %(texts)s::text[]) as t (id, text)
on conflict (message_id, language) do update set text = excluded.text
"""

FOLLOWED = """
update room_translations set followed_seq = %(up_to)s
where room_id = %(room_id)s and language = %(language)s and followed_seq < %(up_to)s
"""

SHOWN = """
select t.language, m.message_id, m.text
from room_translations t
left join message_translations m on m.language = t.language and m.message_id = any(%(ids)s::uuid[])
    and m.room_id = t.room_id
where t.room_id = %(room_id)s and t.user_id = %(user_id)s
"""


class PostgresRoomTranslationRepository:
    """RoomTranslationRepository on the tables room_translations and message_translations."""

    def __init__(self, session: Session) -> None:
        self._session = session

    async def find(self, room_id: RoomId, user_id: UserId) -> str | None:
        row = await self._session.read_one(FIND, {"room_id": room_id, "user_id": user_id})
        return None if row is None else str(row[0])

    async def choose(self, room_id: RoomId, user_id: UserId, language: str, *, after: int) -> None:
        await self._session.write(
            CHOOSE, {"room_id": room_id, "user_id": user_id, "language": language, "after": after}
        )

    async def forget(self, room_id: RoomId, user_id: UserId) -> None:
        await self._session.write(FORGET, {"room_id": room_id, "user_id": user_id})

    async def behind(self, *, take: int) -> Sequence[Behind]:
        return [Behind(*row) for row in await self._session.read(BEHIND, {"take": take})]

    async def readers(self, room_id: RoomId, language: str) -> Sequence[UserId]:
        rows = await self._session.read(READERS, {"room_id": room_id, "language": language})
        return [UserId(user_id) for (user_id,) in rows]

    async def keep(self, room_id: RoomId, language: str, texts: Mapping[MessageId, str], *, up_to: int) -> None:
        about = {"room_id": room_id, "language": language}
        if texts:
            await self._session.write(KEEP, {**about, "ids": list(texts), "texts": list(texts.values())})
        await self._session.write(FOLLOWED, {**about, "up_to": up_to})

    async def shown(self, room_id: RoomId, user_id: UserId, message_ids: Sequence[MessageId]) -> Shown | None:
        rows = await self._session.read(SHOWN, {"room_id": room_id, "user_id": user_id, "ids": list(message_ids)})
        if not rows:
            return None
        return Shown(rows[0][0], {MessageId(id_): text for _, id_, text in rows if id_ is not None})
