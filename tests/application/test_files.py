"""Keeping files and sending them, where something goes wrong on the way."""

import asyncio
import base64
import io
import json
from collections.abc import AsyncIterator, Callable
from dataclasses import replace
from datetime import timedelta

import pytest
from PIL import Image

from adapters.memory.blobs import InMemoryBlobs
from adapters.pillow.images import PillowImages
from application.attaching import Attaching
from application.files import FileLimits, Files
from application.jobs import JobSuperseded
from application.ports.images import Picture
from application.thumbnails import KIND, Thumbnails, thumbnail_key
from domain.attachments import StoredFile
from domain.blocks import CLOSES, OPENS
from domain.errors import Forbidden, NotFound, PayloadTooLarge, Unavailable
from domain.ids import AttachmentId, RoomId
from domain.users import Actor
from tests.in_memory import InMemoryJarvis, the_files


class Shaky(InMemoryBlobs):
    """Fails when it is told to; ``before`` is called before anything is written."""

    failing: str | None = None
    before: Callable[[], None] = staticmethod(lambda: None)

    async def write(self, key: str, chunks: AsyncIterator[bytes]) -> int:
        self.before()
        if self.failing == "write":
            raise Unavailable
        return await super().write(key, chunks)

    async def delete(self, key: str) -> None:
        if self.failing == "delete":
            raise Unavailable
        await super().delete(key)


@pytest.fixture
def blobs(jarvis: InMemoryJarvis) -> Shaky:
    return Shaky(jarvis.clock)


@pytest.fixture
def files(jarvis: InMemoryJarvis, blobs: Shaky) -> Files:
    return replace(the_files(jarvis.work, jarvis.jobs, jarvis.clock, jarvis.ids), blobs=blobs)


@pytest.fixture
async def room(jarvis: InMemoryJarvis, ana: Actor) -> RoomId:
    return (await jarvis.room(ana)).room.id


async def chunks(*pieces: bytes) -> AsyncIterator[bytes]:
    for piece in pieces:
        yield piece


def picture() -> bytes:
    made = io.BytesIO()
    Image.new("RGB", (600, 300), "red").save(made, "PNG")
    return made.getvalue()


def block(*contents: bytes) -> str:
    found = [
        {"name": f"{place}.txt", "dataUrl": "data:x;base64," + base64.b64encode(content).decode()}
        for place, content in enumerate(contents)
    ]
    return f"\n{OPENS}\n{base64.b64encode(json.dumps(found).encode()).decode()}\n{CLOSES}"


def known(jarvis: InMemoryJarvis) -> set[AttachmentId]:
    return {*jarvis.store.files, *jarvis.store.doomed_files}


async def stored(blobs: InMemoryBlobs) -> set[str]:
    return {kept.key async for kept in blobs.everything()}


async def test_the_store_knows_of_a_file_before_it_is_there(
    jarvis: InMemoryJarvis, files: Files, blobs: Shaky, ana: Actor
) -> None:
    seen: list[bool] = []
    blobs.before = lambda: seen.extend(file.is_kept for file in jarvis.store.files.values())
    kept = await files.keep(ana, "a", chunks(b"wo", b"rds"))
    assert seen == [False]
    assert jarvis.store.files[kept.id].is_kept
    assert kept.size == 5


async def test_what_is_on_its_way_cannot_be_had_or_sent(
    jarvis: InMemoryJarvis, files: Files, ana: Actor, room: RoomId
) -> None:
    begun, go_on = asyncio.Event(), asyncio.Event()

    async def slowly() -> AsyncIterator[bytes]:
        yield b"x" * 100_000
        begun.set()
        await go_on.wait()
        yield b"y"

    keeping = asyncio.create_task(files.keep(ana, "a", slowly()))
    await begun.wait()
    [coming] = jarvis.store.files
    with pytest.raises(NotFound):
        await files.open(ana, coming)
    with pytest.raises(NotFound):
        await Attaching(jarvis.work, files, jarvis.messages).send(ana, room, "", attachment_ids=[coming])
    go_on.set()
    await keeping
    assert (await files.open(ana, coming)).attachment.size == 100_001


async def test_a_storage_that_fails_leaves_nothing(
    jarvis: InMemoryJarvis, files: Files, blobs: Shaky, ana: Actor
) -> None:
    blobs.failing = "write"
    with pytest.raises(Unavailable):
        await files.keep(ana, "a", chunks(b"words"))
    assert known(jarvis) == set()
    blobs.failing = "delete"
    with pytest.raises(PayloadTooLarge):
        await replace(files, limits=FileLimits(size=3)).keep(ana, "a", chunks(b"words"))
    # What could not be removed is remembered, and removed when it can be.
    assert len(jarvis.store.doomed_files) == 1
    with pytest.raises(Unavailable):
        await files.sweep()
    blobs.failing = None
    await files.sweep()
    assert known(jarvis) == set()
    assert await stored(blobs) == set()


async def test_who_is_cancelled_leaves_nothing(jarvis: InMemoryJarvis, files: Files, blobs: Shaky, ana: Actor) -> None:
    begun = asyncio.Event()

    async def for_ever() -> AsyncIterator[bytes]:
        yield b"x" * 100_000
        begun.set()
        await asyncio.Event().wait()
        yield b""

    keeping = asyncio.create_task(files.keep(ana, "a", for_ever()))
    await begun.wait()
    keeping.cancel()
    with pytest.raises(asyncio.CancelledError):
        await keeping
    assert known(jarvis) == set()
    assert await stored(blobs) == set()


