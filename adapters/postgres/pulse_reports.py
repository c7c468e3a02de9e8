"""Pulse reports in PostgreSQL."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from datetime import datetime
from typing import Any

from psycopg.types.json import Jsonb

from adapters.postgres.room_log import TYPES
from adapters.postgres.session import Row, Session
from domain.ids import PulseReportId, RoomId, UserId
from domain.pulse import MADE_OF, ApiCall, Coverage, Entity, Named, Outline, PulseDraft, PulseReport, Section

COLUMNS = "p.id, p.room_id, p.generated_at, p.until_seq, p.content"

ADD = """
insert into pulse_reports (id, room_id, generated_at, until_seq, content)
values (%(id)s, %(room_id)s, %(generated_at)s, %(until_seq)s, %(content)s)
"""

FORGET = """
delete from pulse_reports where id in (
    select p.id from pulse_reports p where p.room_id = %(room_id)s order by p.id desc offset %(keep)s)
"""

OF_ROOM = f"select {COLUMNS} from pulse_reports p where p.room_id = %(room_id)s order by p.id desc limit %(take)s"

FIND = f"select {COLUMNS} from pulse_reports p where p.id = %(id)s and p.room_id = %(room_id)s"

OF_READER = f"""
select {COLUMNS} from room_members m
join lateral (select * from pulse_reports p where p.room_id = m.room_id order by p.id desc limit 1) p on true
where m.user_id = %(user_id)s order by p.id desc limit %(take)s
"""

# The log of a room is in the order of time, but for what clocks are apart: so the first event past the report that
# counts tells whether there is one before the time in question, and reading ends there, or where that time comes. The
# limit keeps it so, whatever the planner thinks of joining.
OUTDATED = """
select r.id from rooms r
left join lateral (
    select p.until_seq, p.generated_at from pulse_reports p where p.room_id = r.id order by p.id desc limit 1) p on true
cross join lateral (
    select e.at from room_events e
    where e.room_id = r.id and e.seq > coalesce(p.until_seq, 0)
        and (e.type = any(%(changed_by)s::smallint[]) or e.at >= %(due)s)
    order by e.seq limit 1) changed
where (%(after)s::uuid is null or r.id > %(after)s)
    and (p.generated_at is null or p.generated_at < %(due)s)
    and r.last_seq > coalesce(p.until_seq, 0)
    and changed.at < %(due)s
order by r.id limit %(take)s
"""

CHANGED_BY = [int(TYPES[kind]) for kind in MADE_OF]


def _content(report: PulseReport) -> Mapping[str, Any]:
    draft, coverage = report.draft, report.coverage
    return {
        "summary": draft.summary,
        "sections": {section.value: text for section, text in draft.sections.items()},
        "suggestions": list(draft.suggestions),
        "outline": asdict(draft.outline),
        "messages": coverage.messages,
        "since": None if coverage.since is None else coverage.since.isoformat(),
        "complete": coverage.complete,
    }


def _outline(kept: Mapping[str, Any]) -> Outline:
    return Outline(
        goal=kept["goal"],
        mvp=tuple(kept["mvp"]),
        out_of_scope=tuple(kept["out_of_scope"]),
        roles=tuple(Named(**one) for one in kept["roles"]),
        entities=tuple(Entity(one["name"], tuple(one["fields"])) for one in kept["entities"]),
        pages=tuple(Named(**one) for one in kept["pages"]),
        api=tuple(ApiCall(**one) for one in kept["api"]),
        policies=tuple(kept["policies"]),
    )


def report_of(row: Row) -> PulseReport:
    """A report of COLUMNS."""
    id_, room_id, generated_at, until_seq, kept = row
    sections = {Section(name): text for name, text in kept["sections"].items()}
    draft = PulseDraft(kept["summary"], sections, tuple(kept["suggestions"]), _outline(kept["outline"]))
    since = None if kept["since"] is None else datetime.fromisoformat(kept["since"])
    coverage = Coverage(kept["messages"], since, kept["complete"])
    return PulseReport(id_, room_id, generated_at, until_seq, draft, coverage)


class PostgresPulseReportRepository:
    """PulseReportRepository on the table pulse_reports."""

    def __init__(self, session: Session) -> None:
        self._session = session

    async def add(self, report: PulseReport, *, keep: int) -> None:
        await self._session.write(
            ADD,
            {
                "id": report.id,
                "room_id": report.room_id,
                "generated_at": report.generated_at,
                "until_seq": report.until_seq,
                "content": Jsonb(_content(report)),
            },
        )
        await self._session.write(FORGET, {"room_id": report.room_id, "keep": keep})

    async def current(self, room_id: RoomId) -> PulseReport | None:
        return next(iter(await self.of_room(room_id, take=1)), None)

    async def find(self, room_id: RoomId, report_id: PulseReportId) -> PulseReport | None:
        row = await self._session.read_one(FIND, {"id": report_id, "room_id": room_id})
        return None if row is None else report_of(row)

    async def of_room(self, room_id: RoomId, *, take: int) -> Sequence[PulseReport]:
        return [report_of(row) for row in await self._session.read(OF_ROOM, {"room_id": room_id, "take": take})]

    async def of_reader(self, user_id: UserId, *, take: int) -> Sequence[PulseReport]:
        return [report_of(row) for row in await self._session.read(OF_READER, {"user_id": user_id, "take": take})]

    async def outdated(self, due: datetime, *, after: RoomId | None, take: int) -> Sequence[RoomId]:
        chosen = {"due": due, "after": after, "take": take, "changed_by": CHANGED_BY}
        rows = await self._session.read(OUTDATED, chosen)
        return [RoomId(row[0]) for row in rows]
