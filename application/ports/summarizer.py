"""Who makes summaries of talk."""

from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass
from typing import Protocol

from application.ports.chat_model import Said
from domain.meetings import Summary


@dataclass(frozen=True, slots=True)
class Material:
    """A stretch of talk: what was said, oldest first, or in its place the summaries of its parts, in their order.

    Where what was said has a ``ref``, so that it can be cited, points and texts name the refs that they rest on.
    """

    title: str
    said: Sequence[Said] = ()
    parts: Sequence[Summary] = ()


class Summarizer(Protocol):
    """Summarises what fits into one question to it. Both raise ModelFailed and what derives from it."""

    async def summary(self, material: Material) -> Summary:
        """What it comes to: what was talked of, what was decided, what is open."""

    def retold(self, material: Material, reader: str) -> AsyncIterator[str]:
        """The pieces of a text that tells ``reader``, who was away, what it comes to; refs stand in square brackets."""
