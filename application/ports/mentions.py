"""Mentions, as they are kept."""

from collections.abc import Sequence
from typing import Protocol

from domain.ids import MessageId, UserId
from domain.messages import Message


class MentionRepository(Protocol):
    """Where people are mentioned. A mention is a part of its message: it comes, changes and goes with its text."""

    async def of_user(self, user_id: UserId, *, before: MessageId | None, take: int) -> Sequence[Message]:
        """The newest ``take`` messages of others that mention this person, newest first, or those before the message
        ``before``; empty where there is no such message. Only of rooms that the person is in, and those to everybody
        only from the time on since when."""
