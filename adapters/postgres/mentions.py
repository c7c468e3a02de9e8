"""Where people are mentioned, in PostgreSQL."""

from collections.abc import Sequence
from typing import LiteralString

from adapters.postgres import messages
from adapters.postgres.session import Session
from domain.ids import MessageId, UserId
from domain.messages import Message

# Both halves follow an index from the newest on. Ids of messages sort by time.
_OF_USER: LiteralString = f"""
with found as (
    (
        select m.id from mentions n
        join messages m on m.id = n.message_id
        join room_members r on r.room_id = m.room_id and r.user_id = n.user_id
        where n.user_id = %(user_id)s and m.sender_id is distinct from n.user_id{{named_before}}
        order by n.message_id desc limit %(take)s
    )
    union
    select e.id from room_members r cross join lateral (
        select m.id from messages m
        where m.room_id = r.room_id and m.mentions_room and m.created_at >= r.joined_at
            and m.sender_id is distinct from r.user_id{{all_before}}
        order by m.id desc limit %(take)s
    ) e
    where r.user_id = %(user_id)s
)
select {messages.COLUMNS} from found join messages m on m.id = found.id order by m.id desc limit %(take)s
"""
_BEFORE: LiteralString = " and {id} < (select b.id from messages b where b.id = %(before)s)"

OF_USER: LiteralString = _OF_USER.format(named_before="", all_before="")
OF_USER_BEFORE: LiteralString = _OF_USER.format(
    named_before=_BEFORE.format(id="n.message_id"), all_before=_BEFORE.format(id="m.id")
)


class PostgresMentionRepository:
    """MentionRepository on the table mentions and the messages to everybody."""

    def __init__(self, session: Session) -> None:
        self._session = session

    async def of_user(self, user_id: UserId, *, before: MessageId | None, take: int) -> Sequence[Message]:
        asked = {"user_id": user_id, "take": take}
        if before is None:
            rows = await self._session.read(OF_USER, asked)
        else:
            rows = await self._session.read(OF_USER_BEFORE, {**asked, "before": before})
        return [messages.message_of(row) for row in rows]
