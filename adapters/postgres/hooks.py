"""Hooks in PostgreSQL."""

from collections.abc import Sequence
from datetime import datetime

from adapters.postgres.session import Parameters, Row, Session
from domain.hooks import ClaimedHook, HookPost, IncomingHook, OutgoingHook
from domain.ids import HookId, MessageId, RoomId

INCOMING = "id, digest, room_id, name, created_by, created_at"

ADD_INCOMING = f"""
insert into incoming_hooks ({INCOMING})
values (%(id)s, %(digest)s, %(room_id)s, %(name)s, %(created_by)s, %(created_at)s)
"""

FIND_INCOMING = f"select {INCOMING} from incoming_hooks where digest = %(digest)s"

INCOMING_OF_ROOM = f"select {INCOMING} from incoming_hooks where room_id = %(room_id)s order by created_at, id"

RENEW_INCOMING = "update incoming_hooks set digest = %(digest)s where id = %(id)s and room_id = %(room_id)s"

REMOVE_INCOMING = "delete from incoming_hooks where id = %(id)s and room_id = %(room_id)s"

POSTED = "select key, fingerprint, message_id, seq, at from hook_posts where hook_id = %(id)s and key = %(key)s"

NOTE = """
with forgotten as (delete from hook_posts where hook_id = %(id)s and at < %(forget_before)s)
insert into hook_posts (hook_id, key, fingerprint, message_id, seq, at)
values (%(id)s, %(key)s, %(fingerprint)s, %(message_id)s, %(seq)s, %(at)s)
"""

OUTGOING = (
    "h.id, h.room_id, h.name, h.url, h.events, h.salt, h.created_by, h.created_at, h.followed_seq, h.failures, "
    "h.failing_since, h.failure, h.disabled_at"
)

ADD_OUTGOING = """
insert into outgoing_hooks (id, room_id, name, url, events, salt, created_by, created_at, followed_seq, failures,
    failing_since, failure, disabled_at)
values (%(id)s, %(room_id)s, %(name)s, %(url)s, %(events)s, %(salt)s, %(created_by)s, %(created_at)s,
    %(followed_seq)s, %(failures)s, %(failing_since)s, %(failure)s, %(disabled_at)s)
"""

OUTGOING_OF_ROOM = f"""
select {OUTGOING} from outgoing_hooks h where h.room_id = %(room_id)s order by h.created_at, h.id
"""

STATE = """
followed_seq = %(followed_seq)s, failures = %(failures)s, failing_since = %(failing_since)s, failure = %(failure)s,
    disabled_at = %(disabled_at)s
"""

REPLACE_OUTGOING = f"""
update outgoing_hooks set name = %(name)s, url = %(url)s, events = %(events)s, salt = %(salt)s, {STATE},
    lease = lease + 1, held_until = null, retry_at = null
where id = %(id)s and room_id = %(room_id)s
"""

REMOVE_OUTGOING = "delete from outgoing_hooks where id = %(id)s and room_id = %(room_id)s"

CLAIM = f"""
update outgoing_hooks h set lease = h.lease + 1, held_until = %(until)s, retry_at = null
where h.id = (
    select w.id from outgoing_hooks w join rooms r on r.id = w.room_id
    where w.disabled_at is null and w.followed_seq < r.last_seq
        and (w.held_until is null or w.held_until <= %(now)s) and (w.retry_at is null or w.retry_at <= %(now)s)
    order by w.held_until nulls first, w.id limit 1
    for update of w skip locked
)
returning {OUTGOING}, h.lease
"""

PROGRESS = """
update outgoing_hooks set held_until = %(until)s, followed_seq = greatest(followed_seq, %(seq)s),
    failures = case when followed_seq < %(seq)s then 0 else failures end,
    failing_since = case when followed_seq < %(seq)s then null else failing_since end,
    failure = case when followed_seq < %(seq)s then null else failure end
where id = %(id)s and lease = %(lease)s
"""

FAILED = f"""
update outgoing_hooks set {STATE}, held_until = null, retry_at = %(retry_at)s where id = %(id)s and lease = %(lease)s
"""


