"""Files in memory."""

from collections.abc import AsyncIterator
from datetime import datetime

from application.ports.blobs import Kept
from application.ports.clock import Clock
from domain.errors import NotFound

_PIECE = 256 * 1024


class InMemoryBlobs:
    """A BlobStore of this process."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._blobs: dict[str, tuple[bytes, datetime]] = {}

    async def write(self, key: str, chunks: AsyncIterator[bytes]) -> int:
        whole = b"".join([chunk async for chunk in chunks])
        self._blobs[key] = whole, self._clock.now()
        return len(whole)

    async def read(self, key: str, *, start: int = 0, length: int | None = None) -> AsyncIterator[bytes]:
        if key not in self._blobs:
            raise NotFound
        content, _ = self._blobs[key]
        end = len(content) if length is None else min(start + length, len(content))
        for at in range(start, end, _PIECE):
            yield content[at : min(at + _PIECE, end)]

    async def size(self, key: str) -> int | None:
        return len(self._blobs[key][0]) if key in self._blobs else None

    async def delete(self, key: str) -> None:
        self._blobs.pop(key, None)

    async def everything(self) -> AsyncIterator[Kept]:
        for key, (_, since) in list(self._blobs.items()):
            yield Kept(key, since)
