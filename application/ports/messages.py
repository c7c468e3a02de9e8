"""Messages, as they are kept."""

from collections.abc import Sequence
from typing import Protocol

from domain.ids import MessageId, RoomId
from domain.messages import Message


class MessageRepository(Protocol):
    """Messages one by one and by the page. New ones from people come through the MessageLog."""

    async def get(self, room_id: RoomId, message_id: MessageId) -> Message:
        """The message as it stands now. Raises NotFound."""

    async def lock(self, room_id: RoomId, message_id: MessageId) -> Message:
        """The message, held against any other change until the unit of work ends. Raises NotFound."""

    async def add(self, message: Message) -> None:
        """Keep a message that no person sent; ``seq`` must be the one that its event is about to get."""

    async def replace(self, message: Message) -> None:
        """Keep the new content and marks of an edited or deleted message."""

    async def mark(self, message: Message) -> None:
        """Keep the reactions and the pin of a message, and nothing else of it."""

    async def page(self, room_id: RoomId, *, before: MessageId | None, take: int) -> Sequence[Message]:
        """The newest ``take`` messages, oldest first, or the page that ends just before the message ``before``;
        empty where that is no message of the room."""

    async def thread(
        self, room_id: RoomId, message_id: MessageId, *, before: MessageId | None, take: int
    ) -> Sequence[Message]:
        """The message that the thread of this one began with, and the newest ``take`` replies to it, oldest first, or
        those just before the reply ``before``. Raises NotFound where there is no such message in the room."""
