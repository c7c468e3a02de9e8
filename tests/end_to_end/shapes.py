"""What everything that the server says has to look like: the tables of the wire contract."""

import re
from collections.abc import Callable, Mapping
from datetime import date
from typing import Any
from uuid import UUID

from tests.described import check_said

_TIME = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z", re.ASCII)
Check = Callable[[Any], bool]
Shape = Mapping[str, Check]


def is_id(value: object) -> bool:
    """A UUID as the server writes them."""
    return isinstance(value, str) and str(UUID(value)) == value


def is_new_id(value: object) -> bool:
    """A UUIDv7."""
    return isinstance(value, str) and is_id(value) and UUID(value).version == 7


def is_time(value: object) -> bool:
    """UTC with milliseconds."""
    return isinstance(value, str) and _TIME.fullmatch(value) is not None


def is_text(value: object) -> bool:
    return isinstance(value, str)


def is_day(value: object) -> bool:
    """A date."""
    return isinstance(value, str) and date.fromisoformat(value).isoformat() == value


def is_seq(value: object) -> bool:
    return type(value) is int and value >= 0


def is_true_or_false(value: object) -> bool:
    return isinstance(value, bool)


def or_null(check: Check) -> Check:
    return lambda value: value is None or check(value)


def one_of(*values: str) -> Check:
    return lambda value: value in values


MESSAGE: Shape = {
    "id": is_new_id,
    "roomId": is_new_id,
    "seq": is_seq,
    "senderType": one_of("user", "bot", "system"),
    "senderUserId": or_null(is_id),
    "content": is_text,
    "createdAt": is_time,
}
ATTACHMENT: Shape = {
    "id": is_id,
    "name": is_text,
    "mime": is_text,
    "size": is_seq,
    "kind": one_of("image", "file"),
}
REACTION: Shape = {"emoji": is_text, "count": is_seq, "userIds": lambda ids: all(map(is_id, ids))}


def are_reactions(value: Any) -> bool:
    """Reactions, each emoji once, and each person once with it."""
    return (
        all(fits(one, REACTION) and one["count"] == len(set(one["userIds"])) == len(one["userIds"]) for one in value)
        and len({one["emoji"] for one in value}) == len(value)
        and all(one["count"] for one in value)
    )


