"""Messages: what may be said, and what is left of it after an edit or a deletion."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from enum import Enum
from hashlib import blake2b

from domain.attachments import Attachment
from domain.blocks import OPENS, spans_of, without_blocks
from domain.citations import Citation
from domain.errors import AlreadyDeleted, Fault, Forbidden, InvalidInput, MessageTooLong
from domain.ids import AttachmentId, MessageId, RequestId, RoomId, UserId
from domain.mentions import NOBODY, Mentions
from domain.pins import Pin
from domain.reactions import Reactions, with_reaction, without_reaction
from domain.text import storable

DELETED_TEXT = "(삭제된 메시지)"
TEXT_LIMIT = 64 * 1024
LARGE = 4 * TEXT_LIMIT
"""Characters beyond which most of a content is attachments."""
CLIENT_TEMP_ID_LIMIT = 200


class SenderType(Enum):
    """Who speaks: a person, Jarvis, or the room itself."""

    USER = "user"
    BOT = "bot"
    SYSTEM = "system"


@dataclass(frozen=True, slots=True)
class Message:
    """A message as it stands now. ``seq`` is its place in the room's log, given when it was committed.

    A reply names the message it answers in ``reply_to`` and the one that its thread began with in ``thread_id``. That
    one has the number of replies, and the seq of the newest, which tells up to where they are counted.

    What a program has said by a hook has the hook's ``sender_name``, and no ``sender_id``; so has nothing else.
    """

    id: MessageId
    room_id: RoomId
    seq: int
    sender_type: SenderType
    sender_id: UserId | None
    content: str
    created_at: datetime
    client_temp_id: str | None = None
    edited_at: datetime | None = None
    deleted_at: datetime | None = None
    deleted_by: UserId | None = None
    request_id: RequestId | None = None
    reply_to: MessageId | None = None
    thread_id: MessageId | None = None
    reply_count: int = 0
    last_reply_seq: int | None = None
    attachments: tuple[Attachment, ...] = ()
    reactions: Reactions = ()
    pin: Pin | None = None
    mentions: Mentions = NOBODY
    citations: tuple[Citation, ...] = ()
    sender_name: str | None = None

    def edited_by(
        self,
        user_id: UserId,
        content: str,
        at: datetime,
        mentions: Mentions = NOBODY,
        attachments: tuple[Attachment, ...] | None = None,
    ) -> "Message":
        """This message with other content, and those whom that mentions; its files stay where no others are given.

        Raises:
            Forbidden: somebody else wrote it.
            AlreadyDeleted: there is nothing left to edit.
        """
        self._require_author(user_id)
        self._require_content()
        files = self.attachments if attachments is None else attachments
        return replace(self, content=content, edited_at=at, mentions=mentions, attachments=files)

    def deleted_by_author(self, user_id: UserId, at: datetime) -> "Message":
        """This message with all gone that it said and had; one that is deleted already comes back as it is.

        It stays where it is in its thread, and replies keep pointing at it.

        Raises:
            Forbidden: somebody else wrote it.
        """
        self._require_author(user_id)
        if self.deleted_at is not None:
            return self
        return replace(
            self,
            content=DELETED_TEXT,
            deleted_at=at,
            deleted_by=user_id,
            attachments=(),
            reactions=(),
            pin=None,
            mentions=NOBODY,
        )

    def reacted(self, user_id: UserId, emoji: str) -> "Message":
        """This message with a person's reaction; where it is there already, as it is.

        Raises:
            AlreadyDeleted: there is nothing left to react to.
            TooManyReactions: it has as many as it may have.
        """
        self._require_content()
        reactions = with_reaction(self.reactions, user_id, emoji)
        return self if reactions is self.reactions else replace(self, reactions=reactions)

    def unreacted(self, user_id: UserId, emoji: str) -> "Message":
        """This message without a person's reaction; where there is none, as it is."""
        reactions = without_reaction(self.reactions, user_id, emoji)
        return self if reactions is self.reactions else replace(self, reactions=reactions)

    def pinned(self, pin: Pin) -> "Message":
        """This message, pinned; where it is already, as it is. Raises AlreadyDeleted."""
        self._require_content()
        return self if self.pin is not None else replace(self, pin=pin)

    def unpinned(self) -> "Message":
        """This message, not pinned."""
        return self if self.pin is None else replace(self, pin=None)

    def _require_content(self) -> None:
        if self.deleted_at is not None:
            raise AlreadyDeleted

    def _require_author(self, user_id: UserId) -> None:
        if self.sender_type is not SenderType.USER or self.sender_id != user_id:
            raise Forbidden


def text_of(content: str) -> str:
    """The words of a message, without the attachment block that the installed desktop client appends."""
    return without_blocks(content) if OPENS in content else content


def text_spans(content: str) -> list[tuple[int, int]]:
    """Where the words of a message stand in its content: all but the attachment blocks."""
    if OPENS not in content:
        return [(0, len(content))]
    spans, start = [], 0
    for block in spans_of(content):
        spans.append((start, block.start))
        start = block.end
    return [*spans, (start, len(content))]


def without_large_blocks(content: str) -> str:
    """The content up to its first attachment block where it is longer than any text may be; else all of it."""
    return content.partition(f"\n{OPENS}")[0] if len(content) > LARGE else content


def message_content(content: str, *, limit: int = TEXT_LIMIT, has_files: bool = False) -> str:
    """The content exactly as given, once it is known to be acceptable.

    ``limit`` counts bytes of UTF-8, attachment blocks aside. A message that ``has_files`` needs no text.

    Raises:
        InvalidInput: it is empty or cannot be stored.
        MessageTooLong: its text is longer than ``limit``.
    """
    if not has_files and not content.strip():
        raise InvalidInput(details=[Fault("content", "must not be empty")])
    storable(content, "content")
    if len(content) * 4 > limit:
        text = text_of(content)
        if len(text.encode()) > limit:
            raise MessageTooLong
    return content


def client_temp_id(value: str | None) -> str | None:
    """The client's own id for a message it sends.

    Raises:
        InvalidInput: it is empty, longer than 200 characters, or cannot be stored.
    """
    if value is None:
        return None
    if not value or len(value) > CLIENT_TEMP_ID_LIMIT:
        raise InvalidInput(details=[Fault("clientTempId", f"must have 1 to {CLIENT_TEMP_ID_LIMIT} characters")])
    return storable(value, "clientTempId")


def fingerprint(content: str, reply_to: MessageId | None = None, attachment_ids: Sequence[AttachmentId] = ()) -> bytes:
    """16 bytes that tell whether a repeated send carries the same text, answers the same message and brings the same
    files, even after an edit or a deletion."""
    digest = blake2b(content.encode(), digest_size=16)
    if reply_to is not None or attachment_ids:
        # No content holds a NUL, so no text alone looks like this.
        digest.update(b"\x00" + (b"" if reply_to is None else reply_to.bytes) + b"\x00")
        digest.update(b"".join(id_.bytes for id_ in attachment_ids))
    return digest.digest()
