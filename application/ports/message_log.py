"""The fast way in for what people say."""

from asyncio import Future
from datetime import datetime
from typing import NamedTuple, Protocol

from domain.attachments import Attachment
from domain.ids import MessageId, RoomId, UserId
from domain.jarvis import JarvisRequest


class NewMessage(NamedTuple):
    """A message on its way into the log; ``request`` is the question it asks Jarvis, kept in the same transaction.

    ``reply_to`` is the message that it answers. Of which thread that makes it a part, and which members of the room it
    mentions, is the log's to find out: as it is at the moment of the commit.
    """

    id: MessageId
    room_id: RoomId
    sender_id: UserId
    content: str
    fingerprint: bytes
    created_at: datetime
    client_temp_id: str | None = None
    request: JarvisRequest | None = None
    reply_to: MessageId | None = None
    attachments: tuple[Attachment, ...] = ()


class Posted(NamedTuple):
    """What became of a send: the message's id and place. ``repeated`` where the same send had been accepted before."""

    message_id: MessageId
    seq: int
    repeated: bool = False


class MessageLog(Protocol):
    """Appends messages to rooms, each once, in the order of the calls. Sends that wait together share a commit."""

    def append(self, message: NewMessage) -> "Future[Posted]":
        """Append; the future is done after the commit, and the event is published then.

        Its files hang on it from then on, and on no other message.

        The future raises Forbidden (the sender is no member, or there is no such room), NotFound (what it replies to is
        no message of the room, or a file is gone), AttachmentInUse (a file hangs on another message),
        ClientTempIdReused (the same id came before with another fingerprint) or Unavailable (nothing is known to have
        been kept; the same ``client_temp_id`` may be sent again).
        """