MESSAGE_MAY: Shape = {
    "clientTempId": is_text,
    "senderName": is_text,
    "editedAt": is_time,
    "deletedAt": is_time,
    "deletedByUserId": is_id,
    "replyToId": is_new_id,
    "threadId": is_new_id,
    "replyCount": is_seq,
    "lastReplySeq": is_seq,
    "reactions": lambda reactions: reactions != [] and are_reactions(reactions),
    "pinnedAt": is_time,
    "pinnedByUserId": is_id,
    "mentions": lambda people: people != [] and all(map(is_id, people)) and len(set(people)) == len(people),
    "mentionsRoom": lambda value: value is True,
    "attachments": lambda files: isinstance(files, list) and all(fits(file, ATTACHMENT) for file in files),
}
CARD: Shape = {
    "id": is_new_id,
    "roomId": is_new_id,
    "createdBy": or_null(is_id),
    "sourceMessageId": or_null(is_new_id),
    "kind": one_of("manual", "weekly_ai"),
    "weekStart": or_null(is_time),
    "title": is_text,
    "content": lambda content: fits(content, CARD_CONTENT),
    "graph": or_null(lambda graph: fits(graph, CARD_GRAPH)),
    "createdAt": is_time,
    "updatedAt": is_time,
}
CARD_CONTENT: Shape = {
    "problem": is_text,
    "proposal": is_text,
    "impact": is_text,
    "constraints": is_text,
    "owners": lambda owners: all(map(is_text, owners)),
    "evidence": lambda evidence: all(map(is_text, evidence)),
}
CARD_GRAPH: Shape = dict.fromkeys(("issues", "systems", "decisions"), lambda labels: all(map(is_text, labels)))
ROOM: Shape = {
    "id": is_new_id,
    "type": one_of("group", "direct"),
    "title": is_text,
    "createdBy": is_id,
    "createdAt": is_time,
    "membersCount": is_seq,
    "lastMessageAt": is_time,
    "lastReadSeq": is_seq,
    "unreadCount": is_seq,
}
CALENDAR_EVENT: Shape = {
    "id": is_new_id,
    "title": is_text,
    "start": is_time,
    "end": is_time,
    "color": is_text,
    "createdAt": is_time,
    "updatedAt": is_time,
    "allDay": is_true_or_false,
    "location": is_text,
    "description": is_text,
    "recurrence": or_null(is_text),
    "timezone": or_null(is_text),
    "occurrence": or_null(is_time),
    "exceptions": lambda value: isinstance(value, list),
    "organizerId": is_id,
    "roomId": or_null(is_id),
    "attendeeIds": lambda value: isinstance(value, list) and all(map(is_id, value)),
}
PERSON: Shape = {
    "id": is_id,
    "email": is_text,
    "name": is_text,
    "isOnline": is_true_or_false,
    "lastSeenAt": or_null(is_time),
}
MEMBER: Shape = {
    **PERSON,
    "isBot": is_true_or_false,
    "role": one_of("owner", "admin", "member"),
    "department": or_null(is_text),
    "avatarUrl": or_null(is_text),
    "joinedAt": is_time,
    "lastReadSeq": is_seq,
}
MATTER: Shape = {
    "id": is_new_id,
    "roomId": is_new_id,
    "title": is_text,
    "note": is_text,
    "state": one_of("open", "done", "dropped", "decided", "revoked"),
    "ownerId": or_null(is_id),
    "dueDate": or_null(is_day),
    "origin": one_of("marked", "found"),
    "sourceMessageId": or_null(is_new_id),
    "createdBy": or_null(is_id),
    "createdAt": is_time,
    "updatedAt": is_time,
}
TASK: Shape = {**MATTER, "state": one_of("open", "done", "dropped")}
DECISION: Shape = {**MATTER, "state": one_of("open", "decided", "revoked")}
_MEMBERSHIP: Shape = {"roomId": is_id, "userId": is_id, "userName": is_text}
_SIGNAL: Shape = {"roomId": is_id, "fromUserId": is_id}
_PARTICIPANT: Shape = {"userId": is_id, "joinedAt": is_time}


def are_participants(value: Any) -> bool:
    """People in a call, each once."""
    return all(fits(one, _PARTICIPANT) for one in value) and len({one["userId"] for one in value}) == len(value)


_CALL_NAME: Shape = {"roomId": is_id, "callId": is_new_id, "version": is_seq}
CALL: Shape = {
    **_CALL_NAME,
    "startedByUserId": is_id,
    "startedAt": is_time,
    "participants": lambda people: people != [] and are_participants(people),
}

