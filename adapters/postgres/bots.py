"""Bots in PostgreSQL."""

from collections.abc import Sequence

from adapters.postgres.session import Row, Session
from domain.bots import Bot
from domain.errors import NotFound
from domain.ids import RoomId, UserId
from domain.users import Right, Rights, User

ADD = """
with known as (
    insert into users (id, email, name, created_at, bot_rights)
    values (%(id)s, %(email)s, %(name)s, %(created_at)s, %(rights)s)
    returning id
)
insert into bots (user_id, owner_id, token_id, created_at, expires_at, revoked_at)
select id, %(owner_id)s, %(token_id)s, %(created_at)s, %(expires_at)s, %(revoked_at)s from known
"""

SELECT = """
select b.user_id, b.owner_id, u.name, u.bot_rights, b.token_id, b.created_at, b.expires_at, b.revoked_at
from bots b join users u on u.id = b.user_id
"""

FIND = f"{SELECT} where b.user_id = %(id)s"

LOCK = f"{FIND} for no key update of b, u"

REPLACE = """
with allowed as (update users set bot_rights = %(rights)s where id = %(id)s)
update bots set token_id = %(token_id)s, expires_at = %(expires_at)s, revoked_at = %(revoked_at)s
where user_id = %(id)s
"""

OF_OWNER = f"{SELECT} where b.owner_id = %(owner_id)s and b.revoked_at is null order by b.created_at, b.user_id"

IN_ROOM = f"""
{SELECT} join room_members m on m.user_id = b.user_id
where b.owner_id = %(owner_id)s and m.room_id = %(room_id)s order by b.created_at, b.user_id
"""

ROOMS_OF = "select room_id from room_members where user_id = %(id)s order by room_id"


class PostgresBotRepository:
    """BotRepository on the table bots, and users."""

    def __init__(self, session: Session) -> None:
        self._session = session

    async def add(self, bot: Bot, user: User) -> None:
        await self._session.write(
            ADD,
            {
                "id": bot.id,
                "email": user.email,
                "name": user.name,
                "rights": _names(bot.rights),
                "owner_id": bot.owner_id,
                "token_id": bot.token_id,
                "created_at": bot.created_at,
                "expires_at": bot.expires_at,
                "revoked_at": bot.revoked_at,
            },
        )

    async def find(self, bot_id: UserId) -> Bot | None:
        row = await self._session.read_one(FIND, {"id": bot_id})
        return None if row is None else _bot(row)

    async def lock(self, bot_id: UserId) -> Bot:
        row = await self._session.write_one(LOCK, {"id": bot_id})
        if row is None:
            raise NotFound
        return _bot(row)

    async def replace(self, bot: Bot) -> None:
        await self._session.write(
            REPLACE,
            {
                "id": bot.id,
                "rights": _names(bot.rights),
                "token_id": bot.token_id,
                "expires_at": bot.expires_at,
                "revoked_at": bot.revoked_at,
            },
        )

    async def of_owner(self, owner_id: UserId) -> Sequence[Bot]:
        return [_bot(row) for row in await self._session.read(OF_OWNER, {"owner_id": owner_id})]

    async def in_room(self, owner_id: UserId, room_id: RoomId) -> Sequence[Bot]:
        return [_bot(row) for row in await self._session.read(IN_ROOM, {"owner_id": owner_id, "room_id": room_id})]

    async def rooms_of(self, bot_id: UserId) -> Sequence[RoomId]:
        return [RoomId(room_id) for (room_id,) in await self._session.read(ROOMS_OF, {"id": bot_id})]


def _bot(row: Row) -> Bot:
    id_, owner_id, name, rights, *rest = row
    return Bot(UserId(id_), UserId(owner_id), name, frozenset(map(Right, rights)), *rest)


def _names(rights: Rights) -> list[str]:
    return sorted(right.value for right in rights)
