"""Calendars: events, the feed for other programs, and taking over theirs."""

from collections.abc import AsyncIterator
from datetime import datetime, time, timedelta
from typing import TypeVar

from aiohttp import BodyPartReader, web

from adapters.http.answers import answer
from adapters.http.keys import CALENDAR, CALENDAR_FEEDS, CALENDAR_IMPORT, CALENDAR_IMPORT_LIMIT, actor_of
from adapters.http.operations import Option, operation
from adapters.http.parameters import id_of, id_or_nobody
from adapters.http.schemas.body import body_of
from adapters.http.schemas.calendar import PlannedEvent
from adapters.http.uploads import UNREADABLE
from adapters.wire.calendar_shapes import calendar_event_json, occurrence_json
from adapters.wire.schemas.calendar import CalendarEvent, Feed, Imported, OpenedFeed
from adapters.wire.schemas.calendar import Planned as PlannedShape
from adapters.wire.schemas.values import Done
from adapters.wire.shapes import Json, optional_time
from application.calendar.drafts import Change, Draft, Planned
from domain.calendar import Moment, Occurrence, moment
from domain.errors import CalendarFull, Fault, InvalidInput, NotFound, PayloadTooLarge
from domain.ids import CalendarEventId, RoomId, UserId

FEED = "/calendar/feeds/{secret:[^/]+}.ics"
SKIPPED_TOLD = 20
A_YEAR = timedelta(days=366)
_CALENDAR = {"Content-Type": "text/calendar; charset=utf-8", "Cache-Control": "private, no-cache"}
_OCCURRENCE = Option("occurrence", "The time of the event that is meant, where it repeats.")
_FILE = {
    "text/calendar": {"type": "string"},
    "multipart/form-data": {
        "type": "object",
        "required": ["file"],
        "properties": {"file": {"type": "string", "format": "binary"}},
    },
}
C = TypeVar("C", bound=Change)


@operation(
    "One's events: all of them, or what happens in a time.",
    query=(
        Option("from", "A time or a date from which on to look."),
        Option("to", "A time or a date up to which to look."),
        Option("q", "Words to look for."),
    ),
    answer=list[CalendarEvent],
)
async def events(request: web.Request) -> web.Response:
    calendar, actor, query = request.app[CALENDAR], actor_of(request), request.query
    begin, end, words = _time_in_query(request, "from"), _time_in_query(request, "to"), query.get("q")
    if words is not None:
        found = await calendar.find(actor, words, begin=begin, end=end)
    elif begin is not None:
        found = await calendar.between(actor, begin, end or begin + A_YEAR)
    elif end is not None:
        found = await calendar.between(actor, end - A_YEAR, end)
    else:
        return answer([calendar_event_json(event) for event in await calendar.events(actor)])
    return answer([occurrence_json(occurrence) for occurrence in found])


@operation("One event.", answer=CalendarEvent, errors=(NotFound,))
async def event(request: web.Request) -> web.Response:
    found = await request.app[CALENDAR].event(actor_of(request), _event_id(request))
    return answer(calendar_event_json(found))


@operation("Plan an event.", body=PlannedEvent, answer=PlannedShape, errors=(CalendarFull,))
async def create(request: web.Request) -> web.Response:
    draft = _change(await body_of(request, PlannedEvent), Draft)
    return answer(_planned(await request.app[CALENDAR].create(actor_of(request), draft)))


@operation(
    "Change an event, or one time of it.",
    query=(_OCCURRENCE,),
    body=PlannedEvent,
    answer=PlannedShape,
    errors=(CalendarFull, NotFound),
)
async def update(request: web.Request) -> web.Response:
    event_id, occurrence = _event_id(request), _time_in_query(request, "occurrence")
    change = _change(await body_of(request, PlannedEvent), Change)
    planned = await request.app[CALENDAR].update(actor_of(request), event_id, change, occurrence=occurrence)
    return answer(_planned(planned, occurrence))


@operation("Take an event off, or one time of it.", query=(_OCCURRENCE,), answer=Done, errors=(NotFound,))
async def delete(request: web.Request) -> web.Response:
    event_id, occurrence = _event_id(request), _time_in_query(request, "occurrence")
    await request.app[CALENDAR].delete(actor_of(request), event_id, occurrence=occurrence)
    return answer({"ok": True})


@operation("Whether other programs can read one's calendar.", answer=Feed)
async def feed(request: web.Request) -> web.Response:
    opened_at = await request.app[CALENDAR_FEEDS].opened_at(actor_of(request))
    return answer({"open": opened_at is not None, "createdAt": optional_time(opened_at)})


@operation("Let other programs read one's calendar; an older address ends.", answer=OpenedFeed)
async def open_feed(request: web.Request) -> web.Response:
    feeds, actor = request.app[CALENDAR_FEEDS], actor_of(request)
    secret = await feeds.open(actor)
    path = FEED.replace("{secret:[^/]+}", secret)
    return answer({"path": path, "createdAt": optional_time(await feeds.opened_at(actor))})


