"""How the things of the domain look on the wire: camelCase, ids as text, times in UTC with milliseconds.

The dictionaries hold UUIDs as they are: orjson writes them.
"""

from datetime import UTC, datetime
from functools import lru_cache
from math import ceil
from typing import Any

from application.jarvis.usage import Allowance
from application.search import Hit
from domain.attachments import Attachment
from domain.citations import Citation
from domain.errors import RateLimited
from domain.jobs import Job
from domain.mentions import NOBODY
from domain.messages import Message
from domain.presence import MemberPresence, UserPresence
from domain.reactions import Reactions
from domain.rooms import RoomSummary
from domain.users import User

Json = dict[str, Any]


@lru_cache(maxsize=1024)
def wire_time(at: datetime) -> str:
    """``2026-02-16T01:02:03.004Z``; ``at`` is in UTC."""
    return at.isoformat(timespec="milliseconds")[:23] + "Z"


def optional_time(at: datetime | None) -> str | None:
    """The time as text, or None."""
    return None if at is None else wire_time(at)


_EXACT = 5
"""Digits of a wait that count: what comes after them is what reckoning with fractions leaves, and no time to wait."""


def wire_milliseconds(error: RateLimited) -> int:
    """How long to wait, as ``retryAfterMs`` has it."""
    return max(1, ceil(round(error.retry_after, _EXACT) * 1000))


def wire_seconds(error: RateLimited) -> int:
    """How long to wait, as the header ``Retry-After`` has it."""
    return max(1, ceil(round(error.retry_after, _EXACT)))


def message_json(message: Message) -> Json:
    """A message; what does not exist (edit, deletion, client id, files) is left out."""
    shape: Json = {
        "id": message.id,
        "roomId": message.room_id,
        "seq": message.seq,
        "senderType": message.sender_type.value,
        "senderUserId": message.sender_id,
        "content": message.content,
        "createdAt": wire_time(message.created_at),
    }
    if message.sender_name is not None:
        shape["senderName"] = message.sender_name
    if message.client_temp_id is not None:
        shape["clientTempId"] = message.client_temp_id
    if message.edited_at is not None:
        shape["editedAt"] = wire_time(message.edited_at)
    if message.deleted_at is not None:
        shape["deletedAt"] = wire_time(message.deleted_at)
        shape["deletedByUserId"] = message.deleted_by
    if (
        message.reply_to is not None
        or message.reply_count
        or message.attachments
        or message.reactions
        or message.pin is not None
        or message.mentions is not NOBODY
        or message.citations
    ):
        _add_references_and_marks(shape, message)
    return shape


def reactions_json(reactions: Reactions) -> list[Json]:
    """The reactions to a message: of each emoji how many there are, and whose."""
    return [{"emoji": one.emoji, "count": len(one.user_ids), "userIds": list(one.user_ids)} for one in reactions]


def _add_references_and_marks(shape: Json, message: Message) -> None:
    if message.reply_to is not None:
        shape["replyToId"] = message.reply_to
        shape["threadId"] = message.thread_id
    if message.reply_count:
        shape["replyCount"] = message.reply_count
        shape["lastReplySeq"] = message.last_reply_seq
    if message.attachments:
        shape["attachments"] = [attachment_json(attachment) for attachment in message.attachments]
    if message.reactions:
        shape["reactions"] = reactions_json(message.reactions)
    if message.pin is not None:
        shape["pinnedAt"], shape["pinnedByUserId"] = wire_time(message.pin.at), message.pin.by
    if message.mentions.user_ids:
        shape["mentions"] = list(message.mentions.user_ids)
    if message.mentions.room:
        shape["mentionsRoom"] = True
    if message.citations:
        shape["citations"] = [citation_json(citation) for citation in message.citations]


def citation_json(citation: Citation) -> Json:
    """A message that an answer rests on; ``ref`` is its number in the answer's text."""
    return {
        "messageId": citation.message_id,
        "roomId": citation.room_id,
        "excerpt": citation.excerpt,
        "ref": citation.ref,
    }


def attachment_json(attachment: Attachment) -> Json:
    """A file that hangs on a message."""
    shape: Json = {
        "id": attachment.id,
        "name": attachment.name,
        "mime": attachment.mime,
        "size": attachment.size,
        "kind": attachment.kind.value,
    }
    if attachment.width is not None and attachment.height is not None:
        shape["width"], shape["height"] = attachment.width, attachment.height
    return shape


def hit_json(hit: Hit) -> Json:
    """A message that was found."""
    return {
        "message": message_json(hit.message),
        "roomId": hit.message.room_id,
        "score": round(hit.score, 4),
        "highlights": hit.highlights,
    }


def room_json(summary: RoomSummary) -> Json:
    """A room as in a list of rooms."""
    room = summary.room
    return {
        "id": room.id,
        "type": room.type.value,
        "title": room.title,
        "createdBy": room.created_by,
        "createdAt": wire_time(room.created_at),
        "membersCount": summary.members_count,
        "lastMessageAt": wire_time(room.last_message_at or room.created_at),
        "lastReadSeq": summary.last_read_seq,
        "unreadCount": summary.unread,
    }


def user_json(user: User) -> Json:
    """A person as they see themselves."""
    return {"id": user.id, "email": user.email, "name": user.name}


def person_json(person: UserPresence) -> Json:
    """A person in the directory."""
    return {
        **user_json(person.user),
        "isOnline": person.is_online,
        "lastSeenAt": optional_time(person.user.last_seen_at),
    }


def member_json(presence: MemberPresence) -> Json:
    """A member of a room."""
    return {
        **user_json(presence.user),
        "isBot": presence.user.is_bot,
        "role": presence.member.role.value,
        "isOnline": presence.is_online,
        "lastSeenAt": optional_time(presence.user.last_seen_at),
        "department": presence.user.department,
        "avatarUrl": presence.user.avatar_url,
        "joinedAt": wire_time(presence.member.joined_at),
        "lastReadSeq": presence.member.last_read_seq,
    }


def allowance_json(allowance: Allowance) -> Json:
    """What somebody has asked of Jarvis today; the limit and what is left of it are null where there is none."""
    used, quota = allowance.used, allowance.quota
    return {
        "requests": _of(used.requests, quota.requests),
        "tokens": _of(used.tokens, quota.tokens),
        "resetsAt": wire_time(allowance.resets_at.astimezone(UTC)),
    }


def _of(used: int, limit: int | None) -> Json:
    return {"used": used, "limit": limit, "left": None if limit is None else max(limit - used, 0)}


def job_json(job: Job) -> Json:
    """Something a worker does, as who asked for it follows it."""
    return {
        "id": job.id,
        "kind": job.kind,
        "roomId": job.room_id,
        "status": job.status.value,
        "result": job.result,
        "error": job.failure,
        "createdAt": wire_time(job.created_at),
    }
