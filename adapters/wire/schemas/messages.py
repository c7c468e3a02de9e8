"""Messages, and what hangs on them."""

from typing import Annotated, Literal, NotRequired

from pydantic import Field
from typing_extensions import TypedDict

from adapters.wire.schemas.values import Count, Id, Seq, Time


class Citation(TypedDict):
    """A message that an answer rests on; ``ref`` is its number in the answer's text."""

    messageId: Id
    roomId: Id
    excerpt: str
    ref: int


class Attachment(TypedDict):
    """A file that hangs on a message."""

    id: Id
    name: str
    mime: str
    size: Count
    kind: Literal["image", "file"]
    width: NotRequired[Count]
    height: NotRequired[Count]


class Reaction(TypedDict):
    """One emoji under a message, and whose it is."""

    emoji: str
    count: Annotated[int, Field(ge=1)]
    userIds: list[Id]


class TextInLanguage(TypedDict):
    """A message's text in the language in which the reader has chosen to read the room."""

    lang: str
    text: str


class Message(TypedDict):
    """A message. A deleted one keeps its place, with the content ``(삭제된 메시지)``."""

    id: Id
    roomId: Id
    seq: Seq
    senderType: Literal["user", "bot", "system"]
    senderUserId: Id | None
    senderName: NotRequired[str]
    content: str
    createdAt: Time
    clientTempId: NotRequired[str]
    editedAt: NotRequired[Time]
    deletedAt: NotRequired[Time]
    deletedByUserId: NotRequired[Id]
    replyToId: NotRequired[Id]
    threadId: NotRequired[Id]
    replyCount: NotRequired[Count]
    lastReplySeq: NotRequired[Seq]
    attachments: NotRequired[list[Attachment]]
    reactions: NotRequired[list[Reaction]]
    pinnedAt: NotRequired[Time]
    pinnedByUserId: NotRequired[Id]
    mentions: NotRequired[list[Id]]
    mentionsRoom: NotRequired[Literal[True]]
    citations: NotRequired[list[Citation]]
    translation: NotRequired[TextInLanguage]


class BotMessage(Message):
    """An answer of Jarvis, which ends what was streamed under ``requestId``."""

    requestId: str
    citations: list[Citation]  # type: ignore[misc]  # always there


class NotAsked(TypedDict):
    """Why Jarvis was not asked by a message that calls him."""

    error: Literal["AI_QUOTA_EXCEEDED"]
    retryAfterMs: Count


class SentMessage(Message):
    """A message as it was sent; with ``notAsked`` where it calls Jarvis and its sender has asked enough for the day."""

    notAsked: NotRequired[NotAsked]


class Reacted(TypedDict):
    """The reactions that a message has now."""

    ok: Literal[True]
    reactions: list[Reaction]


class Hit(TypedDict):
    """A message that was found, and the stretches of its content that were looked for, as [from, to]."""

    message: Message
    roomId: Id
    score: float
    highlights: list[tuple[int, int]]


class Hits(TypedDict):
    """What was found, the best first."""

    items: list[Hit]


class Marked(TypedDict):
    """How far the room is read now."""

    ok: Literal[True]
    lastReadSeq: Seq
