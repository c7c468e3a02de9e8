"""Who finds ideas in talk."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from application.ports.chat_model import Said
from domain.ideas import Idea


@dataclass(frozen=True, slots=True)
class IdeaMaterial:
    """A stretch of talk: what was said, oldest first, or in its place what was found in its parts, in their order.

    ``known`` are titles of cards that the room has already. What was said has a ``ref``, which ideas rest on.
    """

    title: str
    said: Sequence[Said] = ()
    parts: Sequence[Sequence[Idea]] = ()
    known: Sequence[str] = ()


class IdeaModel(Protocol):
    """Finds ideas in what fits into one question to it."""

    async def ideas(self, material: IdeaMaterial) -> Sequence[Idea]:
        """At most 12 ideas, those that matter most first. Raises ModelFailed and what derives from it."""
