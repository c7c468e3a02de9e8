"""Small pictures of large ones, which workers make."""

import asyncio
from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from application.jobs import completing
from application.ports.blobs import BlobStore
from application.ports.clock import Clock
from application.ports.ids import IdSource
from application.ports.images import Images
from application.ports.unit_of_work import Work
from domain.attachments import Attachment
from domain.errors import NotFound, UnreadableImage
from domain.ids import AttachmentId, JobId
from domain.jobs import Job, job_lane

KIND = "thumbnail"

_LANES = 4
_SECONDS = 30.0


def thumbnail_key(attachment_id: AttachmentId) -> str:
    """Where the thumbnail of a file is kept."""
    return f"{attachment_id}.thumbnail"


def thumbnail_job(attachment: Attachment, ids: IdSource, clock: Clock) -> Job:
    """What has a worker make the thumbnail of a picture. A few are made at the same time, however many there are."""
    return Job(
        id=JobId(ids.new()),
        kind=KIND,
        lane=job_lane(KIND, attachment.id.int % _LANES),
        payload={"attachmentId": str(attachment.id)},
        created_at=clock.now(),
        key=str(attachment.id),
    )


@dataclass(frozen=True, slots=True)
class Thumbnails:
    """Makes thumbnails. A picture of more than ``largest`` bytes gets none."""

    work: Work
    blobs: BlobStore
    images: Images
    clock: Clock
    largest: int = 32 * 1024 * 1024
    _one_at_a_time: asyncio.Semaphore = field(default_factory=lambda: asyncio.Semaphore(1))

    async def make(self, job: Job) -> Mapping[str, Any]:
        """Do a job of KIND. Made twice, it is the same picture under the same key."""
        attachment_id = AttachmentId(UUID(job.payload["attachmentId"]))
        async with self.work() as work:
            found = await work.files.find([attachment_id])
        if not found or found[0].attachment.size > self.largest:
            return {"made": False}
        async with self._one_at_a_time:
            try:
                content = b"".join([piece async for piece in self.blobs.read(str(attachment_id))])
                async with asyncio.timeout(_SECONDS):
                    picture = await self.images.thumbnail(content)
            except (UnreadableImage, NotFound, TimeoutError):
                return {"made": False}
            await self.blobs.write(thumbnail_key(attachment_id), _whole(picture.content))
        async with completing(self.work, job, self.clock, {"made": True}) as work:
            is_wanted = await work.files.illustrate(attachment_id, picture.width, picture.height)
        if not is_wanted:
            await self.blobs.delete(thumbnail_key(attachment_id))
        return {"made": is_wanted}


async def _whole(content: bytes) -> AsyncIterator[bytes]:
    yield content
