"""Files: taking them in, handing them out, and how long they are kept."""

import asyncio
from collections.abc import AsyncIterator, Collection, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import timedelta
from fnmatch import fnmatchcase
from uuid import UUID

from application.links_to_files import FileLinks
from application.ports.blobs import BlobStore
from application.ports.clock import Clock
from application.ports.file_types import FileTypes
from application.ports.ids import IdSource
from application.ports.images import Images
from application.ports.jobs import JobQueue
from application.ports.unit_of_work import Work
from application.thumbnails import thumbnail_job, thumbnail_key
from domain.attachments import Attachment, AttachmentKind, StoredFile, kind_of, safe_name
from domain.errors import DomainError, FileTypeNotAllowed, NotFound, PayloadTooLarge, TooManyUploads
from domain.ids import AttachmentId, RoomId
from domain.speech import Sound
from domain.users import Actor

_HEAD = 64 * 1024


@dataclass(frozen=True, slots=True)
class FileLimits:
    """``size`` in bytes; ``types`` are patterns (``image/*``); ``waiting`` are a person's files that are in no message
    yet, which are swept after ``unsent``; ``at_once`` is how many may hang on a message."""

    size: int = 100 * 1024 * 1024
    types: tuple[str, ...] = ("*",)
    waiting: int = 200
    unsent: timedelta = timedelta(hours=24)
    at_once: int = 20


