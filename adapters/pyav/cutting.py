"""Cutting a recording where it is quiet, and writing its parts in a compact form."""

from collections.abc import Generator, Iterator
from io import BytesIO
from operator import mul
from threading import Event
from typing import IO

import av
from av.audio.resampler import AudioResampler

from adapters.pyav.kinds import HEAD, kind_of
from application.ports.sounds import Part
from domain.meeting_errors import UnsupportedAudio
from domain.speech import Sound

RATE = 16_000
BLOCK = 320
"""Samples of 20 ms: what is loud or quiet."""

_BLOCK_BYTES = BLOCK * 2
_QUIET_BLOCKS = 15
_BITS_A_SECOND = 32_000
_LOOK_BACK = 0.25
"""Of a part's length: how far before its end a quiet place is looked for."""


class Cutter:
    """Reads a file from its beginning to its end, once; never holds more than a part of it."""

    def __init__(self, file: IO[bytes], longest: float) -> None:
        self._file = file
        self._longest = max(int(longest * RATE) // BLOCK, 4 * _QUIET_BLOCKS) * _BLOCK_BYTES
        self._stopped = Event()
        self._begin = 0
        self._whole: float | None = None

    def stop(self) -> None:
        """Read no further."""
        self._stopped.set()

    def parts(self) -> Generator[Part]:
        """The parts in order. Raises UnsupportedAudio."""
        waiting = bytearray()
        for samples in self._samples():
            waiting += samples
            while len(waiting) > self._longest:
                at = _quietest(waiting, self._longest)
                yield self._part(bytes(waiting[:at]))
                del waiting[:at]
        if waiting:
            yield self._part(bytes(waiting))

    def _part(self, samples: bytes) -> Part:
        begin = self._begin
        self._begin += len(samples) // 2
        sound = Sound(encoded(samples), "audio/ogg", "ogg")
        return Part(sound, begin / RATE, self._begin / RATE, self._whole)

    def _samples(self) -> Iterator[bytes]:
        """16-bit mono at 16 kHz."""
        self._file.seek(0)
        kind = kind_of(self._file.read(HEAD))
        self._file.seek(0)
        resampler = AudioResampler(format="s16", layout="mono", rate=RATE)
        try:
            with av.open(self._file, "r", format=kind.demuxer) as container:
                if not container.streams.audio:
                    raise UnsupportedAudio
                if container.duration is not None:
                    self._whole = container.duration / av.time_base
                for packet in container.demux(container.streams.audio[0]):
                    if self._stopped.is_set():
                        return
                    try:
                        frames = packet.decode()
                    except av.error.InvalidDataError:
                        continue  # a damaged piece; what comes after it may be whole
                    for frame in frames:
                        yield from _bytes_of(resampler.resample(frame))
                yield from _bytes_of(resampler.resample(None))
        except (av.FFmpegError, ValueError):
            raise UnsupportedAudio from None


def _bytes_of(frames: list[av.AudioFrame]) -> Iterator[bytes]:
    for frame in frames:
        yield bytes(frame.planes[0])[: frame.samples * 2]


def _quietest(samples: bytearray, longest: int) -> int:
    """Where to cut: in the middle of the quietest 0.3 s near the end of the longest part, the last of them."""
    first = int(longest * (1 - _LOOK_BACK)) // _BLOCK_BYTES
    last = longest // _BLOCK_BYTES
    values = memoryview(samples).cast("h")
    try:
        loudness = [_energy(values[at * BLOCK : (at + 1) * BLOCK]) for at in range(first, last)]
    finally:
        values.release()
    sums = [sum(loudness[at : at + _QUIET_BLOCKS]) for at in range(len(loudness) - _QUIET_BLOCKS + 1)]
    least = min(sums)
    at = max(place for place, loud in enumerate(sums) if loud == least)
    return (first + at + _QUIET_BLOCKS // 2) * _BLOCK_BYTES


def _energy(values: memoryview) -> int:
    return sum(map(mul, values, values))


def encoded(samples: bytes) -> bytes:
    """16-bit mono at 16 kHz as Opus in Ogg."""
    written = BytesIO()
    with av.open(written, "w", format="ogg") as container:
        stream = container.add_stream("libopus", rate=RATE, layout="mono")
        stream.bit_rate = _BITS_A_SECOND
        for at in range(0, len(samples), RATE * 2):
            piece = samples[at : at + RATE * 2]
            frame = av.AudioFrame(format="s16", layout="mono", samples=len(piece) // 2)
            frame.planes[0].update(piece)
            frame.sample_rate = RATE
            frame.pts = at // 2
            container.mux(stream.encode(frame))
        container.mux(stream.encode(None))
    return written.getvalue()