class PostgresIncomingHookRepository:
    """IncomingHookRepository on the tables incoming_hooks and hook_posts."""

    def __init__(self, session: Session) -> None:
        self._session = session

    async def add(self, hook: IncomingHook) -> None:
        await self._session.write(
            ADD_INCOMING,
            {
                "id": hook.id,
                "digest": hook.digest,
                "room_id": hook.room_id,
                "name": hook.name,
                "created_by": hook.created_by,
                "created_at": hook.created_at,
            },
        )

    async def find(self, digest: bytes) -> IncomingHook | None:
        row = await self._session.read_one(FIND_INCOMING, {"digest": digest})
        return None if row is None else _incoming(row)

    async def of_room(self, room_id: RoomId) -> Sequence[IncomingHook]:
        return [_incoming(row) for row in await self._session.read(INCOMING_OF_ROOM, {"room_id": room_id})]

    async def renew(self, room_id: RoomId, hook_id: HookId, digest: bytes) -> bool:
        named = {"id": hook_id, "room_id": room_id, "digest": digest}
        return await self._session.write(RENEW_INCOMING, named) == 1

    async def remove(self, room_id: RoomId, hook_id: HookId) -> bool:
        return await self._session.write(REMOVE_INCOMING, {"id": hook_id, "room_id": room_id}) == 1

    async def posted(self, hook_id: HookId, key: str) -> HookPost | None:
        row = await self._session.read_one(POSTED, {"id": hook_id, "key": key})
        if row is None:
            return None
        key, print_, message_id, seq, at = row
        return HookPost(key, bytes(print_), MessageId(message_id), seq, at)

    async def note(self, hook_id: HookId, post: HookPost, *, forget_before: datetime) -> None:
        await self._session.write(
            NOTE,
            {
                "id": hook_id,
                "key": post.key,
                "fingerprint": post.fingerprint,
                "message_id": post.message_id,
                "seq": post.seq,
                "at": post.at,
                "forget_before": forget_before,
            },
        )


class PostgresOutgoingHookRepository:
    """OutgoingHookRepository on the table outgoing_hooks."""

    def __init__(self, session: Session) -> None:
        self._session = session

    async def add(self, hook: OutgoingHook) -> None:
        await self._session.write(ADD_OUTGOING, {**_state(hook), "created_by": hook.created_by, **_about(hook)})

    async def of_room(self, room_id: RoomId) -> Sequence[OutgoingHook]:
        return [_outgoing(row) for row in await self._session.read(OUTGOING_OF_ROOM, {"room_id": room_id})]

    async def replace(self, hook: OutgoingHook) -> bool:
        return await self._session.write(REPLACE_OUTGOING, {**_state(hook), **_about(hook)}) == 1

    async def remove(self, room_id: RoomId, hook_id: HookId) -> bool:
        return await self._session.write(REMOVE_OUTGOING, {"id": hook_id, "room_id": room_id}) == 1

    async def claim(self, *, now: datetime, until: datetime) -> ClaimedHook | None:
        row = await self._session.write_one(CLAIM, {"now": now, "until": until})
        return None if row is None else ClaimedHook(_outgoing(row[:-1]), row[-1])

    async def progress(self, claimed: ClaimedHook, seq: int, *, until: datetime) -> bool:
        held = {"id": claimed.hook.id, "lease": claimed.lease, "seq": seq, "until": until}
        return await self._session.write(PROGRESS, held) == 1

    async def failed(self, claimed: ClaimedHook, hook: OutgoingHook, *, retry_at: datetime) -> bool:
        held = {**_state(hook), "lease": claimed.lease, "retry_at": retry_at}
        return await self._session.write(FAILED, held) == 1


def _incoming(row: Row) -> IncomingHook:
    id_, digest, *rest = row
    return IncomingHook(id_, bytes(digest), *rest)


def _outgoing(row: Row) -> OutgoingHook:
    id_, room_id, name, url, events, *rest = row
    return OutgoingHook(id_, room_id, name, url, tuple(events), *rest)


def _about(hook: OutgoingHook) -> Parameters:
    return {
        "room_id": hook.room_id,
        "name": hook.name,
        "url": hook.url,
        "events": list(hook.events),
        "salt": hook.salt,
        "created_at": hook.created_at,
    }


def _state(hook: OutgoingHook) -> Parameters:
    return {
        "id": hook.id,
        "followed_seq": hook.followed_seq,
        "failures": hook.failures,
        "failing_since": hook.failing_since,
        "failure": hook.failure,
        "disabled_at": hook.disabled_at,
    }
