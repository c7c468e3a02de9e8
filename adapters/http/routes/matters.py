"""Decisions and tasks."""

from collections.abc import Awaitable, Callable
from datetime import date

from aiohttp import web

from adapters.http.answers import answer
from adapters.http.keys import LEDGER, actor_of
from adapters.http.operations import PAGE, Option, operation
from adapters.http.parameters import id_of, id_or_nobody, room_id_of, whole_number
from adapters.http.schemas.body import body_of
from adapters.http.schemas.matters import MatterChange, NewMatter
from adapters.wire.matter_shapes import matter_json
from adapters.wire.schemas.matters import Matter
from adapters.wire.schemas.values import Done
from application.matters import PAGE_DEFAULT, PAGE_LIMIT, Draft
from application.ports.matters import Choice
from domain.dates import date_of
from domain.errors import AlreadyDeleted, Fault, InvalidInput, NotFound
from domain.ids import MatterId, MessageId, UserId
from domain.matters import Change, MatterKind, MatterState, require_state
from domain.pulse_errors import TooManyMatters

_CHOICE = (Option("state", "Those alone that stand there.", MatterState), *PAGE)

Handler = Callable[[web.Request], Awaitable[web.Response]]


def _day(text: str | None) -> date | None:
    if text is None:
        return None
    try:
        return date_of(text)
    except ValueError:
        raise InvalidInput(details=[Fault("dueDate", "must be a date such as 2026-03-02")]) from None


def _choice(request: web.Request, kind: MatterKind) -> Choice:
    text = request.query.get("state")
    if not text:
        return Choice(kind)
    try:
        state = MatterState(text)
    except ValueError:
        raise InvalidInput(details=[Fault("state", "is none that there is")]) from None
    require_state(kind, state)
    return Choice(kind, state)


def _before(request: web.Request) -> MatterId | None:
    text = request.query.get("beforeId")
    return MatterId(id_or_nobody(text)) if text else None


def _take(request: web.Request) -> int:
    return whole_number(request, "take", default=PAGE_DEFAULT, limit=PAGE_LIMIT)


def _matter_id(request: web.Request) -> MatterId:
    return MatterId(id_of(request, "matter_id", "id"))


def _of_room(kind: MatterKind) -> Handler:
    @operation(f"The {kind.value}s of a room, the newest first.", query=_CHOICE, answer=list[Matter])
    async def of_room(request: web.Request) -> web.Response:
        room_id, choice = room_id_of(request), _choice(request, kind)
        found = await request.app[LEDGER].matters.of_room(
            actor_of(request), room_id, choice, before=_before(request), take=_take(request)
        )
        return answer([matter_json(matter) for matter in found])

    return of_room


def _mine(kind: MatterKind) -> Handler:
    @operation(f"One's own {kind.value}s in all rooms.", query=_CHOICE, answer=list[Matter])
    async def mine(request: web.Request) -> web.Response:
        found = await request.app[LEDGER].matters.mine(
            actor_of(request), _choice(request, kind), before=_before(request), take=_take(request)
        )
        return answer([matter_json(matter) for matter in found])

    return mine


def _add(kind: MatterKind) -> Handler:
    @operation(
        f"Write a {kind.value} down.", body=NewMatter, answer=Matter, errors=(AlreadyDeleted, NotFound, TooManyMatters)
    )
    async def add(request: web.Request) -> web.Response:
        room_id = room_id_of(request)
        body = await body_of(request, NewMatter)
        draft = Draft(
            title=body.title,
            note=body.note or "",
            state=body.state or MatterState.OPEN,
            owner_id=None if body.owner_id is None else UserId(body.owner_id),
            due=_day(body.due_date),
            source_id=None if body.source_message_id is None else MessageId(body.source_message_id),
        )
        return answer(matter_json(await request.app[LEDGER].matters.add(actor_of(request), room_id, kind, draft)))

    return add


def _one(kind: MatterKind) -> Handler:
    @operation(f"One {kind.value}.", answer=Matter, errors=(NotFound,))
    async def one(request: web.Request) -> web.Response:
        room_id, matter_id = room_id_of(request), _matter_id(request)
        return answer(matter_json(await request.app[LEDGER].matters.find(actor_of(request), room_id, kind, matter_id)))

    return one


def _change(kind: MatterKind) -> Handler:
    @operation(f"Change a {kind.value}.", body=MatterChange, answer=Matter, errors=(NotFound,))
    async def change(request: web.Request) -> web.Response:
        room_id, matter_id = room_id_of(request), _matter_id(request)
        body = await body_of(request, MatterChange)
        named = body.model_fields_set
        wanted = Change(
            title=body.title,
            note="" if body.note is None and "note" in named else body.note,
            state=body.state,
            owner_id=None if body.owner_id is None else UserId(body.owner_id),
            due=_day(body.due_date),
            disowned="owner_id" in named and body.owner_id is None,
            undated="due_date" in named and body.due_date is None,
        )
        changed = await request.app[LEDGER].matters.change(actor_of(request), room_id, kind, matter_id, wanted)
        return answer(matter_json(changed))

    return change


def _remove(kind: MatterKind) -> Handler:
    @operation(f"Take a {kind.value} off.", answer=Done, errors=(NotFound,))
    async def remove(request: web.Request) -> web.Response:
        room_id, matter_id = room_id_of(request), _matter_id(request)
        await request.app[LEDGER].matters.remove(actor_of(request), room_id, kind, matter_id)
        return answer({"ok": True})

    return remove


def routes() -> list[web.RouteDef]:
    made: list[web.RouteDef] = []
    for kind in MatterKind:
        everywhere = f"/{kind.value}s"
        room = f"/rooms/{{room_id:[^/]+}}/{kind.value}s"
        one = f"{room}/{{matter_id:[^/]+}}"
        made += [
            web.get(everywhere, _mine(kind)),
            web.get(room, _of_room(kind)),
            web.post(room, _add(kind)),
            web.get(one, _one(kind)),
            web.patch(one, _change(kind)),
            web.delete(one, _remove(kind)),
        ]
    return made
