"""What a file of sound is, and cutting a long one."""

import asyncio
from collections.abc import AsyncIterator
from itertools import pairwise
from pathlib import Path

import pytest

from adapters.pyav.sounds import PyAvSounds
from application.ports.sounds import Part
from domain.meeting_errors import UnsupportedAudio
from tests.builders import eventually
from tests.sounds import KINDS, a_file, heard, rate_of, silence, tone

SECOND = a_file([tone(1)])


def left_in(folder: Path) -> list[str]:
    """What has a name in this folder, and what this process holds open in it."""
    held = [str(link.readlink()) for link in Path("/proc/self/fd").iterdir() if link.is_symlink()]
    return [*map(str, folder.iterdir()), *(path for path in held if path.startswith(str(folder)))]


async def in_pieces(data: bytes, size: int = 10_000) -> AsyncIterator[bytes]:
    for at in range(0, len(data), size):
        yield data[at : at + size]


async def cut(data: bytes, longest: float) -> list[Part]:
    return [part async for part in PyAvSounds().parts(in_pieces(data), longest)]


@pytest.fixture(autouse=True)
def temporary(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Where temporary files are made in these tests, where no other folder is named."""
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    return tmp_path


@pytest.mark.parametrize(
    ("kind", "mime"),
    [
        ("wav", "audio/wav"),
        ("mp3", "audio/mpeg"),
        ("m4a", "audio/mp4"),
        ("mp4", "audio/mp4"),
        ("ogg", "audio/ogg"),
        ("webm", "audio/webm"),
        ("flac", "audio/flac"),
    ],
)
async def test_the_kind_is_told_by_the_content(kind: str, mime: str) -> None:
    data = a_file([tone(0.5)], kind)
    sound = await PyAvSounds().known(data)
    assert (sound.mime, sound.data) == (mime, data)


PLAYLIST = b"#EXTM3U\n#EXT-X-TARGETDURATION:10\n#EXTINF:10,\n/etc/passwd\n"
NOT_SOUND = {
    "text": b"just some words, many of them " * 100,
    "picture": b"\x89PNG\r\n\x1a\n" + bytes(500),
    "page": b"<html><body>hello</body></html>",
    "playlist": PLAYLIST,
    "list of files": b"ffconcat version 1.0\nfile /etc/passwd\n",
    "zeros": bytes(5000),
    "nothing": b"",
    "one byte": b"R",
    "head of a WAV alone": SECOND[:20],
    "head of an MP4 alone": a_file([tone(0.1)], "m4a")[:40],
    "program": b"\x7fELF" + bytes(3000),
}


@pytest.mark.parametrize("data", NOT_SOUND.values(), ids=NOT_SOUND.keys())
async def test_what_is_no_sound_is_refused(data: bytes, temporary: Path) -> None:
    with pytest.raises(UnsupportedAudio):
        await PyAvSounds().known(data)
    with pytest.raises(UnsupportedAudio):
        await cut(data, 10)
    assert left_in(temporary) == []


@pytest.mark.parametrize("kind", KINDS)
async def test_a_recording_of_any_kind_is_cut_and_nothing_of_it_is_lost(kind: str, temporary: Path) -> None:
    parts = await cut(a_file([tone(4.6), silence(0.4)] * 5, kind), 9)
    assert len(parts) > 2
    assert parts[0].begin == 0
    assert [part.begin for part in parts[1:]] == [part.end for part in parts[:-1]]
    assert parts[-1].end == pytest.approx(25, abs=0.15)
    for part in parts:
        assert part.end - part.begin <= 9
        assert part.sound.mime == "audio/ogg"
        samples, rate = heard(part.sound.data), rate_of(part.sound.data)
        assert len(samples) / rate == pytest.approx(part.end - part.begin, abs=0.03)
    assert left_in(temporary) == []


async def test_it_is_cut_where_it_is_quiet() -> None:
    parts = await cut(a_file([tone(4.5), silence(0.5)] * 6), 11)
    assert len(parts) == 3
    for part in parts[:-1]:
        assert 4.5 <= part.end % 5 <= 5
    assert {part.whole for part in parts} == {30.0}


async def test_what_was_said_stands_in_the_parts_in_its_order() -> None:
    pitches = [300, 500, 700, 900, 1100, 1300]
    parts = await cut(a_file([piece for pitch in pitches for piece in (tone(1.6, pitch), silence(0.4))]), 4.2)
    found = []
    for part in parts:
        samples, rate = heard(part.sound.data), rate_of(part.sound.data)
        for at in range(int(part.begin) // 2 * 2, int(part.end) + 1, 2):
            begin = int((at + 0.6 - part.begin) * rate)
            middle = samples[begin : begin + rate // 2]
            if begin >= 0 and len(middle) == rate // 2:
                crossings = sum(one < 0 <= other for one, other in pairwise(middle))
                found.append(round(crossings * 2, -2))
    assert found == pitches


async def test_sound_without_a_pause_is_cut_all_the_same() -> None:
    parts = await cut(a_file([tone(20)]), 6)
    assert sum(part.end - part.begin for part in parts) == pytest.approx(20, abs=0.02)
    assert all(part.end - part.begin <= 6 for part in parts)


async def test_a_short_recording_is_one_part_much_smaller_than_before() -> None:
    data = a_file([tone(5)])
    (part,) = await cut(data, 60)
    assert (part.begin, part.end) == (0, 5)
    assert len(part.sound.data) < len(data) / 10


async def test_a_damaged_recording_gives_what_is_whole() -> None:
    data = bytearray(a_file([tone(5)], "mp3"))
    data[len(data) // 2 : len(data) // 2 + 2000] = bytes(2000)
    parts = await cut(bytes(data), 60)
    assert parts[-1].end > 3


async def test_who_stops_in_the_middle_leaves_nothing_behind(temporary: Path) -> None:
    parts = PyAvSounds().parts(in_pieces(a_file([tone(30)])), 5)
    await anext(parts)
    assert left_in(temporary) != []
    await parts.aclose()
    assert left_in(temporary) == []


async def test_a_recording_that_breaks_off_while_it_is_read_leaves_nothing_behind(temporary: Path) -> None:
    async def broken() -> AsyncIterator[bytes]:
        yield SECOND[:1000]
        raise ConnectionError

    with pytest.raises(ConnectionError):
        async for _ in PyAvSounds().parts(broken(), 5):
            pass
    assert left_in(temporary) == []


async def test_who_is_cancelled_leaves_nothing_behind(temporary: Path) -> None:
    working = asyncio.ensure_future(cut(a_file([tone(60)]), 1))
    await eventually(lambda: left_in(temporary) != [])
    working.cancel()
    await asyncio.wait({working})
    assert working.cancelled()
    assert left_in(temporary) == []


async def test_the_folder_in_which_it_is_cut_can_be_named(temporary: Path) -> None:
    folder = temporary / "elsewhere"
    folder.mkdir()
    parts = PyAvSounds(folder).parts(in_pieces(a_file([tone(12)])), 5)
    await anext(parts)
    assert left_in(folder) != []
    await parts.aclose()
    assert left_in(folder) == []
