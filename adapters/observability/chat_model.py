"""A chat model whose answers are timed."""

from collections.abc import AsyncGenerator, AsyncIterator
from time import perf_counter

from adapters.observability.metrics import Metrics
from application.ports.chat_model import ChatModel, Conversation, Piece, Tokens


class MeasuredChatModel:
    """Passes on what another model says, and notes how long it took and how it ended: done, failed or broken_off."""

    def __init__(self, model: ChatModel, metrics: Metrics) -> None:
        self._model = model
        self._metrics = metrics

    async def stream(self, conversation: Conversation) -> AsyncIterator[Piece]:
        """The pieces of the answer. Raises ModelFailed."""
        started, outcome, is_first = perf_counter(), "broken_off", True
        pieces = self._model.stream(conversation)
        try:
            async for piece in pieces:
                if isinstance(piece, Tokens):
                    self._metrics.model_took(piece.model, piece.input, piece.output)
                elif is_first and piece:
                    is_first = False
                    self._metrics.model_first_seconds.observe(perf_counter() - started)
                yield piece
            outcome = "done"
        except Exception:
            outcome = "failed"
            raise
        finally:
            self._metrics.model_ended(outcome, perf_counter() - started)
            if isinstance(pieces, AsyncGenerator):
                await pieces.aclose()
