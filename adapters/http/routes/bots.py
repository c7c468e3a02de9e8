"""Programs that take part under a name of their own."""

from aiohttp import web

from adapters.http.answers import answer
from adapters.http.keys import BOTS, actor_of
from adapters.http.operations import operation
from adapters.http.parameters import id_of, room_id_of
from adapters.http.schemas.body import body_of
from adapters.http.schemas.bots import BotDraft, ChangedBot
from adapters.wire.bot_shapes import bot_json
from adapters.wire.schemas import bots as schemas
from adapters.wire.schemas.values import Done
from application.bots import NewToken
from application.bots import PlacedBot as Placed
from domain.bots import TooManyBots, bot_rights
from domain.errors import DirectRoom, NotFound
from domain.ids import UserId

_ALL = "/bots"
_ONE = "/bots/{bot_id:[^/]+}"
_PLACE = f"{_ONE}/rooms/{{room_id:[^/]+}}"


@operation("One's bots, the oldest first.", answer=list[schemas.PlacedBot])
async def mine(request: web.Request) -> web.Response:
    return answer([_placed(bot) for bot in await request.app[BOTS].mine(actor_of(request))])


@operation("Make a bot.", body=BotDraft, answer=schemas.NewBotToken, errors=(TooManyBots,))
async def create(request: web.Request) -> web.Response:
    body = await body_of(request, BotDraft)
    return _shown_once(await request.app[BOTS].create(actor_of(request), body.name, bot_rights(body.rights)))


@operation("Say what a bot may do.", body=ChangedBot, answer=schemas.PlacedBot, errors=(NotFound,))
async def change(request: web.Request) -> web.Response:
    bot_id = _bot_id(request)
    body = await body_of(request, ChangedBot)
    return answer(_placed(await request.app[BOTS].allow(actor_of(request), bot_id, bot_rights(body.rights))))


@operation("Put another token in the place of a bot's.", answer=schemas.NewBotToken, errors=(NotFound,))
async def renew(request: web.Request) -> web.Response:
    return _shown_once(await request.app[BOTS].renew(actor_of(request), _bot_id(request)))


@operation("Have a bot no longer; twice is the same as once.", answer=Done, errors=(NotFound,))
async def revoke(request: web.Request) -> web.Response:
    await request.app[BOTS].revoke(actor_of(request), _bot_id(request))
    return answer({"ok": True})


@operation(
    "Put a bot into a room; twice is the same as once.",
    answer=Done,
    errors=(DirectRoom, NotFound),
)
async def put_in(request: web.Request) -> web.Response:
    await request.app[BOTS].put_in(actor_of(request), _bot_id(request), room_id_of(request))
    return answer({"ok": True})


@operation("Take a bot out of a room; twice is the same as once.", answer=Done, errors=(NotFound,))
async def take_out(request: web.Request) -> web.Response:
    await request.app[BOTS].take_out(actor_of(request), _bot_id(request), room_id_of(request))
    return answer({"ok": True})


def _placed(placed: Placed) -> dict[str, object]:
    return {**bot_json(placed.bot), "roomIds": list(placed.room_ids)}


def _shown_once(made: NewToken) -> web.Response:
    return answer({**bot_json(made.bot), "token": made.token})


def _bot_id(request: web.Request) -> UserId:
    return UserId(id_of(request, "bot_id", "botId"))


def routes() -> list[web.RouteDef]:
    return [
        web.get(_ALL, mine),
        web.post(_ALL, create),
        web.patch(_ONE, change),
        web.delete(_ONE, revoke),
        web.post(f"{_ONE}/token", renew),
        web.put(_PLACE, put_in),
        web.delete(_PLACE, take_out),
    ]
