"""Files, as they are known to the store."""

from collections.abc import Collection, Sequence
from typing import Protocol

from domain.attachments import Attachment, StoredFile
from domain.ids import AttachmentId, MessageId, RoomId, UserId


class FileRepository(Protocol):
    """Rows of files. What a person sends is claimed by the MessageLog together with its message."""

    async def add(self, file: StoredFile) -> None:
        """Know of a file that is on its way into the storage."""

    async def keep(self, attachment: Attachment) -> bool:
        """All of it is in the storage, and this is what is known of it now. False where the row is gone."""

    async def find(self, ids: Collection[AttachmentId]) -> Sequence[StoredFile]:
        """Those of them that there are, in no order."""

    async def waiting(self, uploader_id: UserId) -> int:
        """How many files of a person hang on no message."""

    async def claim(self, room_id: RoomId, message_id: MessageId, ids: Collection[AttachmentId]) -> None:
        """Have files hang on a message, which they must not do on any yet. Raises DuplicateEntry, NotFound."""

    async def drop(self, ids: Collection[AttachmentId], *, used: bool) -> Sequence[AttachmentId]:
        """Know nothing of these files any more but that they are to be removed from the storage; those that hang on a
        message only where they are ``used``. Answers which."""

    async def illustrate(self, attachment_id: AttachmentId, width: int, height: int) -> bool:
        """It has a thumbnail, and these are its own sizes. False where the row is gone."""
