"""Hashes of passwords."""

from typing import Protocol


class PasswordHasher(Protocol):
    """Makes hashes from which nobody gets a password back, slowly on purpose but without holding anybody else up.

    Methods that take a password raise Unavailable where too many are waiting already.
    """

    async def hash(self, password: str) -> str:
        """A hash of the password, with how it was made."""

    async def verify(self, password: str, password_hash: str | None) -> bool:
        """Whether it is the password of this hash. Where there is none, False after the same time."""

    def is_outdated(self, password_hash: str) -> bool:
        """Whether it was made otherwise than hashes are made now."""
