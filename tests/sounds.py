"""Sound for tests: tones and silence, in files of every kind."""

import math
from array import array
from collections.abc import Sequence
from io import BytesIO

import av

RATE = 48_000
KINDS = {
    "wav": ("wav", "pcm_s16le"),
    "mp3": ("mp3", "libmp3lame"),
    "m4a": ("ipod", "aac"),
    "mp4": ("mp4", "aac"),
    "ogg": ("ogg", "libopus"),
    "webm": ("webm", "libopus"),
    "flac": ("flac", "flac"),
}


def tone(seconds: float, pitch: float = 440) -> "array[int]":
    """A tone of this pitch."""
    step = 2 * math.pi * pitch / RATE
    return array("h", (int(9000 * math.sin(at * step)) for at in range(int(seconds * RATE))))


def silence(seconds: float) -> "array[int]":
    return array("h", bytes(2 * int(seconds * RATE)))


def a_file(samples: "Sequence[array[int]]", kind: str = "wav") -> bytes:
    """The samples one after the other, in a file of this kind."""
    form, codec = KINDS[kind]
    whole = array("h")
    for piece in samples:
        whole.extend(piece)
    written = BytesIO()
    with av.open(written, "w", format=form) as container:
        stream = container.add_stream(codec, rate=RATE, layout="mono")
        assert isinstance(stream, av.AudioStream)
        for at in range(0, len(whole), RATE):
            piece = whole[at : at + RATE]
            frame = av.AudioFrame(format="s16", layout="mono", samples=len(piece))
            frame.planes[0].update(piece.tobytes())
            frame.sample_rate, frame.pts = RATE, at
            container.mux(stream.encode(frame))
        container.mux(stream.encode(None))
    return written.getvalue()


def heard(data: bytes) -> "array[int]":
    """The samples of a file, as they are played, at the rate that its sound has."""
    samples = array("h")
    resampler = av.AudioResampler(format="s16", layout="mono")
    with av.open(BytesIO(data), "r") as container:
        for frame in container.decode(audio=0):
            for piece in resampler.resample(frame):
                samples.frombytes(bytes(piece.planes[0])[: piece.samples * 2])
    return samples


def rate_of(data: bytes) -> int:
    with av.open(BytesIO(data), "r") as container:
        return container.streams.audio[0].rate
