"""What kind of file it is, told by its content alone."""

from dataclasses import dataclass

import puremagic

from domain.meeting_errors import UnsupportedAudio

HEAD = 4096
"""How much of the beginning tells it."""


@dataclass(frozen=True, slots=True)
class Kind:
    """``demuxer`` is FFmpeg's reader for it: always named, since some of those that it would try open other files."""

    demuxer: str
    mime: str
    extension: str


_WAV = Kind("wav", "audio/wav", "wav")
_MP3 = Kind("mp3", "audio/mpeg", "mp3")
_MP4 = Kind("mov", "audio/mp4", "m4a")
_OGG = Kind("ogg", "audio/ogg", "ogg")
_WEBM = Kind("matroska", "audio/webm", "webm")
_FLAC = Kind("flac", "audio/flac", "flac")
_BY_EXTENSION = {
    ".wav": _WAV,
    ".mp3": _MP3,
    ".mp4": _MP4,
    ".m4a": _MP4,
    ".ogg": _OGG,
    ".oga": _OGG,
    ".webm": _WEBM,
    ".flac": _FLAC,
}


def kind_of(head: bytes) -> Kind:
    """The kind of a file that begins so. Raises UnsupportedAudio."""
    try:
        guesses = puremagic.magic_string(head[:HEAD])
    except (puremagic.PureError, ValueError):
        raise UnsupportedAudio from None
    for guess in sorted(guesses, key=lambda guess: -guess.confidence):
        if guess.extension in _BY_EXTENSION:
            return _BY_EXTENSION[guess.extension]
    raise UnsupportedAudio