LOGGED: Mapping[str, Shape] = {
    "message.new": MESSAGE,
    "message.updated": {**MESSAGE, "editedAt": is_time},
    "message.deleted": {"roomId": is_id, "messageId": is_id},
    "reaction.updated": {"roomId": is_id, "messageId": is_new_id, "reactions": are_reactions},
    "pin.updated": {
        "roomId": is_id,
        "messageId": is_new_id,
        "pinnedAt": or_null(is_time),
        "pinnedByUserId": or_null(is_id),
    },
    "bot.done": {**MESSAGE, "requestId": is_text, "citations": lambda value: isinstance(value, list)},
    "room.member.added": _MEMBERSHIP,
    "room.member.removed": _MEMBERSHIP,
    "room.member.updated": {**_MEMBERSHIP, "role": one_of("owner", "admin", "member")},
    "room.updated": {"roomId": is_id, "title": is_text},
    "task.added": TASK,
    "task.updated": TASK,
    "task.removed": {"roomId": is_id, "taskId": is_new_id},
    "decision.added": DECISION,
    "decision.updated": DECISION,
    "decision.removed": {"roomId": is_id, "decisionId": is_new_id},
    "card.added": CARD,
    "card.updated": CARD,
    "card.removed": {"roomId": is_id, "cardId": is_new_id},
}
PASSING: Mapping[str, Shape] = {
    "bot.stream": {"requestId": is_text, "roomId": is_id, "chunk": is_text, "index": is_seq},
    "bot.personal.stream": {"requestId": is_text, "chunk": is_text, "index": is_seq},
    "bot.personal.done": {
        "requestId": is_text,
        "content": is_text,
        "citations": lambda value: isinstance(value, list),
    },
    "bot.tool": {"requestId": is_text, "roomId": is_id, "name": is_text, "status": is_text},
    "bot.confirm": {"requestId": is_text, "roomId": is_id, "callId": is_text, "name": is_text, "summary": is_text},
    "ui.news.search": {"roomId": is_id, "query": is_text},
    "bot.failed": {"requestId": is_text, "roomId": is_id, "code": is_text, "message": is_text},
    "jarvis.accepted": {"requestId": is_text, "roomId": is_id},
    "message.translated": {"roomId": is_id, "messageId": is_id, "lang": is_text, "text": is_text},
    "room.added": {"room": lambda room: fits(room, ROOM)},
    "room.joined": {"roomId": is_id, "seq": is_seq},
    "room.resync": {"roomId": is_id, "seq": is_seq},
    "room.left": {"roomId": is_id},
    "room.deleted": {"roomId": is_id},
    "message.ack": {"roomId": is_id, "clientTempId": is_text, "messageId": is_new_id, "seq": is_seq},
    "pulse.updated": {"roomId": is_id, "reportId": is_new_id, "generatedAt": is_time},
    "read.updated": {"roomId": is_id, "userId": is_id, "seq": is_seq},
    "typing": {"roomId": is_id, "userId": is_id, "isTyping": is_true_or_false},
    "presence.updated": {"userId": is_id, "isOnline": is_true_or_false, "lastSeenAt": or_null(is_time)},
    "job.updated": {
        "jobId": is_new_id,
        "kind": is_text,
        "roomId": or_null(is_id),
        "status": one_of("running", "done", "failed"),
        "error": or_null(is_text),
    },
    "rtc.offer": {**_SIGNAL, "sdp": lambda _: True},
    "rtc.answer": {**_SIGNAL, "sdp": lambda _: True},
    "rtc.ice": {**_SIGNAL, "candidate": lambda _: True},
    "rtc.hangup": _SIGNAL,
    "call.started": {**CALL, "userId": is_id},
    "call.joined": {**CALL, "userId": is_id},
    "call.left": {**_CALL_NAME, "userId": is_id, "participants": are_participants},
    "call.ended": _CALL_NAME,
    "calendar.updated": {
        "eventId": or_null(is_new_id),
        "change": one_of("created", "updated", "deleted", "imported"),
        "event": or_null(lambda event: fits(event, CALENDAR_EVENT)),
    },
    "mentioned": {"roomId": is_id, "messageId": is_new_id, "seq": is_seq, "fromUserId": is_id},
    "error": {"message": is_text},
}


def check_event(envelope: Any) -> None:
    """Raise AssertionError unless this is something a server may say."""
    check_said(envelope)
    type_, payload = envelope["type"], envelope["payload"]
    if type_ in LOGGED:
        assert set(envelope) == {"type", "payload", "roomId", "seq"}, envelope
        assert is_seq(envelope["seq"]), envelope
        assert envelope["seq"] >= 1, envelope
        assert envelope["roomId"] == payload["roomId"], envelope
        assert fits(payload, LOGGED[type_]), envelope
    else:
        assert set(envelope) == {"type", "payload"}, envelope
        assert fits(payload, PASSING[type_]), envelope


def fits(value: Any, shape: Shape, may: Shape = MESSAGE_MAY) -> bool:
    """Whether this object has all fields of the shape, and what it has beside them is as it should be."""
    if not isinstance(value, dict):
        return False
    if shape.items() >= MESSAGE.items() and (value.get("deletedAt") is None) != (value.get("deletedByUserId") is None):
        return False
    return all(field in value and check(value[field]) for field, check in shape.items()) and all(
        check(value[field]) for field, check in may.items() if field in value and field not in shape
    )
