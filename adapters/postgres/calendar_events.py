"""Calendars in PostgreSQL."""

from collections.abc import Sequence
from datetime import datetime

from adapters.postgres.session import Parameters, Row, Session
from domain.calendar import CalendarEvent, Departure, Details, Repetition
from domain.errors import CalendarFull, NotFound
from domain.ids import CalendarEventId, UserId

_DETAILS = "e.title, e.start_at, e.end_at, e.all_day, e.color, e.location, e.description"
COLUMNS = f"""
{_DETAILS}, e.id, e.uid, e.organizer_id, e.room_id, e.rule, e.zone, e.until_at, e.revision, e.created_at, e.updated_at,
array(select a.user_id from calendar_attendees a where a.event_id = e.id order by a.place)
"""

ONE = f"select {COLUMNS} from calendar_events e where e.id = %(id)s"
LOCK = f"{ONE} for no key update"

_HAS = """
e.id in (select o.id from calendar_events o where o.organizer_id = %(user_id)s
    union all select a.event_id from calendar_attendees a where a.user_id = %(user_id)s)
"""
OF_USER = f"""
select {COLUMNS} from calendar_events e where {_HAS}
    and (%(end)s::timestamptz is null or e.reach_from < %(end)s)
    and (%(begin)s::timestamptz is null or e.reach_to is null or e.reach_to >= %(begin)s)
order by e.start_at, e.id
"""
BY_UIDS = (
    f"select {COLUMNS} from calendar_events e where {_HAS} and e.uid = any(%(uids)s::text[]) order by e.start_at, e.id"
)

# Whoever adds holds the organizer's row, so that two at once cannot both take the last place.
LOCK_ORGANIZER = "select from users where id = %(user_id)s for no key update"
COUNT = "select count(*) from calendar_events where organizer_id = %(user_id)s"

ADD = """
insert into calendar_events (id, uid, organizer_id, room_id, title, start_at, end_at, all_day, color, location,
    description, rule, zone, until_at, revision, created_at, updated_at, reach_from, reach_to)
values (%(id)s, %(uid)s, %(organizer_id)s, %(room_id)s, %(title)s, %(start)s, %(end)s, %(all_day)s, %(color)s,
    %(location)s, %(description)s, %(rule)s, %(zone)s, %(until)s, %(revision)s, %(created_at)s, %(updated_at)s,
    %(reach_from)s, %(reach_to)s)
"""

REPLACE = """
update calendar_events set room_id = %(room_id)s, title = %(title)s, start_at = %(start)s, end_at = %(end)s,
    all_day = %(all_day)s, color = %(color)s, location = %(location)s, description = %(description)s, rule = %(rule)s,
    zone = %(zone)s, until_at = %(until)s, revision = %(revision)s, updated_at = %(updated_at)s,
    reach_from = %(reach_from)s, reach_to = %(reach_to)s
where id = %(id)s
"""

CLEAR_ATTENDEES = "delete from calendar_attendees where event_id = %(id)s"
CLEAR_DEPARTURES = "delete from calendar_departures where event_id = %(id)s"
REMOVE = "delete from calendar_events where id = %(id)s"

ADD_ATTENDEES = """
insert into calendar_attendees (event_id, user_id, place)
select %(id)s, a.user_id, a.place from unnest(%(user_ids)s::uuid[]) with ordinality a (user_id, place)
"""

ADD_DEPARTURES = """
insert into calendar_departures (event_id, original, title, start_at, end_at, all_day, color, location, description)
select %(id)s, * from unnest(%(originals)s::timestamptz[], %(titles)s::text[], %(starts)s::timestamptz[],
    %(ends)s::timestamptz[], %(all_days)s::boolean[], %(colors)s::text[], %(locations)s::text[],
    %(descriptions)s::text[])
"""

DEPARTURES = f"""
select e.event_id, e.original, {_DETAILS} from calendar_departures e where e.event_id = any(%(ids)s::uuid[])
order by e.event_id, e.original
"""


def _details(row: Row) -> Details:
    return Details(*row)


def _event(row: Row, departures: tuple[Departure, ...]) -> CalendarEvent:
    id_, uid, organizer_id, room_id, rule, zone, until, revision, created_at, updated_at, attendee_ids = row[7:]
    return CalendarEvent(
        id=id_,
        uid=uid,
        organizer_id=organizer_id,
        details=_details(row[:7]),
        created_at=created_at,
        updated_at=updated_at,
        repetition=None if rule is None else Repetition(rule, zone, until),
        departures=departures,
        room_id=room_id,
        attendee_ids=tuple(attendee_ids),
        revision=revision,
    )


