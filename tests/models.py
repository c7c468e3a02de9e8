"""Models that do what a test tells them."""

import asyncio
import json
from collections.abc import AsyncIterator, Callable, Iterable, Sequence
from typing import Any

from application.ports.chat_model import Conversation, Piece, ToolCall


class ScriptedModel:
    """A model that says what the test gives it, keeps what it was shown, and can be held up in the middle.

    An exception among the pieces is raised where it stands. While ``gate`` is clear, no further piece is said; after
    ``hold_after`` pieces the model clears it itself.
    """

    def __init__(self, *pieces: Piece | Exception, hold_after: int | None = None) -> None:
        self.pieces: Sequence[Piece | Exception] = pieces or ("하나 ", "둘")
        self.shown: list[Conversation] = []
        self.gate = asyncio.Event()
        self.gate.set()
        self._hold_after = hold_after

    async def stream(self, conversation: Conversation) -> AsyncIterator[Piece]:
        self.shown.append(conversation)
        for place, piece in enumerate(self.pieces):
            if place == self._hold_after:
                self.gate.clear()
            await self.gate.wait()
            if isinstance(piece, Exception):
                raise piece
            yield piece


class ObedientModel:
    """A model that does in each of its turns what the test tells it to, and keeps what it was shown.

    A turn is the pieces to say, or makes them from the conversation. After the last turn it says that it is done.
    """

    def __init__(self, *turns: Sequence[Piece] | Callable[[Conversation], Iterable[Piece]]) -> None:
        self.turns = list(turns)
        self.shown: list[Conversation] = []

    async def stream(self, conversation: Conversation) -> AsyncIterator[Piece]:
        self.shown.append(conversation)
        turn = self.turns.pop(0) if self.turns else ["끝"]
        for piece in turn(conversation) if callable(turn) else turn:
            yield piece

    @property
    def results(self) -> list[Any]:
        """What came of all calls, as the model was last shown it."""
        return [json.loads(result) for round_ in self.shown[-1].rounds for result in round_.results]


def call(name: str, /, **arguments: object) -> ToolCall:
    """A call of this tool."""
    return ToolCall(f"c-{name}", name, json.dumps(arguments, ensure_ascii=False))
