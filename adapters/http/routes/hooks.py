"""Doors of rooms for programs."""

from aiohttp import web

from adapters.http.answers import answer
from adapters.http.idempotency import key_of
from adapters.http.keys import INCOMING_HOOKS, OUTGOING_HOOKS, THROTTLE, actor_of
from adapters.http.operations import REPEATABLE, operation
from adapters.http.parameters import id_of, room_id_of
from adapters.http.schemas.body import body_of, parsed
from adapters.http.schemas.hooks import ChangedHook, HookMessage, IncomingHookDraft, OutgoingHookDraft
from adapters.wire.hook_shapes import incoming_hook_json, outgoing_hook_json
from adapters.wire.schemas import hooks as schemas
from adapters.wire.schemas.values import Done
from application.incoming_hooks import NewIncomingHook as MadeIncoming
from application.outgoing_hooks import HookChange
from application.outgoing_hooks import NewOutgoingHook as MadeOutgoing
from domain.errors import (
    AddressNotAllowed,
    AdminOnly,
    ClientTempIdReused,
    DirectRoom,
    MessageTooLong,
    NotFound,
    OutboundFailed,
)
from domain.hook_errors import TooManyHooks
from domain.ids import HookId

OPEN = ("/hooks/{secret}",)
"""Where nobody is asked who they are: the address is the secret."""

_HOOKS = "/rooms/{room_id:[^/]+}/hooks"
_IN = f"{_HOOKS}/incoming"
_OUT = f"{_HOOKS}/outgoing"
_ONE = "{hook_id:[^/]+}"
_FORM = "application/x-www-form-urlencoded"
_PAYLOAD = {
    "type": "object",
    "required": ["payload"],
    "properties": {"payload": {"type": "string", "description": "The JSON of such a body."}},
}


@operation("The hooks of a room.", answer=schemas.RoomHooks, errors=(AdminOnly,))
async def hooks(request: web.Request) -> web.Response:
    actor, room_id = actor_of(request), room_id_of(request)
    incoming = await request.app[INCOMING_HOOKS].of_room(actor, room_id)
    outgoing = await request.app[OUTGOING_HOOKS].of_room(actor, room_id)
    return answer(
        {"incoming": list(map(incoming_hook_json, incoming)), "outgoing": list(map(outgoing_hook_json, outgoing))}
    )


@operation(
    "Make an address at which programs post.",
    body=IncomingHookDraft,
    answer=schemas.NewIncomingHook,
    errors=(AdminOnly, DirectRoom, TooManyHooks),
)
async def create_incoming(request: web.Request) -> web.Response:
    room_id = room_id_of(request)
    body = await body_of(request, IncomingHookDraft)
    return _made_incoming(await request.app[INCOMING_HOOKS].create(actor_of(request), room_id, body.name))


@operation(
    "Put another address in the place of a hook's.",
    answer=schemas.NewIncomingHook,
    errors=(AdminOnly, DirectRoom, NotFound),
)
async def renew_incoming(request: web.Request) -> web.Response:
    hooks_ = request.app[INCOMING_HOOKS]
    return _made_incoming(await hooks_.renew(actor_of(request), room_id_of(request), _hook_id(request)))


@operation("Have an incoming hook no longer.", answer=Done, errors=(AdminOnly, DirectRoom, NotFound))
async def remove_incoming(request: web.Request) -> web.Response:
    await request.app[INCOMING_HOOKS].remove(actor_of(request), room_id_of(request), _hook_id(request))
    return answer({"ok": True})


@operation(
    "Have an address told what happens.",
    body=OutgoingHookDraft,
    answer=schemas.NewOutgoingHook,
    errors=(AdminOnly, DirectRoom, TooManyHooks, AddressNotAllowed, OutboundFailed),
)
async def create_outgoing(request: web.Request) -> web.Response:
    room_id = room_id_of(request)
    body = await body_of(request, OutgoingHookDraft)
    hooks_ = request.app[OUTGOING_HOOKS]
    return _made_outgoing(await hooks_.create(actor_of(request), room_id, body.name, body.url, body.events))


@operation(
    "Change an outgoing hook, or switch it on or off.",
    body=ChangedHook,
    answer=schemas.OutgoingHook,
    errors=(AdminOnly, DirectRoom, NotFound, AddressNotAllowed, OutboundFailed),
)
async def change_outgoing(request: web.Request) -> web.Response:
    room_id, hook_id = room_id_of(request), _hook_id(request)
    body = await body_of(request, ChangedHook)
    change = HookChange(body.name, body.url, body.events, body.enabled)
    return answer(
        outgoing_hook_json(await request.app[OUTGOING_HOOKS].change(actor_of(request), room_id, hook_id, change))
    )


@operation(
    "Have a hook sign with another secret.", answer=schemas.NewOutgoingHook, errors=(AdminOnly, DirectRoom, NotFound)
)
async def renew_outgoing(request: web.Request) -> web.Response:
    hooks_ = request.app[OUTGOING_HOOKS]
    return _made_outgoing(await hooks_.renew(actor_of(request), room_id_of(request), _hook_id(request)))


@operation("Have an outgoing hook no longer.", answer=Done, errors=(AdminOnly, DirectRoom, NotFound))
async def remove_outgoing(request: web.Request) -> web.Response:
    await request.app[OUTGOING_HOOKS].remove(actor_of(request), room_id_of(request), _hook_id(request))
    return answer({"ok": True})


@operation(
    "Post into a room, as a program.",
    path={"secret": "The secret of the hook."},
    body=HookMessage,
    uploads={_FORM: _PAYLOAD},
    headers=(REPEATABLE,),
    answer=schemas.HookPosted,
    errors=(NotFound, MessageTooLong, ClientTempIdReused),
)
async def post(request: web.Request) -> web.Response:
    secret = request.match_info["secret"]
    await request.app[THROTTLE].hook(secret)
    message = await _message(request)
    posted = await request.app[INCOMING_HOOKS].post(secret, message.content, key_of(request, None, "key"))
    return answer({"ok": True, "messageId": posted.message_id, "seq": posted.seq})


async def _message(request: web.Request) -> HookMessage:
    if request.content_type != _FORM:
        return await body_of(request, HookMessage)
    payload = (await request.post()).get("payload", "")
    return parsed(payload.encode("utf-8", "surrogatepass") if isinstance(payload, str) else b"", HookMessage)


def _made_incoming(made: MadeIncoming) -> web.Response:
    return answer({**incoming_hook_json(made.hook), "path": f"/hooks/{made.secret}"})


def _made_outgoing(made: MadeOutgoing) -> web.Response:
    return answer({**outgoing_hook_json(made.hook), "secret": made.secret})


def _hook_id(request: web.Request) -> HookId:
    return HookId(id_of(request, "hook_id", "hookId"))


def routes() -> list[web.RouteDef]:
    return [
        web.get(_HOOKS, hooks),
        web.post(_IN, create_incoming),
        web.post(f"{_IN}/{_ONE}/renew", renew_incoming),
        web.delete(f"{_IN}/{_ONE}", remove_incoming),
        web.post(_OUT, create_outgoing),
        web.patch(f"{_OUT}/{_ONE}", change_outgoing),
        web.post(f"{_OUT}/{_ONE}/renew", renew_outgoing),
        web.delete(f"{_OUT}/{_ONE}", remove_outgoing),
        web.post("/hooks/{secret:[^/]+}", post),
    ]
