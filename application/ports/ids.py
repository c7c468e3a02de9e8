"""New identifiers."""

from typing import Protocol
from uuid import UUID


class IdSource(Protocol):
    """Makes ids."""

    def new(self) -> UUID:
        """A new UUIDv7: unique, and sorted by the time it was made."""
