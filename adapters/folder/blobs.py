"""Files in a folder: each whole or not there at all, also when the power fails."""

import asyncio
import logging
import os
import re
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from pathlib import Path
from secrets import token_hex
from typing import BinaryIO, ParamSpec, TypeVar

from application.ports.blobs import Kept
from domain.errors import NotFound, Unavailable

P = ParamSpec("P")
T = TypeVar("T")

_log = logging.getLogger(__name__)

_PIECE = 256 * 1024
_GATHERED = 1024 * 1024
_KEY = re.compile(r"[A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)*", re.ASCII)
_COMING = "coming"
_FORGOTTEN = 86_400.0
"""Seconds after which what is still coming comes no more: who was writing it has died."""


class FolderBlobs:
    """A BlobStore in a folder, which several processes may share.

    A file is written beside its place and moved there when it is on the disk. Files are spread over folders by the last
    characters of their keys' first parts, of which ids have random ones there.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    async def write(self, key: str, chunks: AsyncIterator[bytes]) -> int:
        place = self._place(key)
        coming = self._folder / _COMING / f"{key}.{token_hex(8)}"
        size = 0
        try:
            file = await _in_thread(_create, coming)
            try:
                gathered = bytearray()
                async for chunk in chunks:
                    size += len(chunk)
                    gathered += chunk
                    if len(gathered) >= _GATHERED:
                        whole, gathered = gathered, bytearray()
                        await _in_thread(_append, file, whole)
                await _in_thread(_append, file, gathered)
                await _in_thread(_settle, file)
            finally:
                await asyncio.shield(asyncio.to_thread(file.close))
            await _in_thread(_move, coming, place)
        except BaseException:
            await asyncio.shield(asyncio.to_thread(_remove, coming))
            raise
        return size

    async def read(self, key: str, *, start: int = 0, length: int | None = None) -> AsyncIterator[bytes]:
        file = await _in_thread(lambda: self._place(key).open("rb", buffering=0))
        try:
            left = length
            await _in_thread(file.seek, start)
            while left is None or left > 0:
                wanted = _PIECE if left is None else min(_PIECE, left)
                piece = await _in_thread(file.read, wanted)
                if not piece:
                    return
                if left is not None:
                    left -= len(piece)
                yield piece
        finally:
            file.close()

    async def size(self, key: str) -> int | None:
        with suppress(NotFound):
            return (await _in_thread(self._place(key).stat)).st_size
        return None

    async def delete(self, key: str) -> None:
        await _in_thread(self._place(key).unlink, missing_ok=True)

    async def everything(self) -> AsyncIterator[Kept]:
        await _in_thread(self._tidy)
        outer = await _in_thread(_folders, self._folder)
        for folder in outer:
            if folder.name == _COMING:
                continue
            for inner in await _in_thread(_folders, folder):
                for kept in await _in_thread(_kept_in, inner):
                    yield kept

    def _place(self, key: str) -> Path:
        if not _KEY.fullmatch(key):
            raise ValueError("this is no key")
        spread = key.partition(".")[0].rjust(4, "0")
        return self._folder / spread[-2:] / spread[-4:-2] / key

    def _tidy(self) -> None:
        """Remove what a process that died has left half written."""
        with suppress(FileNotFoundError):
            now = (self._folder / _COMING).stat().st_atime
            for left in (self._folder / _COMING).iterdir():
                with suppress(FileNotFoundError):
                    if now - left.stat().st_mtime > _FORGOTTEN:
                        left.unlink()


@contextmanager
def _translating() -> Iterator[None]:
    try:
        yield
    except FileNotFoundError:
        raise NotFound from None
    except OSError as error:
        _log.error("the folder of files fails: %s", error.strerror)
        raise Unavailable("Files cannot be reached. Try again in a moment.") from None


async def _in_thread(work: Callable[P, T], *arguments: P.args, **options: P.kwargs) -> T:
    with _translating():
        return await asyncio.to_thread(work, *arguments, **options)


def _create(path: Path) -> BinaryIO:
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    return os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb", buffering=0)


def _append(file: BinaryIO, piece: bytearray) -> None:
    left = memoryview(piece)
    while left:
        left = left[file.write(left) :]


def _settle(file: BinaryIO) -> None:
    os.fsync(file.fileno())


def _move(coming: Path, place: Path) -> None:
    new = [folder for folder in (place.parent, place.parent.parent) if not folder.exists()]
    place.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    coming.replace(place)
    for folder in (place.parent, *(folder.parent for folder in new)):
        _settle_folder(folder)


def _settle_folder(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def _remove(path: Path) -> None:
    with suppress(OSError):
        path.unlink()


def _folders(folder: Path) -> list[Path]:
    try:
        return [Path(entry.path) for entry in os.scandir(folder) if entry.is_dir()]
    except FileNotFoundError:
        return []


def _kept_in(folder: Path) -> list[Kept]:
    found = []
    for entry in os.scandir(folder):
        with suppress(FileNotFoundError):
            found.append(Kept(entry.name, datetime.fromtimestamp(entry.stat().st_mtime, UTC)))
    return found
