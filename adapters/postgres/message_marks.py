"""What hangs on a message, as its columns have it: files, reactions, the pin, mentions."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from psycopg.types.json import Jsonb

from domain.answers import excerpt_of
from domain.attachments import Attachment, AttachmentKind
from domain.citations import Citation
from domain.ids import AttachmentId, MessageId, RoomId, UserId
from domain.mentions import NOBODY, Mentions
from domain.pins import Pin
from domain.reactions import Reaction, Reactions

Kept = Sequence[Mapping[str, Any]] | None


def attachments_of(kept: Kept) -> tuple[Attachment, ...]:
    """The files of the column attachments."""
    return tuple(map(_attachment_of, kept)) if kept else ()


def attachment_json(attachment: Attachment) -> dict[str, Any]:
    """One of the objects in the column attachments."""
    return {
        "id": str(attachment.id),
        "name": attachment.name,
        "mime": attachment.mime,
        "size": attachment.size,
        "kind": attachment.kind.value,
        "width": attachment.width,
        "height": attachment.height,
    }


def attachments_jsonb(attachments: Sequence[Attachment]) -> Jsonb | None:
    """The column attachments."""
    return Jsonb([attachment_json(attachment) for attachment in attachments]) if attachments else None


def reactions_of(kept: Kept) -> Reactions:
    """The reactions of the column."""
    return tuple(map(_reaction_of, kept)) if kept else ()


def reactions_jsonb(reactions: Reactions) -> Jsonb | None:
    """The column reactions."""
    if not reactions:
        return None
    return Jsonb([{"emoji": one.emoji, "user_ids": [str(user_id) for user_id in one.user_ids]} for one in reactions])


def pin_of(at: datetime | None, by: UserId | None) -> Pin | None:
    """The pin of the columns pinned_at and pinned_by."""
    return None if at is None or by is None else Pin(at, by)


def mentions_of(user_ids: Sequence[str] | None, *, room: bool) -> Mentions:
    """The mentions of the columns mentions and mentions_room."""
    return Mentions(tuple(UserId(UUID(user_id)) for user_id in user_ids or ()), room) if user_ids or room else NOBODY


def mentions_jsonb(mentions: Mentions) -> Jsonb | None:
    """The column mentions."""
    return Jsonb([str(user_id) for user_id in mentions.user_ids]) if mentions.user_ids else None


def _attachment_of(kept: Mapping[str, Any]) -> Attachment:
    return Attachment(**{**kept, "id": AttachmentId(UUID(kept["id"])), "kind": AttachmentKind(kept["kind"])})


def _reaction_of(kept: Mapping[str, Any]) -> Reaction:
    return Reaction(kept["emoji"], tuple(UserId(UUID(user_id)) for user_id in kept["user_ids"]))


def citations_of(room_id: RoomId, kept: Sequence[tuple[int, str, str | None]] | None) -> tuple[Citation, ...]:
    """What the columns of a message show of what it cites: number, id and words of each."""
    return tuple(Citation(MessageId(UUID(id_)), room_id, ref, excerpt_of(text or "")) for ref, id_, text in kept or ())


def citations_jsonb(citations: Sequence[Citation]) -> Jsonb | None:
    """The column citations."""
    return Jsonb([[one.ref, str(one.message_id)] for one in citations]) if citations else None
