"""Events as clients read them: encoded once, addressed for every server that carries them on."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import orjson

from adapters.wire.calendar_shapes import calendar_event_json
from adapters.wire.call_shapes import call_json, participants_json
from adapters.wire.knowledge_shapes import card_event_json, card_removed_json
from adapters.wire.matter_shapes import matter_json
from adapters.wire.shapes import Json, citation_json, message_json, optional_time, reactions_json, room_json, wire_time
from application.ports.event_bus import ALL_SIGNED_IN, ANSWER_ENDS, Notice
from domain import answer_events, call_events, events, knowledge_events
from domain.calls import Call
from domain.ids import RoomId, UserId
from domain.matter_events import MatterAdded, MatterEvent, MatterRemoved, MatterUpdated


def frame(type_: str, payload: object) -> bytes:
    """A message to clients that is in no log."""
    return orjson.dumps({"type": type_, "payload": payload})


def answer_chunk(room_id: RoomId, public_id: str, index: int, chunk: str) -> bytes:
    """``bot.stream``: a piece of a public answer, or all the pieces up to ``index`` for who comes in the middle."""
    return frame("bot.stream", {"requestId": public_id, "roomId": room_id, "chunk": chunk, "index": index})


def call_joined(call: Call, user_id: UserId) -> bytes:
    """``call.joined``: this person is in the call, among these."""
    return frame("call.joined", {**call_json(call), "userId": user_id})


def room_deleted(room_id: RoomId) -> bytes:
    """``room.deleted``."""
    return frame("room.deleted", {"roomId": room_id})


class WireEncoder:
    """The EventEncoder of the WebSocket protocol: ``{"type", "payload"}``, with ``roomId`` and ``seq`` where logged."""

    def encode(self, event: events.Event) -> Sequence[Notice]:
        """The notices of an event."""
        if isinstance(event, events.LoggedEvent):
            return (_logged(event),)
        return _PASSING[type(event)](event)

    def name_of(self, logged: events.LoggedEvent) -> str:
        """The type of its message."""
        event = logged.event
        return _type(event, _LOGGED[type(event)][0])


def _logged(logged: events.LoggedEvent) -> Notice:
    event = logged.event
    name, payload_of = _LOGGED[type(event)]
    type_, room_id = _type(event, name), event.room_id
    body = orjson.dumps({"type": type_, "payload": payload_of(event), "roomId": room_id, "seq": logged.seq})
    return Notice(
        body,
        room_id,
        logged.seq,
        user_ids=event.told if isinstance(event, events.RoomRenamed) else (),
        removes=(room_id, event.user_id) if isinstance(event, events.MemberRemoved) else None,
        stream=(event.public_id, ANSWER_ENDS) if isinstance(event, events.AnswerPosted) else None,
    )


def _type(event: Any, name: str) -> str:
    return f"{_kind(event)}.{name}" if type(event) in _OF_MATTERS else name


def _message(event: events.MessagePosted | events.MessageEdited) -> Json:
    return message_json(event.message)


def _deletion(event: events.MessageDeleted) -> Json:
    return {"roomId": event.room_id, "messageId": event.message_id}


def _reactions(event: events.ReactionsChanged) -> Json:
    return {"roomId": event.room_id, "messageId": event.message_id, "reactions": reactions_json(event.reactions)}


def _pin(event: events.PinChanged) -> Json:
    pin = event.pin
    return {
        "roomId": event.room_id,
        "messageId": event.message_id,
        "pinnedAt": optional_time(None if pin is None else pin.at),
        "pinnedByUserId": None if pin is None else pin.by,
    }


def _answer(event: events.AnswerPosted) -> Json:
    return {"citations": [], **message_json(event.message), "requestId": event.public_id}


def _member(event: events.MemberAdded | events.MemberRemoved) -> Json:
    return {"roomId": event.room_id, "userId": event.user_id, "userName": event.user_name}


def _role(event: events.MemberUpdated) -> Json:
    return {
        "roomId": event.room_id,
        "userId": event.user_id,
        "userName": event.user_name,
        "role": event.role.value,
    }


def _title(event: events.RoomRenamed) -> Json:
    return {"roomId": event.room_id, "title": event.title}


def _kind(event: MatterEvent) -> str:
    return (event.kind if isinstance(event, MatterRemoved) else event.matter.kind).value


def _matter(event: MatterAdded | MatterUpdated) -> Json:
    return matter_json(event.matter)


def _no_matter(event: MatterRemoved) -> Json:
    return {"roomId": event.room_id, f"{event.kind.value}Id": event.matter_id}


_LOGGED: Mapping[type, tuple[str, Callable[[Any], Json]]] = {
    events.MessagePosted: ("message.new", _message),
    events.MessageEdited: ("message.updated", _message),
    events.MessageDeleted: ("message.deleted", _deletion),
    events.ReactionsChanged: ("reaction.updated", _reactions),
    events.PinChanged: ("pin.updated", _pin),
    events.AnswerPosted: ("bot.done", _answer),
    events.MemberAdded: ("room.member.added", _member),
    events.MemberRemoved: ("room.member.removed", _member),
    events.MemberUpdated: ("room.member.updated", _role),
    events.RoomRenamed: ("room.updated", _title),
    MatterAdded: ("added", _matter),
    MatterUpdated: ("updated", _matter),
    MatterRemoved: ("removed", _no_matter),
    knowledge_events.CardAdded: ("card.added", card_event_json),
    knowledge_events.CardUpdated: ("card.updated", card_event_json),
    knowledge_events.CardRemoved: ("card.removed", card_removed_json),
}


_OF_MATTERS = frozenset((MatterAdded, MatterUpdated, MatterRemoved))


def _room_added(event: events.RoomAdded) -> Sequence[Notice]:
    return (Notice(frame("room.added", {"room": room_json(event.summary)}), user_ids=event.user_ids),)


def _room_left(event: events.RoomLeft) -> Sequence[Notice]:
    return (Notice(frame("room.left", {"roomId": event.room_id}), user_ids=(event.user_id,)),)


def _room_emptied(event: events.RoomEmptied) -> Sequence[Notice]:
    return (Notice(b"", event.room_id, closes=True),)


def _room_deleted(event: events.RoomDeleted) -> Sequence[Notice]:
    return (Notice(room_deleted(event.room_id), event.room_id, user_ids=event.told, closes=True),)


def _accepted(event: answer_events.RequestAccepted) -> Sequence[Notice]:
    body = frame("jarvis.accepted", {"requestId": event.public_id, "roomId": event.room_id})
    return (Notice(body, user_ids=(event.asker_id,)),)


def _chunk(event: answer_events.AnswerChunk) -> Sequence[Notice]:
    body = answer_chunk(event.room_id, event.public_id, event.index, event.chunk)
    return (Notice(body, event.room_id, stream=(event.public_id, event.index)),)


def _personal_chunk(event: answer_events.PersonalAnswerChunk) -> Sequence[Notice]:
    body = frame("bot.personal.stream", {"requestId": event.public_id, "chunk": event.chunk, "index": event.index})
    return (Notice(body, user_ids=(event.asker_id,)),)


def _personal_done(event: answer_events.PersonalAnswerDone) -> Sequence[Notice]:
    citations = [citation_json(citation) for citation in event.citations]
    body = frame("bot.personal.done", {"requestId": event.public_id, "content": event.content, "citations": citations})
    return (Notice(body, user_ids=(event.asker_id,)),)


def _failed(event: answer_events.AnswerFailed) -> Sequence[Notice]:
    about = {"requestId": event.public_id, "roomId": event.room_id}
    failed = frame("bot.failed", {**about, "code": event.code, "message": event.message})
    if event.personal:
        return (Notice(failed, user_ids=(event.asker_id,)),)
    # The installed client knows no bot.failed, only this.
    error = frame("error", {"message": event.code, **about})
    return (Notice(failed, event.room_id, stream=(event.public_id, ANSWER_ENDS)), Notice(error, event.room_id))


def _tool(event: answer_events.ToolUsed) -> Sequence[Notice]:
    about = {"requestId": event.public_id, "roomId": event.room_id}
    body = frame("bot.tool", {**about, "name": event.name, "status": event.status})
    return (Notice(body, user_ids=(event.asker_id,)) if event.personal else Notice(body, event.room_id),)


def _confirm(event: answer_events.ConfirmationAsked) -> Sequence[Notice]:
    about = {"requestId": event.public_id, "roomId": event.room_id}
    body = frame("bot.confirm", {**about, "callId": event.call_id, "name": event.name, "summary": event.summary})
    return (Notice(body, user_ids=(event.asker_id,)),)


def _news(event: answer_events.NewsSearchOpened) -> Sequence[Notice]:
    body = frame("ui.news.search", {"roomId": event.room_id, "query": event.query})
    return (Notice(body, user_ids=(event.user_id,)),)


def _signal(event: call_events.CallSignalled) -> Sequence[Notice]:
    payload = {"roomId": event.room_id, "fromUserId": event.from_user_id, **event.body}
    if event.to_user_id is None:
        return (Notice(frame(f"rtc.{event.signal.value}", payload), event.room_id, origin=event.origin),)
    body = frame(f"rtc.{event.signal.value}", {**payload, "toUserId": event.to_user_id})
    return (Notice(body, user_ids=(event.to_user_id,), origin=event.origin),)


def _call_started(event: call_events.CallStarted) -> Sequence[Notice]:
    return (Notice(frame("call.started", {**call_json(event.call), "userId": event.call.started_by}), event.room_id),)


def _call_joined(event: call_events.CallJoined) -> Sequence[Notice]:
    return (Notice(call_joined(event.call, event.user_id), event.room_id),)


def _call_left(event: call_events.CallLeft) -> Sequence[Notice]:
    about = {"roomId": event.room_id, "callId": event.call_id, "userId": event.user_id, "version": event.version}
    people = [] if event.remaining is None else participants_json(event.remaining)
    return (Notice(frame("call.left", {**about, "participants": people}), event.room_id),)


def _call_ended(event: call_events.CallEnded) -> Sequence[Notice]:
    about = {"roomId": event.room_id, "callId": event.call_id, "version": event.version}
    return (Notice(frame("call.ended", about), event.room_id),)


def _translation(event: events.MessageTranslated) -> Sequence[Notice]:
    payload = {"roomId": event.room_id, "messageId": event.message_id, "lang": event.language, "text": event.text}
    return (Notice(frame("message.translated", payload), user_ids=event.user_ids),)


def _job(event: events.JobChanged) -> Sequence[Notice]:
    payload: Json = {
        "jobId": event.job_id,
        "kind": event.kind,
        "roomId": event.room_id,
        "status": event.status.value,
        "error": event.failure,
    }
    if event.progress is not None:
        payload["progress"] = event.progress
    return (Notice(frame("job.updated", payload), user_ids=(event.asker_id,)),)


def _calendar(event: events.CalendarUpdated) -> Sequence[Notice]:
    shown = None if event.event is None else calendar_event_json(event.event)
    body = frame("calendar.updated", {"eventId": event.event_id, "change": event.change.value, "event": shown})
    return (Notice(body, user_ids=event.user_ids),)


def _pulse(event: events.PulseRenewed) -> Sequence[Notice]:
    payload = {"roomId": event.room_id, "reportId": event.report_id, "generatedAt": wire_time(event.at)}
    return (Notice(frame("pulse.updated", payload), event.room_id),)


def _read(event: events.ReadMarkMoved) -> Sequence[Notice]:
    body = frame("read.updated", {"roomId": event.room_id, "userId": event.user_id, "seq": event.seq})
    return (Notice(body, event.room_id, user_ids=(event.user_id,)),)


def _mentioned(event: events.Mentioned) -> Sequence[Notice]:
    about = {"roomId": event.room_id, "messageId": event.message_id, "seq": event.seq, "fromUserId": event.by}
    return (Notice(frame("mentioned", about), user_ids=event.user_ids),)


def _typing(event: events.TypingChanged) -> Sequence[Notice]:
    payload = {"roomId": event.room_id, "userId": event.user_id, "isTyping": event.is_typing}
    return (Notice(frame("typing", payload), event.room_id, unheard_by=event.user_id),)


def _presence(event: events.PresenceChanged) -> Sequence[Notice]:
    payload = {
        "userId": event.user_id,
        "isOnline": event.is_online,
        "lastSeenAt": optional_time(event.last_seen_at),
    }
    body = frame("presence.updated", payload)
    return (Notice(body, user_ids=event.told, presence=(event.user_id, event.number)),)


def _revoked(event: events.TokenRevoked) -> Sequence[Notice]:
    return (Notice(b"", user_ids=(event.user_id,), revokes=event.token_id),)


def _access_revoked(event: events.AccessRevoked) -> Sequence[Notice]:
    return (Notice(b"", user_ids=(event.user_id,), revokes=ALL_SIGNED_IN),)


_PASSING: Mapping[type, Callable[[Any], Sequence[Notice]]] = {
    events.RoomAdded: _room_added,
    events.RoomLeft: _room_left,
    events.RoomEmptied: _room_emptied,
    events.RoomDeleted: _room_deleted,
    answer_events.RequestAccepted: _accepted,
    answer_events.AnswerChunk: _chunk,
    answer_events.PersonalAnswerChunk: _personal_chunk,
    answer_events.PersonalAnswerDone: _personal_done,
    answer_events.AnswerFailed: _failed,
    answer_events.ToolUsed: _tool,
    answer_events.ConfirmationAsked: _confirm,
    answer_events.NewsSearchOpened: _news,
    call_events.CallSignalled: _signal,
    call_events.CallStarted: _call_started,
    call_events.CallJoined: _call_joined,
    call_events.CallLeft: _call_left,
    call_events.CallEnded: _call_ended,
    events.JobChanged: _job,
    events.MessageTranslated: _translation,
    events.CalendarUpdated: _calendar,
    events.PulseRenewed: _pulse,
    events.ReadMarkMoved: _read,
    events.Mentioned: _mentioned,
    events.TypingChanged: _typing,
    events.PresenceChanged: _presence,
    events.TokenRevoked: _revoked,
    events.AccessRevoked: _access_revoked,
}
