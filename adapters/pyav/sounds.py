"""Sounds over PyAV: what is in a file, and a long recording cut into parts."""

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from io import BytesIO
from pathlib import Path
from tempfile import TemporaryFile

import av

from adapters.pyav.cutting import Cutter
from adapters.pyav.kinds import HEAD, kind_of
from application.ports.sounds import Part
from domain.meeting_errors import UnsupportedAudio
from domain.speech import Sound


class PyAvSounds:
    """Decodes in a thread, a part at a time; a recording stands in a file of its own while it is cut."""

    def __init__(self, folder: Path | None = None) -> None:
        """``folder``: for recordings while they are cut; that of the system where none is given."""
        self._folder = folder

    async def check(self, head: bytes) -> None:
        kind_of(head)

    async def known(self, data: bytes) -> Sound:
        return await asyncio.to_thread(_known, data)

    async def parts(self, recording: AsyncIterator[bytes], longest: float) -> AsyncGenerator[Part]:
        loop = asyncio.get_running_loop()
        # A file without a name: it is gone with this process, however that ends.
        with TemporaryFile(dir=self._folder) as file, ThreadPoolExecutor(1) as thread:
            async for piece in recording:
                await loop.run_in_executor(thread, file.write, piece)
            cutter = Cutter(file, longest)
            cutting = cutter.parts()
            try:
                while (part := await loop.run_in_executor(thread, next, cutting, None)) is not None:
                    yield part
            finally:
                # The thread may still be at a part that nobody waits for any more.
                cutter.stop()
                await asyncio.shield(loop.run_in_executor(thread, cutting.close))


def _known(data: bytes) -> Sound:
    kind = kind_of(data[:HEAD])
    with suppress(av.FFmpegError, ValueError, OSError), av.open(BytesIO(data), format=kind.demuxer) as container:
        if container.streams.audio:
            return Sound(data, kind.mime, kind.extension)
    raise UnsupportedAudio
