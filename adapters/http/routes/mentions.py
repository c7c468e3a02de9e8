"""Where one is spoken to."""

from aiohttp import web

from adapters.http.answers import answer
from adapters.http.keys import MENTIONING, actor_of
from adapters.http.operations import PAGE, operation
from adapters.http.parameters import id_or_nobody, whole_number
from adapters.wire.schemas.messages import Message
from adapters.wire.shapes import message_json
from application.mentions import PAGE_DEFAULT, PAGE_LIMIT
from domain.ids import MessageId


@operation("Messages that speak to one, the newest first.", query=PAGE, answer=list[Message])
async def mine(request: web.Request) -> web.Response:
    take = whole_number(request, "take", default=PAGE_DEFAULT, limit=PAGE_LIMIT)
    before = request.query.get("beforeId")
    messages = await request.app[MENTIONING].of(
        actor_of(request), before=MessageId(id_or_nobody(before)) if before else None, take=take
    )
    return answer([message_json(message) for message in messages])


def routes() -> list[web.RouteDef]:
    return [web.get("/mentions", mine)]
