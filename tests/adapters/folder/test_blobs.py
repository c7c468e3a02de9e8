"""Files in a folder, where something goes wrong."""

import os
import time
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from adapters.folder.blobs import FolderBlobs
from domain.errors import Unavailable

KEY = "019c0000-0000-7000-8000-00000000abcd"


async def words() -> AsyncIterator[bytes]:
    yield b"words"


async def test_files_are_spread_over_folders_that_nobody_else_may_enter(tmp_path: Path) -> None:
    blobs = FolderBlobs(tmp_path / "files")
    await blobs.write(KEY, words())
    await blobs.write(f"{KEY}.thumbnail", words())
    place = tmp_path / "files" / "cd" / "ab" / KEY
    assert place.read_bytes() == b"words"
    assert place.stat().st_mode & 0o777 == 0o600
    assert place.parent.stat().st_mode & 0o777 == 0o700
    assert (place.parent / f"{KEY}.thumbnail").exists()


async def test_what_a_dead_process_has_left_half_written_goes_in_time(tmp_path: Path) -> None:
    blobs = FolderBlobs(tmp_path / "files")
    await blobs.write(KEY, words())
    coming = tmp_path / "files" / "coming"
    for name, age in (("old", 100_000), ("new", 10)):
        (coming / name).write_bytes(b"half")
        then = time.time_ns() // 10**9 - age  # noqa: TID251 -- the time of the file system
        os.utime(coming / name, (then, then))
    os.utime(coming)
    assert [kept.key async for kept in blobs.everything()] == [KEY]
    assert [path.name for path in coming.iterdir()] == ["new"]


async def test_a_folder_that_cannot_be_written_to(tmp_path: Path) -> None:
    (tmp_path / "files").write_bytes(b"no folder")
    blobs = FolderBlobs(tmp_path / "files")
    with pytest.raises(Unavailable):
        await blobs.write(KEY, words())


@pytest.mark.parametrize("key", ["../secret", "a/b", "", ".", "..", "a..b", "a\x00b"])
async def test_keys_lead_nowhere_else(tmp_path: Path, key: str) -> None:
    with pytest.raises(ValueError, match="no key"):
        await FolderBlobs(tmp_path).write(key, words())
