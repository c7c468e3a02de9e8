"""Memberships in PostgreSQL."""

from collections.abc import Sequence

from adapters.postgres import users
from adapters.postgres.session import Session
from domain.ids import RoomId, UserId
from domain.rooms import Member, Role
from domain.users import User

FIND = "select role, joined_at, last_read_seq from room_members where room_id = %(room_id)s and user_id = %(user_id)s"

# Both changes raise the room's members_version in the same transaction: see message_log.
ADD = """
with added as (
    insert into room_members (room_id, user_id, role, joined_at, last_read_seq)
    select * from unnest(%(room_ids)s::uuid[], %(user_ids)s::uuid[], %(roles)s::text[], %(joined_at)s::timestamptz[],
        %(last_read_seqs)s::bigint[])
    on conflict do nothing
    returning room_id, user_id
), raised as (
    update rooms set members_version = members_version + 1 where id in (select room_id from added)
)
select user_id from added
"""

REMOVE = """
with removed as (
    delete from room_members where room_id = %(room_id)s and user_id = %(user_id)s returning room_id
)
update rooms set members_version = members_version + 1 where id in (select room_id from removed)
"""

GIVE_ROLE = "update room_members set role = %(role)s where room_id = %(room_id)s and user_id = %(user_id)s"

IDS = "select user_id from room_members where room_id = %(room_id)s order by joined_at, user_id"

PROFILES = f"""
select m.role, m.joined_at, m.last_read_seq, {users.COLUMNS} from room_members m join users u on u.id = m.user_id
where m.room_id = %(room_id)s order by m.joined_at, m.user_id
"""

COMPANIONS = """
select distinct other.user_id from room_members mine join room_members other on other.room_id = mine.room_id
where mine.user_id = %(user_id)s and other.user_id <> %(user_id)s
"""


class PostgresMemberRepository:
    """MemberRepository on the table room_members."""

    def __init__(self, session: Session) -> None:
        self._session = session

    async def find(self, room_id: RoomId, user_id: UserId) -> Member | None:
        row = await self._session.read_one(FIND, {"room_id": room_id, "user_id": user_id})
        return Member(room_id, user_id, Role(row[0]), row[1], row[2]) if row is not None else None

    async def add(self, members: Sequence[Member]) -> Sequence[UserId]:
        if not members:
            return []
        rows = await self._session.write_all(
            ADD,
            {
                "room_ids": [member.room_id for member in members],
                "user_ids": [member.user_id for member in members],
                "roles": [member.role.value for member in members],
                "joined_at": [member.joined_at for member in members],
                "last_read_seqs": [member.last_read_seq for member in members],
            },
        )
        added = {user_id for (user_id,) in rows}
        return [user_id for user_id in dict.fromkeys(member.user_id for member in members) if user_id in added]

    async def remove(self, room_id: RoomId, user_id: UserId) -> None:
        await self._session.write(REMOVE, {"room_id": room_id, "user_id": user_id})

    async def give_role(self, room_id: RoomId, user_id: UserId, role: Role) -> None:
        await self._session.write(GIVE_ROLE, {"room_id": room_id, "user_id": user_id, "role": role.value})

    async def ids(self, room_id: RoomId) -> Sequence[UserId]:
        return [UserId(user_id) for (user_id,) in await self._session.read(IDS, {"room_id": room_id})]

    async def profiles(self, room_id: RoomId) -> Sequence[tuple[Member, User]]:
        profiles: list[tuple[Member, User]] = []
        for role, joined_at, last_read_seq, *columns in await self._session.read(PROFILES, {"room_id": room_id}):
            user = users.user_of(tuple(columns))
            profiles.append((Member(room_id, user.id, Role(role), joined_at, last_read_seq), user))
        return profiles

    async def companions(self, user_id: UserId) -> Sequence[UserId]:
        return [UserId(other) for (other,) in await self._session.read(COMPANIONS, {"user_id": user_id})]