@dataclass(frozen=True, slots=True)
class Files:
    """Keeping files, and who may have them."""

    work: Work
    blobs: BlobStore
    types: FileTypes
    images: Images
    links: FileLinks
    queue: JobQueue
    clock: Clock
    ids: IdSource
    limits: FileLimits

    async def keep(
        self, actor: Actor, name: str, chunks: AsyncIterator[bytes], *, digest: bytes | None = None
    ) -> Attachment:
        """Take a file in, piece by piece; it is kept for good once this is done, and hangs on no message yet.

        ``chunks`` may raise: whatever breaks it off, nothing is left behind.

        Raises:
            PayloadTooLarge: it is longer than the limit.
            FileTypeNotAllowed: its content is of a type that may not be sent.
            TooManyUploads: the actor has too many files that are in no message.
            Unavailable: the storage or the store cannot be reached.
        """
        head, rest = await _beginning(chunks)
        mime = self.types.tell(head)
        if not any(fnmatchcase(mime, pattern) for pattern in self.limits.types):
            raise FileTypeNotAllowed
        kind = kind_of(mime)
        sizes = await self.images.measure(head) if kind is AttachmentKind.IMAGE else None
        attachment_id = AttachmentId(self.ids.new())
        width, height = sizes or (None, None)
        coming = Attachment(attachment_id, safe_name(name), mime, 0, kind, width, height)
        # The row first, and only then the file: so nothing is ever in the storage of which the store does not know.
        async with self.work() as work:
            if await work.files.waiting(actor.id) >= self.limits.waiting:
                raise TooManyUploads
            await work.files.add(StoredFile(coming, actor.id, self.clock.now(), digest=digest))
        try:
            return await self._take_in(coming, _within(self.limits.size, head, rest))
        except BaseException:
            await asyncio.shield(self.discard([attachment_id]))
            raise

    async def _take_in(self, coming: Attachment, chunks: AsyncIterator[bytes]) -> Attachment:
        size = await self.blobs.write(str(coming.id), chunks)
        kept = Attachment(coming.id, coming.name, coming.mime, size, coming.kind, coming.width, coming.height)
        job = thumbnail_job(kept, self.ids, self.clock) if kept.kind is AttachmentKind.IMAGE else None
        async with self.work() as work:
            if not await work.files.keep(kept):
                raise NotFound
            if job is not None:
                await work.jobs.add(job)
        if job is not None:
            self.queue.ring(job.lane)
        return kept

    async def keep_sound(self, actor: Actor, _: RoomId, sound: Sound) -> Attachment:
        """Keep what somebody has said, to be sent with its text. Raises what ``keep`` raises."""

        async def whole() -> AsyncIterator[bytes]:
            yield sound.data

        return await self.keep(actor, f"voice.{sound.extension.lstrip('.')}", whole())

    async def discard(self, ids: Collection[AttachmentId]) -> None:
        """Keep these files no longer, unless they hang on a message by now. Never raises: what fails is swept later."""
        with suppress(DomainError):
            async with self.work() as work:
                dropped = await work.files.drop(ids, used=False)
            await self._remove(dropped)

    async def open(self, actor: Actor, attachment_id: AttachmentId) -> StoredFile:
        """The file, for a member of the room of the message it hangs on, or for who uploaded it while it is in none.

        Raises NotFound, also where the actor may not have it.
        """
        file = await self._find(attachment_id)
        if file.room_id is None:
            if file.uploader_id != actor.id:
                raise NotFound
            return file
        async with self.work() as work:
            if await work.members.find(file.room_id, actor.id) is None:
                raise NotFound
        return file

    async def open_by_link(self, attachment_id: AttachmentId, signature: str) -> StoredFile:
        """The file, for who has a link to it that is signed and not too old. Raises NotFound."""
        if not self.links.is_good(attachment_id, signature):
            raise NotFound
        return await self._find(attachment_id)

    def content(self, file: StoredFile, *, start: int = 0, length: int | None = None) -> AsyncIterator[bytes]:
        """What is in it, piece by piece. Raises NotFound, Unavailable before the first."""
        return self.blobs.read(str(file.attachment.id), start=start, length=length)

    async def thumbnail(self, actor: Actor, attachment_id: AttachmentId) -> tuple[StoredFile, int]:
        """The file, and how large its thumbnail is. Raises NotFound, also while there is none yet."""
        file = await self.open(actor, attachment_id)
        size = await self.blobs.size(thumbnail_key(attachment_id)) if file.has_thumbnail else None
        if size is None:
            raise NotFound
        return file, size

    def thumbnail_content(self, file: StoredFile, *, start: int = 0, length: int | None = None) -> AsyncIterator[bytes]:
        """What is in its thumbnail, as of ``content``."""
        return self.blobs.read(thumbnail_key(file.attachment.id), start=start, length=length)

    async def sweep(self) -> None:
        """Have what was never sent removed, and remove what is to be removed.

        The store knows of a file until it is gone from the storage: who dies in between leaves it to the next sweep.
        """
        before, page = self.clock.now() - self.limits.unsent, 200
        dropped = page
        while dropped == page:
            async with self.work() as work:
                dropped = await work.file_upkeep.drop_unsent(uploaded_before=before, take=page)
        doomed: Sequence[AttachmentId] = ()
        while True:
            async with self.work() as work:
                doomed = await work.file_upkeep.doomed(take=page)
            if not doomed:
                return
            await self._remove(doomed)

    async def strays(self) -> Sequence[str]:
        """What is in the storage though the store knows nothing of it, and longer than an upload may take.

        There is none but where the store was put back to an older state than the storage.
        """
        before = self.clock.now() - self.limits.unsent
        strays: list[str] = []
        batch: list[str] = []
        async for kept in self.blobs.everything():
            if kept.since < before:
                batch.append(kept.key)
            if len(batch) == 500:
                strays += await self._unknown(batch)
                batch.clear()
        return strays + await self._unknown(batch)

    async def remove_strays(self, keys: Collection[str]) -> None:
        """Remove from the storage what ``strays`` has found."""
        for key in keys:
            await self.blobs.delete(key)

    async def _unknown(self, keys: Sequence[str]) -> list[str]:
        ids = {key: found for key in keys if (found := _id_in(key)) is not None}
        async with self.work() as work:
            known = set(await work.file_upkeep.known(set(ids.values())))
        return [key for key in keys if ids.get(key) not in known]

    async def _remove(self, ids: Sequence[AttachmentId]) -> None:
        for attachment_id in ids:
            await self.blobs.delete(thumbnail_key(attachment_id))
            await self.blobs.delete(str(attachment_id))
        if ids:
            async with self.work() as work:
                await work.file_upkeep.forget(ids)

    async def _find(self, attachment_id: AttachmentId) -> StoredFile:
        async with self.work() as work:
            found = await work.files.find([attachment_id])
        if not found or not found[0].is_kept:
            raise NotFound
        return found[0]


async def _beginning(chunks: AsyncIterator[bytes]) -> tuple[bytes, AsyncIterator[bytes]]:
    head = bytearray()
    while len(head) < _HEAD:
        try:
            head += await anext(chunks)
        except StopAsyncIteration:
            break
    return bytes(head), chunks


async def _within(limit: int, head: bytes, rest: AsyncIterator[bytes]) -> AsyncIterator[bytes]:
    """The head and the rest. Raises PayloadTooLarge as soon as it is longer than the limit."""
    so_far = len(head)
    if so_far > limit:
        raise PayloadTooLarge
    if head:
        yield head
    async for chunk in rest:
        so_far += len(chunk)
        if so_far > limit:
            raise PayloadTooLarge
        yield chunk


def _id_in(key: str) -> AttachmentId | None:
    try:
        return AttachmentId(UUID(key.partition(".")[0]))
    except ValueError:
        return None