async def test_what_a_dead_server_was_taking_in_is_swept(
    jarvis: InMemoryJarvis, files: Files, blobs: Shaky, ana: Actor
) -> None:
    kept = await files.keep(ana, "a", chunks(b"words"))
    async with jarvis.work() as work:
        await work.files.drop([kept.id], used=False)
        await work.file_upkeep.forget([kept.id])
        await work.files.add(StoredFile(kept, ana.id, jarvis.clock.now()))
    await files.sweep()
    assert await stored(blobs) == {str(kept.id)}
    jarvis.clock.advance(timedelta(hours=25).total_seconds())
    await files.sweep()
    assert known(jarvis) == set()
    assert await stored(blobs) == set()


async def test_a_send_that_is_refused_leaves_no_file(
    jarvis: InMemoryJarvis, files: Files, blobs: Shaky, ana: Actor, outsider: Actor, room: RoomId
) -> None:
    attaching = Attaching(jarvis.work, files, jarvis.messages)
    with pytest.raises(Forbidden):
        await attaching.send(outsider, room, "x" + block(b"one", b"two"))
    small = Attaching(jarvis.work, replace(files, limits=FileLimits(size=3)), jarvis.messages)
    with pytest.raises(PayloadTooLarge):
        await small.send(ana, room, "x" + block(b"one", b"too long"))
    with pytest.raises(NotFound):
        await attaching.send(ana, room, "x" + block(b"one"), reply_to=room)  # type: ignore[arg-type]
    with pytest.raises(NotFound):
        await attaching.edit(ana, room, room, "x" + block(b"one"))  # type: ignore[arg-type]
    assert known(jarvis) == set()
    assert await stored(blobs) == set()


async def test_a_send_of_which_nobody_knows_keeps_its_files_if_it_was_kept(
    jarvis: InMemoryJarvis, files: Files, blobs: Shaky, ana: Actor, room: RoomId
) -> None:
    class Lost:
        """The message is kept, and then the connection is lost."""

        def __getattr__(self, name: str) -> object:
            return getattr(jarvis.messages, name)

        async def send(self, *about: object, **more: object) -> None:
            await jarvis.messages.send(*about, **more)  # type: ignore[arg-type]
            raise Unavailable

    content = "x" + block(b"one")
    with pytest.raises(Unavailable):
        await Attaching(jarvis.work, files, Lost()).send(ana, room, content, "t")  # type: ignore[arg-type]
    [message] = await jarvis.messages.history(ana, room)
    again = await Attaching(jarvis.work, files, jarvis.messages).send(ana, room, content, "t")
    assert (again.message_id, again.repeated) == (message.id, True)
    assert await stored(blobs) == {str(message.attachments[0].id)}
    assert known(jarvis) == {message.attachments[0].id}


async def test_a_thumbnail_made_twice_is_one_and_of_what_is_gone_there_is_none(
    jarvis: InMemoryJarvis, files: Files, blobs: Shaky, ana: Actor
) -> None:
    thumbnails = Thumbnails(jarvis.work, blobs, PillowImages(), jarvis.clock)
    kept, gone = [await files.keep(ana, "a.png", chunks(picture())) for _ in range(2)]
    jobs = {one.job.payload["attachmentId"]: one.job for one in jarvis.store.jobs.values()}
    assert {job.kind for job in jobs.values()} == {KIND}
    async with jarvis.work() as work:
        job = await work.jobs.claim(jobs[str(kept.id)].lane, now=jarvis.clock.now(), until=jarvis.clock.now())
    assert job is not None
    assert await thumbnails.make(job) == {"made": True}
    with pytest.raises(JobSuperseded):
        await thumbnails.make(job)
    assert (await files.thumbnail(ana, kept.id))[1] > 0
    await files.discard([gone.id])
    assert await thumbnails.make(jobs[str(gone.id)]) == {"made": False}
    assert await stored(blobs) == {str(kept.id), thumbnail_key(kept.id)}


async def test_a_file_that_goes_while_its_thumbnail_is_made_leaves_nothing(
    jarvis: InMemoryJarvis, files: Files, blobs: Shaky, ana: Actor
) -> None:
    kept = await files.keep(ana, "a.png", chunks(picture()))
    [lane] = {kept_job.job.lane for kept_job in jarvis.store.jobs.values()}
    async with jarvis.work() as work:
        job = await work.jobs.claim(lane, now=jarvis.clock.now(), until=jarvis.clock.now())
    assert job is not None

    class Meanwhile:
        async def measure(self, head: bytes) -> None: ...

        async def thumbnail(self, content: bytes) -> Picture:
            await files.discard([kept.id])
            return Picture(b"small", 1, 1)

    await Thumbnails(jarvis.work, blobs, Meanwhile(), jarvis.clock).make(job)
    assert await stored(blobs) == set()
    assert known(jarvis) == set()


async def test_a_sound_is_kept_to_be_sent(jarvis: InMemoryJarvis, ana: Actor, room: RoomId) -> None:
    kept = await jarvis.files.keep(ana, "voice.wav", chunks(b"RIFF\x24\x00\x00\x00WAVEfmt "))
    await jarvis.attaching.send(ana, room, "들어 봐", attachment_ids=[kept.id])
    [message] = await jarvis.messages.history(ana, room)
    assert [(file.name, file.mime) for file in message.attachments] == [("voice.wav", "audio/wav")]
