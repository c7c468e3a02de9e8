"""How answers come about, as it is kept."""

from collections.abc import Sequence
from typing import Protocol

from application.ports.chat_model import Round
from domain.answers import AnswerRecord
from domain.ids import RequestId


class JarvisAnswerRepository(Protocol):
    """The turns of each answer in which tools were called, so that another attempt goes on where one died, and what
    answers took."""

    async def rounds(self, request_id: RequestId) -> Sequence[Round]:
        """The rounds so far; the last one may lack results."""

    async def keep_round(self, request_id: RequestId, place: int, round_: Round) -> None:
        """Keep the round at ``place``, counted from 0, in the stead of what was kept there."""

    async def forget_rounds(self, request_id: RequestId) -> None:
        """Keep them no longer: the answer is there, or will not be."""

    async def note(self, request_id: RequestId, record: AnswerRecord) -> None:
        """Write down what the answer took further, in this attempt or another, and count it in what its asker has
        asked."""
