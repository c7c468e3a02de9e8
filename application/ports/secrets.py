"""Words that nobody can guess."""

from typing import Protocol


class SecretSource(Protocol):
    """Makes secrets."""

    def new(self) -> str:
        """A new secret of at least 256 random bits, fit for an address."""