@operation("Let no other program read one's calendar any more.", answer=Done)
async def close_feed(request: web.Request) -> web.Response:
    await request.app[CALENDAR_FEEDS].close(actor_of(request))
    return answer({"ok": True})


@operation(
    "A calendar as other programs read it.",
    path={"secret": "The secret of the feed."},
    headers=(Option("If-None-Match", "The ETag of what one has."),),
    answer=str,
    also={304: None},
    media="text/calendar",
    errors=(NotFound,),
)
async def read_feed(request: web.Request) -> web.Response:
    known = [tag.value for tag in request.if_none_match or ()]
    feed = await request.app[CALENDAR_FEEDS].read(request.match_info["secret"], known)
    headers = {**_CALENDAR, "ETag": f'"{feed.version}"'}
    if feed.file is None:
        return web.Response(status=304, headers=headers)
    return web.Response(body=feed.file, headers=headers)


@operation(
    "Take over the events of a file of another calendar.", uploads=_FILE, answer=Imported, errors=(CalendarFull,)
)
async def bring(request: web.Request) -> web.Response:
    data = await _file_in(request, request.app[CALENDAR_IMPORT_LIMIT])
    imported = await request.app[CALENDAR_IMPORT].bring(actor_of(request), data)
    return answer(
        {
            "ok": True,
            "added": imported.added,
            "updated": imported.updated,
            "unchanged": imported.unchanged,
            "skipped": len(imported.skipped),
            "skippedEvents": [{"title": each.title, "reason": each.reason} for each in imported.skipped[:SKIPPED_TOLD]],
        }
    )


def _event_id(request: web.Request) -> CalendarEventId:
    return CalendarEventId(id_of(request, "event_id", "eventId"))


def _time_in_query(request: web.Request, name: str) -> datetime | None:
    text = request.query.get(name)
    return None if text is None else moment(_mended(text), name).at


def _mended(text: str) -> str:
    # The + of an offset that was not escaped in the address has become a space.
    head, space, offset = text.rpartition(" ")
    return f"{head}+{offset}" if space and "T" in head else text


def _change(body: PlannedEvent, kind: type[C]) -> C:
    start = None if body.start is None else moment(body.start, "start")
    end = None if body.end is None else moment(body.end, "end")
    return kind(
        title=body.title,
        start=None if start is None else start.at,
        end=None if end is None else end.at,
        all_day=_all_day(start, end) if body.all_day is None else body.all_day,
        color=body.color,
        location=body.location,
        description=body.description,
        rule=body.recurrence,
        zone=body.timezone,
        room_id=None if body.room_id is None else RoomId(id_or_nobody(body.room_id)),
        attendee_ids=None if body.attendee_ids is None else [UserId(id_or_nobody(name)) for name in body.attendee_ids],
    )


def _all_day(start: Moment | None, end: Moment | None) -> bool | None:
    """Whether these times are days: both written as dates are, one with hours is not, and else nothing is said."""
    if start is not None and end is not None and start.is_date and end.is_date:
        return True
    named = [each for each in (start, end) if each is not None]
    return False if any(each.at.time() != time.min for each in named) else None


def _planned(planned: Planned, original: datetime | None = None) -> Json:
    event = planned.event
    departure = None if original is None else event.departure_at(original)
    shown = (
        calendar_event_json(event)
        if departure is None or departure.details is None
        else occurrence_json(Occurrence(event, departure.details, original))
    )
    return {**shown, "conflicts": [occurrence_json(each) for each in planned.conflicts]}


async def _file_in(request: web.Request, limit: int) -> bytes:
    """The file that a request brings, as its body or in a form. Raises InvalidInput and PayloadTooLarge."""
    try:
        if not request.content_type.startswith("multipart/"):
            return await _gathered(request.content.iter_any(), limit)
        async for part in await request.multipart():
            if isinstance(part, BodyPartReader) and part.filename is not None:
                return await _gathered(_chunks(part), limit)
    except UNREADABLE:
        raise InvalidInput(details=[Fault("file", "could not be read to its end")]) from None
    raise InvalidInput(details=[Fault("file", "is missing")])


async def _chunks(part: BodyPartReader) -> AsyncIterator[bytes]:
    while chunk := await part.read_chunk():
        yield chunk


async def _gathered(chunks: AsyncIterator[bytes], limit: int) -> bytes:
    gathered = bytearray()
    async for chunk in chunks:
        gathered += chunk
        if len(gathered) > limit:
            raise PayloadTooLarge
    return bytes(gathered)


def routes() -> list[web.RouteDef]:
    return [
        web.get("/calendar/events", events),
        web.post("/calendar/events", create),
        web.get("/calendar/events/{event_id:[^/]+}", event),
        web.put("/calendar/events/{event_id:[^/]+}", update),
        web.delete("/calendar/events/{event_id:[^/]+}", delete),
        web.get("/calendar/feed", feed),
        web.post("/calendar/feed", open_feed),
        web.delete("/calendar/feed", close_feed),
        web.get(FEED, read_feed),
        web.post("/calendar/import", bring),
    ]