def _values(event: CalendarEvent) -> Parameters:
    details, repetition = event.details, event.repetition
    reach_from, reach_to = event.reach()
    return {
        "id": event.id,
        "uid": event.uid,
        "organizer_id": event.organizer_id,
        "room_id": event.room_id,
        "title": details.title,
        "start": details.start,
        "end": details.end,
        "all_day": details.all_day,
        "color": details.color,
        "location": details.location,
        "description": details.description,
        "rule": repetition and repetition.rule,
        "zone": repetition and repetition.zone,
        "until": repetition and repetition.until,
        "revision": event.revision,
        "created_at": event.created_at,
        "updated_at": event.updated_at,
        "reach_from": reach_from,
        "reach_to": reach_to,
    }


class PostgresCalendarEventRepository:
    """CalendarEventRepository on the tables calendar_events, calendar_attendees and calendar_departures."""

    def __init__(self, session: Session) -> None:
        self._session = session

    async def add(self, events: Sequence[CalendarEvent], *, limit: int) -> None:
        if not events:
            return
        organizer = {"user_id": events[0].organizer_id}
        await self._session.write(LOCK_ORGANIZER, organizer)
        [(count,)] = await self._session.read(COUNT, organizer)
        if count + len(events) > limit:
            raise CalendarFull
        for event in events:
            await self._session.write(ADD, _values(event))
            await self._add_particulars(event)

    async def get(self, event_id: CalendarEventId) -> CalendarEvent:
        return await self._one(await self._session.read(ONE, {"id": event_id}))

    async def lock(self, event_id: CalendarEventId) -> CalendarEvent:
        await self._session.write(LOCK, {"id": event_id})
        # Read again: what the lock waited for may have changed the attendees, which its own row does not show.
        return await self.get(event_id)

    async def replace(self, event: CalendarEvent) -> None:
        await self._session.write(REPLACE, _values(event))
        await self._session.write(CLEAR_ATTENDEES, {"id": event.id})
        await self._session.write(CLEAR_DEPARTURES, {"id": event.id})
        await self._add_particulars(event)

    async def remove(self, event_id: CalendarEventId) -> None:
        await self._session.write(REMOVE, {"id": event_id})

    async def of_user(
        self, user_id: UserId, *, begin: datetime | None = None, end: datetime | None = None
    ) -> Sequence[CalendarEvent]:
        return await self._all(await self._session.read(OF_USER, {"user_id": user_id, "begin": begin, "end": end}))

    async def by_uids(self, user_id: UserId, uids: Sequence[str]) -> Sequence[CalendarEvent]:
        if not uids:
            return []
        return await self._all(await self._session.read(BY_UIDS, {"user_id": user_id, "uids": list(uids)}))

    async def _one(self, rows: Sequence[Row]) -> CalendarEvent:
        events = await self._all(rows)
        if not events:
            raise NotFound
        return events[0]

    async def _all(self, rows: Sequence[Row]) -> Sequence[CalendarEvent]:
        repeated = [row[7] for row in rows if row[11] is not None]
        departures: dict[CalendarEventId, list[Departure]] = {}
        if repeated:
            for event_id, original, *columns in await self._session.read(DEPARTURES, {"ids": repeated}):
                details = None if columns[0] is None else _details(columns)
                departures.setdefault(event_id, []).append(Departure(original, details))
        return [_event(row, tuple(departures.get(row[7], ()))) for row in rows]

    async def _add_particulars(self, event: CalendarEvent) -> None:
        if event.attendee_ids:
            await self._session.write(ADD_ATTENDEES, {"id": event.id, "user_ids": list(event.attendee_ids)})
        if event.departures:
            told = [departure.details for departure in event.departures]
            await self._session.write(
                ADD_DEPARTURES,
                {
                    "id": event.id,
                    "originals": [departure.original for departure in event.departures],
                    "titles": [details and details.title for details in told],
                    "starts": [details and details.start for details in told],
                    "ends": [details and details.end for details in told],
                    "all_days": [details and details.all_day for details in told],
                    "colors": [details and details.color for details in told],
                    "locations": [details and details.location for details in told],
                    "descriptions": [details and details.description for details in told],
                },
            )
