"""What is kept for a while because it was costly to get."""

from typing import Protocol


class Cache(Protocol):
    """Values by key, shared by all servers and forgotten after their time, or before where room is short.

    No method raises: what cannot be reached is as good as empty, and its claims are this server's alone.
    """

    async def get(self, key: str) -> bytes | None:
        """What is kept, or None."""

    async def put(self, key: str, value: bytes, *, seconds: float) -> None:
        """Keep it for so long, in the place of what was there."""

    async def claim(self, key: str, holder: str, *, seconds: float) -> bool:
        """Say that one is about to get the value: False while somebody else has said so, at most ``seconds`` ago."""

    async def release(self, key: str, holder: str) -> None:
        """Take back what one has said; a claim of somebody else's stays."""
