"""Mail to people."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol


@dataclass(frozen=True, slots=True)
class Mail:
    """A plain text to one or more addresses."""

    to: Sequence[str]
    subject: str
    text: str


class Mailer(Protocol):
    """A way to send mail; one that ``works`` is set up, which does not say that mail arrives."""

    @property
    def works(self) -> bool: ...

    async def send(self, mail: Mail) -> None:
        """Hand it over to a mail server. Raises Unavailable where that does not work."""
