"""What sort of file it is."""

from typing import Protocol


class FileTypes(Protocol):
    """Tells types by content alone."""

    def tell(self, head: bytes) -> str:
        """The MIME type of a file that begins like this; ``application/octet-stream`` where it cannot be told."""
