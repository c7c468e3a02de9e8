"""Pictures."""

from typing import NamedTuple, Protocol


class Picture(NamedTuple):
    """A small picture, and the sizes of the one that it shows."""

    content: bytes
    width: int
    height: int


class Images(Protocol):
    """Opens pictures within bounds, in threads."""

    async def measure(self, head: bytes) -> tuple[int, int] | None:
        """Width and height of a picture that begins like this, the way up that it is shown; None where that cannot be
        told from so little."""

    async def thumbnail(self, content: bytes) -> Picture:
        """The picture (its first one where it moves), small, the right way up and without what else was in the file.

        Raises UnreadableImage.
        """
