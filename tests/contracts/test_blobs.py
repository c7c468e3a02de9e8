"""What every storage of files does: in memory, in a folder, in a store that speaks S3."""

import asyncio
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from adapters.folder.blobs import FolderBlobs
from adapters.memory.blobs import InMemoryBlobs
from adapters.s3.blobs import Bucket, S3Blobs
from application.ports.blobs import BlobStore
from domain.errors import NotFound, PayloadTooLarge
from tests.builders import FakeClock
from tests.vendors.s3 import S3

MIB = 1024 * 1024
KEY = "019c0000-0000-7000-8000-00000000abcd"


@pytest.fixture
async def s3(clock: FakeClock) -> AsyncIterator[S3]:
    store = S3(clock)
    async with store.serving():
        yield store


@pytest.fixture(params=["memory", "folder", "s3"])
def blobs(request: pytest.FixtureRequest, tmp_path: Path, clock: FakeClock, s3: S3) -> BlobStore:
    if request.param == "memory":
        return InMemoryBlobs(clock)
    if request.param == "folder":
        return FolderBlobs(tmp_path / "files")
    return S3Blobs(Bucket("files", "kr-1", s3.url, "id", "secret", seconds=5))


async def pieces(*chunks: bytes, then: BaseException | None = None) -> AsyncIterator[bytes]:
    for chunk in chunks:
        await asyncio.sleep(0)
        yield chunk
    if then is not None:
        raise then


def files_in(folder: Path) -> list[Path]:
    return [path for path in folder.rglob("*") if path.is_file()]


async def whole(blobs: BlobStore, key: str = KEY, **part: int) -> bytes:
    return b"".join([piece async for piece in blobs.read(key, **part)])


async def everything(blobs: BlobStore) -> set[str]:
    return {kept.key async for kept in blobs.everything()}


@pytest.mark.parametrize("chunks", [(), (b"",), (b"a",), (b"ab", b"", b"cd"), (b"x" * 3 * MIB, b"y" * 3 * MIB)])
async def test_what_was_written_is_read(blobs: BlobStore, chunks: tuple[bytes, ...]) -> None:
    assert await blobs.write(KEY, pieces(*chunks)) == len(b"".join(chunks))
    assert await whole(blobs) == b"".join(chunks)
    assert await blobs.size(KEY) == len(b"".join(chunks))
    assert await everything(blobs) == {KEY}


async def test_of_many_parts(blobs: BlobStore, s3: S3) -> None:
    chunk = bytes(range(256)) * 1024
    assert await blobs.write(KEY, pieces(*[chunk] * 64)) == 16 * MIB
    assert await whole(blobs) == chunk * 64
    assert all(size <= 5 * MIB for size in s3.parts)
    assert s3.uploads == {}
    assert s3.unsigned == 0


@pytest.mark.parametrize(
    ("start", "length", "found"),
    [
        (0, 3, b"012"),
        (4, 3, b"456"),
        (7, None, b"789"),
        (9, 1, b"9"),
        (0, 0, b""),
        (8, 100, b"89"),
        (0, None, b"0123456789"),
    ],
)
async def test_parts_are_read(blobs: BlobStore, start: int, length: int | None, found: bytes) -> None:
    await blobs.write(KEY, pieces(b"01234", b"56789"))
    assert b"".join([piece async for piece in blobs.read(KEY, start=start, length=length)]) == found


async def test_what_is_not_there(blobs: BlobStore) -> None:
    assert await blobs.size(KEY) is None
    assert await everything(blobs) == set()
    await blobs.delete(KEY)
    with pytest.raises(NotFound):
        await whole(blobs)


async def test_what_was_deleted_is_gone(blobs: BlobStore) -> None:
    await blobs.write(KEY, pieces(b"one"))
    await blobs.write(f"{KEY}.thumbnail", pieces(b"small"))
    assert await everything(blobs) == {KEY, f"{KEY}.thumbnail"}
    await blobs.delete(KEY)
    assert await blobs.size(KEY) is None
    assert await everything(blobs) == {f"{KEY}.thumbnail"}
    assert await whole(blobs, f"{KEY}.thumbnail") == b"small"


async def test_what_is_written_anew_takes_the_place_of_the_old(blobs: BlobStore) -> None:
    await blobs.write(KEY, pieces(b"a long one"))
    await blobs.write(KEY, pieces(b"short"))
    assert await whole(blobs) == b"short"


@pytest.mark.parametrize("size", [10, 12 * MIB])
@pytest.mark.parametrize("error", [PayloadTooLarge(), ConnectionResetError("gone")])
async def test_what_is_broken_off_leaves_nothing(
    blobs: BlobStore, s3: S3, tmp_path: Path, size: int, error: Exception
) -> None:
    with pytest.raises(type(error)):
        await blobs.write(KEY, pieces(*[b"x" * (size // 10)] * 10, then=error))
    assert await blobs.size(KEY) is None
    assert await everything(blobs) == set()
    assert s3.uploads == {}
    assert files_in(tmp_path) == []


async def test_who_is_cancelled_leaves_nothing(blobs: BlobStore, tmp_path: Path, s3: S3) -> None:
    begun = asyncio.Event()

    async def for_ever() -> AsyncIterator[bytes]:
        yield b"x" * 6 * MIB
        begun.set()
        await asyncio.Event().wait()
        yield b""

    writing = asyncio.create_task(blobs.write(KEY, for_ever()))
    async with asyncio.timeout(10):
        await begun.wait()
    writing.cancel()
    with pytest.raises(asyncio.CancelledError):
        await writing
    assert await blobs.size(KEY) is None
    assert files_in(tmp_path) == []


async def test_since_when_it_is_there_is_told(blobs: BlobStore) -> None:
    await blobs.write(KEY, pieces(b"one"))
    [kept] = [kept async for kept in blobs.everything()]
    assert datetime(2026, 1, 1, tzinfo=UTC) < kept.since
