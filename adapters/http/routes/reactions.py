"""Reactions to messages."""

from aiohttp import web

from adapters.http.answers import answer
from adapters.http.keys import REACTING, actor_of
from adapters.http.operations import operation
from adapters.http.parameters import message_id_of, room_id_of
from adapters.http.schemas.body import body_of
from adapters.http.schemas.messages import NewReaction
from adapters.wire.schemas.messages import Reacted
from adapters.wire.shapes import reactions_json
from domain.errors import AlreadyDeleted, NotFound, TooManyReactions


@operation("React to a message.", body=NewReaction, answer=Reacted, errors=(AlreadyDeleted, NotFound, TooManyReactions))
async def add(request: web.Request) -> web.Response:
    room_id, message_id = room_id_of(request), message_id_of(request)
    body = await body_of(request, NewReaction)
    message = await request.app[REACTING].add(actor_of(request), room_id, message_id, body.emoji)
    return answer({"ok": True, "reactions": reactions_json(message.reactions)})


@operation(
    "Take a reaction back.",
    path={"emoji": "The emoji, escaped as addresses are."},
    answer=Reacted,
    errors=(AlreadyDeleted, NotFound),
)
async def remove(request: web.Request) -> web.Response:
    message = await request.app[REACTING].remove(
        actor_of(request), room_id_of(request), message_id_of(request), request.match_info["emoji"]
    )
    return answer({"ok": True, "reactions": reactions_json(message.reactions)})


def routes() -> list[web.RouteDef]:
    path = "/rooms/{room_id:[^/]+}/messages/{message_id:[^/]+}/reactions"
    return [web.post(path, add), web.delete(path + "/{emoji:[^/]+}", remove)]
