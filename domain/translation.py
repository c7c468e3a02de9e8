"""What is translated of a room for whom."""

from collections.abc import Collection
from dataclasses import dataclass

from domain.ids import MessageId, RoomId, UserId
from domain.messages import Message, SenderType, text_of


@dataclass(frozen=True, slots=True)
class Behind:
    """A room of whose log somebody has not been shown in this language what comes after ``after``."""

    room_id: RoomId
    language: str
    after: int
    newest: int


@dataclass(frozen=True, slots=True)
class Shown:
    """The language in which somebody is shown a room, and what there is of some messages in it."""

    language: str
    texts: dict[MessageId, str]


def readers_of(message: Message, readers: Collection[UserId]) -> tuple[UserId, ...]:
    """Those for whom the message is translated: people read what they have said themselves as they have said it."""
    return tuple(reader for reader in readers if reader != message.sender_id)


def words_of(message: Message) -> str | None:
    """What is to be translated of a message, or None: of some there is nothing, or nothing that has a language."""
    if message.deleted_at is not None or message.sender_type is SenderType.SYSTEM:
        return None
    text = text_of(message.content).strip()
    return text if any(character.isalpha() for character in text) else None
