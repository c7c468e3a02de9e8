"""Files in PostgreSQL: what is known of them."""

from collections.abc import Collection, Sequence
from datetime import datetime

from adapters.postgres.session import Row, Session
from domain.attachments import Attachment, AttachmentKind, StoredFile
from domain.errors import DuplicateEntry, NotFound
from domain.ids import AttachmentId, MessageId, RoomId, UserId

ADD = """
insert into attachments (id, uploader_id, name, mime, size, kind, width, height, created_at, kept, digest)
values (%(id)s, %(uploader_id)s, %(name)s, %(mime)s, %(size)s, %(kind)s, %(width)s, %(height)s, %(created_at)s,
    %(kept)s, %(digest)s)
"""

KEEP = """
update attachments set kept = true, size = %(size)s, width = %(width)s, height = %(height)s where id = %(id)s
"""

FIND = """
select a.id, a.name, a.mime, a.size, a.kind, a.width, a.height, a.uploader_id, a.created_at, a.kept, a.has_thumbnail,
    a.digest, m.room_id, m.message_id
from attachments a left join message_files m on m.attachment_id = a.id
where a.id = any(%(ids)s)
"""

WAITING = "select count(*) from attachments where uploader_id = %(uploader_id)s and unsent"

# A row that is held so cannot be claimed: whoever inserts into message_files waits for it, and finds it gone then.
HOLD = "select id from attachments where id = any(%(ids)s) order by id for update"

HOLD_OLDEST = """
select a.id from attachments a
where a.unsent and a.created_at < %(before)s and not exists (select from message_files m where m.attachment_id = a.id)
order by a.created_at limit %(take)s for update skip locked
"""

FREE = "delete from message_files where attachment_id = any(%(ids)s)"

DROP = """
with dropped as (
    delete from attachments a
    where a.id = any(%(ids)s) and not exists (select from message_files m where m.attachment_id = a.id)
    returning a.id
)
insert into doomed_files (id) select id from dropped on conflict do nothing returning id
"""

CLAIM = """
with claimed as (
    insert into message_files (attachment_id, room_id, message_id)
    select a.id, %(room_id)s, %(message_id)s from attachments a where a.id = any(%(ids)s) for key share of a
    on conflict do nothing returning attachment_id
)
update attachments a set unsent = false from claimed c where a.id = c.attachment_id
"""

ILLUSTRATE = """
update attachments set has_thumbnail = true, width = %(width)s, height = %(height)s where id = %(id)s
"""

DOOMED = "select id from doomed_files order by id limit %(take)s"
FORGET = "delete from doomed_files where id = any(%(ids)s)"
KNOWN = """
select id from attachments where id = any(%(ids)s) union select id from doomed_files where id = any(%(ids)s)
"""


def _file(row: Row) -> StoredFile:
    id_, name, mime, size, kind, width, height, uploader_id, created_at, kept, has_thumbnail, digest, *place = row
    attachment = Attachment(id_, name, mime, size, AttachmentKind(kind), width, height)
    digest = None if digest is None else bytes(digest)
    return StoredFile(attachment, uploader_id, created_at, kept, has_thumbnail, digest, *place)


class PostgresFileRepository:
    """FileRepository on the tables attachments and message_files."""

    def __init__(self, session: Session) -> None:
        self._session = session

    async def add(self, file: StoredFile) -> None:
        attachment = file.attachment
        await self._session.write(
            ADD,
            {
                "id": attachment.id,
                "uploader_id": file.uploader_id,
                "name": attachment.name,
                "mime": attachment.mime,
                "size": attachment.size,
                "kind": attachment.kind.value,
                "width": attachment.width,
                "height": attachment.height,
                "created_at": file.created_at,
                "kept": file.is_kept,
                "digest": file.digest,
            },
        )

    async def keep(self, attachment: Attachment) -> bool:
        known = {
            "id": attachment.id,
            "size": attachment.size,
            "width": attachment.width,
            "height": attachment.height,
        }
        return await self._session.write(KEEP, known) > 0

    async def find(self, ids: Collection[AttachmentId]) -> Sequence[StoredFile]:
        return [_file(row) for row in await self._session.read(FIND, {"ids": list(ids)})]

    async def waiting(self, uploader_id: UserId) -> int:
        row = await self._session.read_one(WAITING, {"uploader_id": uploader_id})
        return 0 if row is None else int(row[0])

    async def claim(self, room_id: RoomId, message_id: MessageId, ids: Collection[AttachmentId]) -> None:
        claim = {"ids": list(ids), "room_id": room_id, "message_id": message_id}
        if await self._session.write(CLAIM, claim) < len(ids):
            raise DuplicateEntry if len(await self.find(ids)) == len(ids) else NotFound

    async def drop(self, ids: Collection[AttachmentId], *, used: bool) -> Sequence[AttachmentId]:
        named = {"ids": list(ids)}
        await self._session.write(HOLD, named)
        if used:
            await self._session.write(FREE, named)
        return [AttachmentId(id_) for (id_,) in await self._session.write_all(DROP, named)]

    async def illustrate(self, attachment_id: AttachmentId, width: int, height: int) -> bool:
        return await self._session.write(ILLUSTRATE, {"id": attachment_id, "width": width, "height": height}) > 0


class PostgresFileUpkeep:
    """FileUpkeep on the tables attachments and doomed_files."""

    def __init__(self, session: Session) -> None:
        self._session = session

    async def drop_unsent(self, *, uploaded_before: datetime, take: int) -> int:
        held = await self._session.write_all(HOLD_OLDEST, {"before": uploaded_before, "take": take})
        # Looked at once more, now that nobody else can claim them.
        return await self._session.write(DROP, {"ids": [id_ for (id_,) in held]}) if held else 0

    async def doomed(self, *, take: int) -> Sequence[AttachmentId]:
        return [AttachmentId(id_) for (id_,) in await self._session.read(DOOMED, {"take": take})]

    async def forget(self, ids: Collection[AttachmentId]) -> None:
        await self._session.write(FORGET, {"ids": list(ids)})

    async def known(self, ids: Collection[AttachmentId]) -> Collection[AttachmentId]:
        return [AttachmentId(id_) for (id_,) in await self._session.read(KNOWN, {"ids": list(ids)})]
