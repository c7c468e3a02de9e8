"""Recordings, as every store keeps them."""

from datetime import timedelta

import pytest

from domain.errors import NotFound
from domain.ids import RecordingId, RoomId
from domain.recordings import Recording
from domain.speech import Transcript
from domain.users import Actor
from tests.contracts.stores import Stores

SOUND = bytes(range(256)) * 10


async def brought(stores: Stores, room_id: RoomId, asker: Actor, *pieces: bytes) -> Recording:
    recording = Recording(RecordingId(stores.ids.new()), room_id, asker.id, stores.clock.now())
    async with stores.work() as work:
        await work.rooms.lock(room_id)
        await work.recordings.add(recording)
        for place, piece in enumerate(pieces):
            await work.recordings.append(recording.id, place, piece)
    return recording


async def kept(stores: Stores, recording: Recording) -> list[bytes]:
    pieces: list[bytes] = []
    async with stores.work() as work:
        while (piece := await work.recordings.piece(recording.id, len(pieces))) is not None:
            pieces.append(piece)
    return pieces


async def test_a_recording_is_kept_piece_by_piece(stores: Stores, ana: Actor, room: RoomId) -> None:
    recording = await brought(stores, room, ana, SOUND)
    async with stores.work() as work:
        await work.recordings.append(recording.id, 1, b"\x00\xff")
    other = await brought(stores, room, ana, b"other")
    assert await kept(stores, recording) == [SOUND, b"\x00\xff"]
    assert await kept(stores, other) == [b"other"]


async def test_what_was_said_is_kept_once_and_in_order(stores: Stores, ana: Actor, room: RoomId) -> None:
    recording = await brought(stores, room, ana, SOUND)
    for place, text in ((0, "하나"), (0, "다른 하나"), (1, "")):
        async with stores.work() as work:
            await work.recordings.keep_transcript(recording.id, place, Transcript(text, "ko" if text else None))
    async with stores.work() as work:
        assert list(await work.recordings.transcripts(recording.id)) == [Transcript("하나", "ko"), Transcript("")]


async def test_a_recording_that_is_removed_is_gone(stores: Stores, ana: Actor, room: RoomId) -> None:
    recording, other = [await brought(stores, room, ana, SOUND) for _ in range(2)]
    async with stores.work() as work:
        await work.recordings.keep_transcript(recording.id, 0, Transcript("하나"))
        await work.recordings.remove(recording.id)
    async with stores.work() as work:
        assert list(await work.recordings.transcripts(recording.id)) == []
        await work.recordings.keep_transcript(recording.id, 0, Transcript("하나"))
        await work.recordings.remove(recording.id)
    with pytest.raises(NotFound):
        async with stores.work() as work:
            await work.recordings.append(recording.id, 1, SOUND)
    assert await kept(stores, recording) == []
    assert await kept(stores, other) == [SOUND]


async def test_a_recording_goes_with_its_room(stores: Stores, ana: Actor, ben: Actor, room: RoomId) -> None:
    recording = await brought(stores, room, ana, SOUND)
    elsewhere = await brought(stores, await stores.room(ben), ben, SOUND)
    async with stores.work() as work:
        await work.recordings.keep_transcript(recording.id, 0, Transcript("하나"))
    await stores.rooms.delete(ana, room)
    assert await kept(stores, recording) == []
    assert await kept(stores, elsewhere) == [SOUND]
    async with stores.work() as work:
        assert list(await work.recordings.transcripts(recording.id)) == []


async def test_old_ones_are_forgotten(stores: Stores, ana: Actor, room: RoomId) -> None:
    old = await brought(stores, room, ana, SOUND)
    stores.clock.advance(10)
    young = await brought(stores, room, ana, SOUND)
    async with stores.work() as work:
        assert await work.recordings.forget(made_before=young.created_at) == 1
    async with stores.work() as work:
        assert await work.recordings.forget(made_before=young.created_at - timedelta(seconds=1)) == 0
    assert await kept(stores, old) == []
    assert await kept(stores, young) == [SOUND]


async def test_what_is_not_committed_is_not_kept(stores: Stores, ana: Actor, room: RoomId) -> None:
    recording = await brought(stores, room, ana, SOUND)

    async def add_and_fail() -> None:
        async with stores.work() as work:
            await work.recordings.append(recording.id, 1, SOUND)
            await work.recordings.append(RecordingId(stores.ids.new()), 0, SOUND)

    with pytest.raises(NotFound):
        await add_and_fail()
    assert await kept(stores, recording) == [SOUND]
