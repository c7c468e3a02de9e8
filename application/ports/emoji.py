"""What an emoji is."""

from typing import Protocol


class EmojiSet(Protocol):
    """All emoji there are."""

    def canonical(self, text: str) -> str | None:
        """The emoji as everybody writes it, so that two ways to write one count as one; None where it is not exactly
        one emoji."""
