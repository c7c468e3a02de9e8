"""Idea cards."""

from aiohttp import web

from adapters.http.answers import answer
from adapters.http.keys import CARDS, IDEAS, JOBS, THROTTLE, actor_of
from adapters.http.operations import PATIENCE, Option, operation
from adapters.http.parameters import id_of, room_id_of, whole_number
from adapters.http.preferences import accepted, patience_of
from adapters.http.schemas.body import body_of
from adapters.http.schemas.cards import ChangedCard, NewCard, WeeklyCards
from adapters.wire.knowledge_shapes import card_json
from adapters.wire.schemas.cards import Card, Generated, Queued
from adapters.wire.schemas.values import Done
from adapters.wire.shapes import Json
from application.cards import PAGE_DEFAULT, PAGE_LIMIT
from application.ideas import made
from domain.errors import AiQuotaExceeded, NotFound, OpenAiNotConfigured
from domain.ids import CardId
from domain.knowledge_errors import BadSourceMessage, BadWeekStart, IdeasFailed, IdeasUnreadable
from domain.weeks import Week, week_named

WAITS_FOR = 300.0
"""Seconds after which a call that waits for cards is answered without them."""


@operation("The cards of a room, newest first.", query=(Option("take", "How many at most.", int),), answer=list[Card])
async def of_room(request: web.Request) -> web.Response:
    actor, room_id = actor_of(request), room_id_of(request)
    take = whole_number(request, "take", default=PAGE_DEFAULT, limit=PAGE_LIMIT)
    cards = await request.app[CARDS].of_room(actor, room_id, take=take)
    return answer([card_json(card) for card in cards])


@operation("Make a card, by hand or of a message.", body=NewCard, answer=Card, errors=(BadSourceMessage,))
async def add(request: web.Request) -> web.Response:
    actor, room_id = actor_of(request), room_id_of(request)
    body = await body_of(request, NewCard)
    return answer(card_json(await request.app[CARDS].add(actor, room_id, body.draft(), body.source_message_id)))


@operation("Have a card say something else.", body=ChangedCard, answer=Card, errors=(NotFound,))
async def change(request: web.Request) -> web.Response:
    actor, room_id, card_id = actor_of(request), room_id_of(request), _card_id_of(request)
    draft = (await body_of(request, ChangedCard)).draft()
    return answer(card_json(await request.app[CARDS].change(actor, room_id, card_id, draft)))


@operation("Take a card away.", answer=Done, errors=(NotFound,))
async def remove(request: web.Request) -> web.Response:
    await request.app[CARDS].remove(actor_of(request), room_id_of(request), _card_id_of(request))
    return answer({"ok": True})


@operation(
    "Have a model make the cards of a week anew, of what was said in it.",
    body=WeeklyCards,
    headers=(PATIENCE,),
    answer=Generated,
    also={202: Queued},
    errors=(AiQuotaExceeded, BadWeekStart, OpenAiNotConfigured, IdeasFailed, IdeasUnreadable),
)
async def generate_weekly(request: web.Request) -> web.Response:
    actor, room_id = actor_of(request), room_id_of(request)
    week = _week((await body_of(request, WeeklyCards)).week_start)
    await request.app[THROTTLE].question(actor.id)
    job_id = await request.app[IDEAS].ask(actor, room_id, week)
    job = await request.app[JOBS].outcome(actor, job_id, within=patience_of(request, WAITS_FOR))
    outcome = made(job)
    if outcome is None:
        return accepted(request, {"ok": True, "jobId": job_id}, job_id=job_id)
    shape: Json = {"ok": True, "created": outcome.created, "jobId": job_id}
    if outcome.reason is not None:
        shape["reason"] = outcome.reason
    return answer(shape)


def _week(named: object) -> Week | None:
    """The week that a body or a query names; None where it names none."""
    if named is None or named == "":
        return None
    if not isinstance(named, str):
        raise BadWeekStart
    return week_named(named)


def _card_id_of(request: web.Request) -> CardId:
    return CardId(id_of(request, "card_id", "cardId"))


def routes() -> list[web.RouteDef]:
    path = "/rooms/{room_id:[^/]+}/cards"
    one = path + "/{card_id:[^/]+}"
    return [
        web.get(path, of_room),
        web.post(path, add),
        web.post(path + "/generate-weekly", generate_weekly),
        web.patch(one, change),
        web.delete(one, remove),
    ]
