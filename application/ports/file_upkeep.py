"""Files that nobody refers to."""

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Protocol

from domain.ids import AttachmentId


class FileUpkeep(Protocol):
    """What is to be removed from the storage, and how it comes to that."""

    async def drop_unsent(self, *, uploaded_before: datetime, take: int) -> int:
        """Have the oldest files that hang on no message removed; answers how many."""

    async def doomed(self, *, take: int) -> Sequence[AttachmentId]:
        """What is to be removed from the storage."""

    async def forget(self, ids: Collection[AttachmentId]) -> None:
        """These were removed."""

    async def known(self, ids: Collection[AttachmentId]) -> Collection[AttachmentId]:
        """Those that there are, or that are to be removed."""
