"""Invitations in PostgreSQL."""

from collections.abc import Sequence
from datetime import datetime

from adapters.postgres.session import Row, Session
from domain.ids import InvitationId, RoomId
from domain.invitations import Invitation
from domain.rooms import Role

COLUMNS = "id, digest, room_id, role, created_by, created_at, expires_at, most_uses, uses"

ADD = f"""
insert into invitations ({COLUMNS})
values (%(id)s, %(digest)s, %(room_id)s, %(role)s, %(created_by)s, %(created_at)s, %(expires_at)s, %(most_uses)s,
    %(uses)s)
"""

GOOD = "expires_at > %(now)s and (most_uses is null or uses < most_uses)"

FIND = f"select {COLUMNS} from invitations where digest = %(digest)s"

OF_ROOM = f"""
select {COLUMNS} from invitations where room_id = %(room_id)s and {GOOD} order by created_at desc, id desc
"""

USE = f"update invitations set uses = uses + 1 where id = %(id)s and {GOOD}"

REMOVE = "delete from invitations where id = %(id)s and room_id = %(room_id)s"

FORGET = "delete from invitations where expires_at < %(before)s"


def _invitation(row: Row) -> Invitation:
    id_, digest, room_id, role, *rest = row
    return Invitation(id_, bytes(digest), room_id, Role(role), *rest)


class PostgresInvitationRepository:
    """InvitationRepository on the table invitations."""

    def __init__(self, session: Session) -> None:
        self._session = session

    async def add(self, invitation: Invitation) -> None:
        await self._session.write(
            ADD,
            {
                "id": invitation.id,
                "digest": invitation.digest,
                "room_id": invitation.room_id,
                "role": invitation.role.value,
                "created_by": invitation.created_by,
                "created_at": invitation.created_at,
                "expires_at": invitation.expires_at,
                "most_uses": invitation.most_uses,
                "uses": invitation.uses,
            },
        )

    async def find(self, digest: bytes) -> Invitation | None:
        row = await self._session.read_one(FIND, {"digest": digest})
        return _invitation(row) if row is not None else None

    async def of_room(self, room_id: RoomId, now: datetime) -> Sequence[Invitation]:
        return [_invitation(row) for row in await self._session.read(OF_ROOM, {"room_id": room_id, "now": now})]

    async def use(self, invitation_id: InvitationId, now: datetime) -> bool:
        return await self._session.write(USE, {"id": invitation_id, "now": now}) == 1

    async def remove(self, room_id: RoomId, invitation_id: InvitationId) -> bool:
        return await self._session.write(REMOVE, {"id": invitation_id, "room_id": room_id}) == 1

    async def forget(self, *, expired_before: datetime) -> None:
        await self._session.write(FORGET, {"before": expired_before})
