"""Where files are kept, by keys."""

from collections.abc import AsyncIterator
from datetime import datetime
from typing import NamedTuple, Protocol


class Kept(NamedTuple):
    """What there is under a key, and since when."""

    key: str
    since: datetime


class BlobStore(Protocol):
    """Bytes under keys (letters, digits, ``-`` and ``.``), whole or not there at all.

    All methods raise Unavailable where the storage cannot be reached or is full.
    """

    async def write(self, key: str, chunks: AsyncIterator[bytes]) -> int:
        """Keep all chunks under the key, durably, and answer how many bytes that was.

        When taking the chunks raises, or this is cancelled, nothing is kept and what raised comes out.
        """

    def read(self, key: str, *, start: int = 0, length: int | None = None) -> AsyncIterator[bytes]:
        """The bytes from ``start`` on, ``length`` of them or all, piece by piece. Raises NotFound before the first."""

    async def size(self, key: str) -> int | None:
        """How many bytes there are under the key; None where there is nothing."""

    async def delete(self, key: str) -> None:
        """Keep nothing under the key. Nothing happens where nothing is."""

    def everything(self) -> AsyncIterator[Kept]:
        """All that is kept, in no order."""
