"""Sounds over PyAV: what is in a file, and a long recording cut into parts."""

import asyncio
from collections.abc import AsyncIterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from io import BytesIO
from pathlib import Path
from tempfile import TemporaryDirectory

import av

from adapters.pyav.cutting import Cutter
from adapters.pyav.kinds import HEAD, kind_of
from application.ports.sounds import Part
from domain.meeting_errors import UnsupportedAudio
from domain.speech import Sound


class PyAvSounds:
    """Decodes in a thread, a part at a time; a recording stands in a file of its own while it is cut."""

    async def known(self, data: bytes) -> Sound:
        return await asyncio.to_thread(_known, data)

    async def parts(self, recording: AsyncIterator[bytes], longest: float) -> AsyncIterator[Part]:
        loop = asyncio.get_running_loop()
        with TemporaryDirectory(prefix="jarvis-recording-") as folder, ThreadPoolExecutor(1) as thread:
            path = Path(folder) / "recording"
            await loop.run_in_executor(thread, _append, path, b"")
            async for piece in recording:
                await loop.run_in_executor(thread, _append, path, piece)
            cutter = Cutter(path, longest)
            cutting = cutter.parts()
            try:
                while (part := await loop.run_in_executor(thread, next, cutting, None)) is not None:
                    yield part
            finally:
                # The thread may still be at a part that nobody waits for any more.
                cutter.stop()
                await asyncio.shield(loop.run_in_executor(thread, cutting.close))


def _append(path: Path, piece: bytes) -> None:
    with path.open("ab") as file:
        file.write(piece)


def _known(data: bytes) -> Sound:
    kind = kind_of(data[:HEAD])
    with suppress(av.FFmpegError, ValueError, OSError), av.open(BytesIO(data), format=kind.demuxer) as container:
        if container.streams.audio:
            return Sound(data, kind.mime, kind.extension)
    raise UnsupportedAudio
