"""Files: what is known of them."""

from collections.abc import Collection, Sequence
from dataclasses import replace
from datetime import datetime

from adapters.memory.store import InMemoryStore
from application.ports.sent_messages import Sent
from domain.attachments import Attachment, StoredFile
from domain.errors import AttachmentInUse, DuplicateEntry, NotFound
from domain.ids import AttachmentId, MessageId, RoomId, UserId


class InMemoryFileRepository:
    """Files by id; each knows the message it hangs on."""

    def __init__(self, store: InMemoryStore) -> None:
        self._files = store.files
        self._doomed = store.doomed_files

    async def add(self, file: StoredFile) -> None:
        self._files.put(file.attachment.id, file)

    async def keep(self, attachment: Attachment) -> bool:
        file = self._files.get(attachment.id)
        if file is not None:
            self._files.put(attachment.id, replace(file, attachment=attachment, is_kept=True))
        return file is not None

    async def find(self, ids: Collection[AttachmentId]) -> Sequence[StoredFile]:
        return [file for id_ in ids if (file := self._files.get(id_)) is not None]

    async def waiting(self, uploader_id: UserId) -> int:
        return sum(file.uploader_id == uploader_id and file.message_id is None for file in self._files.values())

    async def claim(self, room_id: RoomId, message_id: MessageId, ids: Collection[AttachmentId]) -> None:
        try:
            self.hang(room_id, message_id, ids)
        except AttachmentInUse:
            raise DuplicateEntry from None

    def hang(self, room_id: RoomId, message_id: MessageId, ids: Collection[AttachmentId]) -> None:
        """Have all of them hang on a message. Raises AttachmentInUse, NotFound, and then none does."""
        files = [self._files.get(id_) for id_ in ids]
        if None in files:
            raise NotFound
        found = [file for file in files if file is not None]
        if any(file.message_id is not None for file in found):
            raise AttachmentInUse
        for file in found:
            self._files.put(file.attachment.id, replace(file, room_id=room_id, message_id=message_id))

    async def drop(self, ids: Collection[AttachmentId], *, used: bool) -> Sequence[AttachmentId]:
        dropped = [file.attachment.id for file in await self.find(ids) if used or file.message_id is None]
        self._doom(dropped)
        return dropped

    async def illustrate(self, attachment_id: AttachmentId, width: int, height: int) -> bool:
        file = self._files.get(attachment_id)
        if file is not None:
            sized = replace(file.attachment, width=width, height=height)
            self._files.put(attachment_id, replace(file, attachment=sized, has_thumbnail=True))
        return file is not None

    def forget_room(self, room_id: RoomId) -> None:
        """The files of a room that goes."""
        self._doom([file.attachment.id for file in self._files.values() if file.room_id == room_id])

    def _doom(self, ids: Sequence[AttachmentId]) -> None:
        self._files.remove(*ids)
        for id_ in ids:
            self._doomed.put(id_, None)


class InMemoryFileUpkeep:
    """What is to be removed."""

    def __init__(self, store: InMemoryStore) -> None:
        self._store = store

    async def drop_unsent(self, *, uploaded_before: datetime, take: int) -> int:
        unsent = [
            file for file in self._store.files.values() if file.message_id is None and file.created_at < uploaded_before
        ]
        oldest = sorted(unsent, key=lambda file: file.created_at)[:take]
        dropped = await InMemoryFileRepository(self._store).drop([file.attachment.id for file in oldest], used=False)
        return len(dropped)

    async def doomed(self, *, take: int) -> Sequence[AttachmentId]:
        return sorted(self._store.doomed_files)[:take]

    async def forget(self, ids: Collection[AttachmentId]) -> None:
        self._store.doomed_files.remove(*ids)

    async def known(self, ids: Collection[AttachmentId]) -> Collection[AttachmentId]:
        return [id_ for id_ in ids if id_ in self._store.files or id_ in self._store.doomed_files]


class InMemorySentMessages:
    """Sends by the ids that clients gave them."""

    def __init__(self, store: InMemoryStore) -> None:
        self._store = store

    async def find(self, room_id: RoomId, sender_id: UserId, client_temp_id: str) -> Sent | None:
        contents = self._store.contents.get(room_id)
        sent = None if contents is None else contents.sent.get((sender_id, client_temp_id))
        return None if sent is None else Sent(sent.message_id, sent.seq, sent.fingerprint)
