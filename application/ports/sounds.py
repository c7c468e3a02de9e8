"""What is in a file of sound."""

from collections.abc import AsyncGenerator, AsyncIterator
from dataclasses import dataclass
from typing import Protocol

from domain.speech import Sound


@dataclass(frozen=True, slots=True)
class Part:
    """A stretch of a recording, from second to second; ``whole`` is the length of all, where that is known before."""

    sound: Sound
    begin: float
    end: float
    whole: float | None = None


class Sounds(Protocol):
    """Looks into files of sound. All raise UnsupportedAudio, whatever a name or a header says of the file."""

    async def check(self, head: bytes) -> None:
        """Only whether a file that begins so may be sound of a known kind."""

    async def known(self, data: bytes) -> Sound:
        """The sound with its kind."""

    def parts(self, recording: AsyncIterator[bytes], longest: float) -> AsyncGenerator[Part]:
        """A recording of any length, given in pieces, in parts of at most ``longest`` seconds in a compact form.

        It is cut where it is quiet, and nothing of it is lost. Nothing of it is left behind on the disk.
        """
