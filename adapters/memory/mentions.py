"""Where people are mentioned."""

from collections.abc import Sequence

from adapters.memory.store import InMemoryStore
from domain.ids import MessageId, UserId
from domain.messages import Message
from domain.rooms import Member


class InMemoryMentionRepository:
    """Looks through the messages of a person's rooms."""

    def __init__(self, store: InMemoryStore) -> None:
        self._store = store

    async def of_user(self, user_id: UserId, *, before: MessageId | None, take: int) -> Sequence[Message]:
        rooms = list(self._store.contents.values())
        if before is not None and not any(before in contents.messages for contents in rooms):
            return []
        found = [
            message
            for contents in rooms
            if (member := contents.members.get(user_id)) is not None
            for message in contents.messages.values()
            if _concerns(message, member) and (before is None or message.id < before)
        ]
        return sorted(found, key=lambda message: message.id, reverse=True)[:take]


def _concerns(message: Message, member: Member) -> bool:
    if message.sender_id == member.user_id:
        return False
    to_everybody = message.mentions.room and message.created_at >= member.joined_at
    return to_everybody or member.user_id in message.mentions.user_ids
