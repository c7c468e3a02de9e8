"""What was said, and saying something."""

from aiohttp import web

from adapters.http.answers import answer
from adapters.http.idempotency import key_of
from adapters.http.keys import ATTACHING, MESSAGES, QUOTAS, ROOM_TRANSLATION, THROTTLE, actor_of
from adapters.http.operations import PAGE, REPEATABLE, operation
from adapters.http.parameters import id_or_nobody, message_id_of, room_id_of, whole_number
from adapters.http.schemas.body import body_of
from adapters.http.schemas.messages import Edited, Said
from adapters.wire.found_at import found_at
from adapters.wire.schemas.messages import Message, SentMessage
from adapters.wire.schemas.values import Done
from adapters.wire.shapes import message_json, wire_milliseconds
from adapters.wire.world import translation_json
from application.jarvis.calling import refusal_of_a_call
from application.messages import PAGE_DEFAULT, PAGE_LIMIT
from domain.errors import (
    AlreadyDeleted,
    AttachmentInUse,
    ClientTempIdReused,
    FileTypeNotAllowed,
    MessageTooLong,
    NotFound,
    TooManyUploads,
)
from domain.ids import AttachmentId, MessageId
from domain.jarvis import called


@operation("A page of what was said, oldest first.", query=PAGE, answer=list[Message])
async def history(request: web.Request) -> web.Response:
    room_id = room_id_of(request)
    take = whole_number(request, "take", default=PAGE_DEFAULT, limit=PAGE_LIMIT)
    before = request.query.get("beforeId")
    page = await request.app[MESSAGES].history(
        actor_of(request), room_id, before=MessageId(id_or_nobody(before)) if before else None, take=take
    )
    shown = await request.app[ROOM_TRANSLATION].shown(actor_of(request), room_id, page)
    return answer([{**message_json(message), **translation_json(message, shown)} for message in page])


@operation("A thread, from the message with which it begins.", query=PAGE, answer=list[Message], errors=(NotFound,))
async def thread(request: web.Request) -> web.Response:
    take = whole_number(request, "take", default=PAGE_LIMIT, limit=PAGE_LIMIT)
    before = request.query.get("beforeId")
    messages = await request.app[MESSAGES].thread(
        actor_of(request),
        room_id_of(request),
        message_id_of(request),
        before=MessageId(id_or_nobody(before)) if before else None,
        take=take,
    )
    return answer([message_json(message) for message in messages])


@operation(
    "Say something.",
    headers=(REPEATABLE,),
    body=Said,
    answer=SentMessage,
    errors=(
        AlreadyDeleted,
        AttachmentInUse,
        ClientTempIdReused,
        FileTypeNotAllowed,
        MessageTooLong,
        NotFound,
        TooManyUploads,
    ),
)
async def send(request: web.Request) -> web.Response:
    actor, room_id = actor_of(request), room_id_of(request)
    body = await body_of(request, Said)
    key = key_of(request, body.client_temp_id, "clientTempId")
    throttle = request.app[THROTTLE]
    await throttle.send(actor.id)
    not_asked = None
    if called(body.content) is not None:
        not_asked = await refusal_of_a_call(actor, throttle, request.app[QUOTAS])
    posted = await request.app[ATTACHING].send(
        actor,
        room_id,
        body.content,
        key,
        reply_to=None if body.reply_to_id is None else MessageId(body.reply_to_id),
        attachment_ids=[AttachmentId(id_) for id_ in body.attachment_ids],
        found_at=found_at(request.headers, request.scheme),
        ask=not_asked is None,
    )
    shown: dict[str, object] = message_json(await request.app[MESSAGES].find(actor, room_id, posted.message_id))
    if not_asked is not None:
        shown["notAsked"] = {"error": not_asked.code, "retryAfterMs": wire_milliseconds(not_asked)}
    return answer(shown)


@operation("One message.", answer=Message, errors=(NotFound,))
async def find(request: web.Request) -> web.Response:
    return answer(
        message_json(await request.app[MESSAGES].find(actor_of(request), room_id_of(request), message_id_of(request)))
    )


@operation(
    "Say it differently.",
    body=Edited,
    answer=Message,
    errors=(AlreadyDeleted, FileTypeNotAllowed, MessageTooLong, NotFound, TooManyUploads),
)
async def edit(request: web.Request) -> web.Response:
    room_id, message_id = room_id_of(request), message_id_of(request)
    body = await body_of(request, Edited)
    edited = await request.app[ATTACHING].edit(
        actor_of(request), room_id, message_id, body.content, found_at=found_at(request.headers, request.scheme)
    )
    return answer(message_json(edited))


@operation("Take back what one has said; twice is the same as once.", answer=Done, errors=(NotFound,))
async def delete(request: web.Request) -> web.Response:
    await request.app[MESSAGES].delete(actor_of(request), room_id_of(request), message_id_of(request))
    return answer({"ok": True})


def routes() -> list[web.RouteDef]:
    all_, one = "/rooms/{room_id:[^/]+}/messages", "/rooms/{room_id:[^/]+}/messages/{message_id:[^/]+}"
    return [
        web.get(all_, history),
        web.post(all_, send),
        web.get(one, find),
        web.patch(one, edit),
        web.delete(one, delete),
        web.get(f"{one}/thread", thread),
    ]
