"""Asking Jarvis."""

from aiohttp import web

from adapters.http.answers import answer
from adapters.http.idempotency import key_of
from adapters.http.keys import ASKING, QUOTAS, THROTTLE, actor_of
from adapters.http.operations import REPEATABLE, operation
from adapters.http.parameters import room_id_of
from adapters.http.schemas.body import body_of
from adapters.http.schemas.jarvis import Asked
from adapters.wire.schemas.teammate import Allowance, Asking
from adapters.wire.shapes import allowance_json
from application.jarvis.ask import Question
from domain.errors import AiQuotaExceeded, MessageTooLong, NotFound
from domain.ids import MessageId
from domain.jarvis import Mode


@operation(
    "Ask Jarvis.", headers=(REPEATABLE,), body=Asked, answer=Asking, errors=(AiQuotaExceeded, MessageTooLong, NotFound)
)
async def ask(request: web.Request) -> web.Response:
    """``accepted`` is false where the question was asked already."""
    actor, room_id = actor_of(request), room_id_of(request)
    body = await body_of(request, Asked)
    named = key_of(request, body.request_id, "requestId")
    await request.app[THROTTLE].question(actor.id)
    asked = Question(
        prompt=body.prompt,
        personal=bool(body.is_personal),
        mode=body.mode or Mode.CHAT,
        message_id=MessageId(body.message_id) if body.message_id is not None else None,
        request_id=named,
    )
    request_id = await request.app[ASKING].ask(actor, room_id, asked)
    return answer({"accepted": request_id is not None, "requestId": request_id or named})


@operation("What one has asked of Jarvis today.", answer=Allowance)
async def usage(request: web.Request) -> web.Response:
    return answer(allowance_json(await request.app[QUOTAS].allowance(actor_of(request))))


def routes() -> list[web.RouteDef]:
    return [web.post("/rooms/{room_id:[^/]+}/jarvis", ask), web.get("/jarvis/usage", usage)]
