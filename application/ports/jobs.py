"""Work for later."""

from typing import Protocol


class JobQueue(Protocol):
    """Rings the bell for workers. A bell may be lost or rung twice: what is to be done stands in the store."""

    def ring(self, lane: str) -> None:
        """There is something to do in this lane: questions to Jarvis, or jobs."""
