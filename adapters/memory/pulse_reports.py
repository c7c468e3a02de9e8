"""Pulse reports."""

from bisect import bisect_right
from collections.abc import Sequence
from datetime import datetime

from adapters.memory.store import InMemoryStore
from domain.ids import PulseReportId, RoomId, UserId
from domain.pulse import MADE_OF, PulseReport


class InMemoryPulseReportRepository:
    """Each room's by id."""

    def __init__(self, store: InMemoryStore) -> None:
        self._store = store

    async def add(self, report: PulseReport, *, keep: int) -> None:
        reports = self._store.contents[report.room_id].pulse_reports
        reports.put(report.id, report)
        reports.remove(*(old.id for old in self._newest_first(report.room_id)[keep:]))

    async def current(self, room_id: RoomId) -> PulseReport | None:
        return next(iter(self._newest_first(room_id)), None)

    async def find(self, room_id: RoomId, report_id: PulseReportId) -> PulseReport | None:
        contents = self._store.contents.get(room_id)
        return contents.pulse_reports.get(report_id) if contents else None

    async def of_room(self, room_id: RoomId, *, take: int) -> Sequence[PulseReport]:
        return self._newest_first(room_id)[:take]

    async def of_reader(self, user_id: UserId, *, take: int) -> Sequence[PulseReport]:
        rooms = [room_id for room_id in self._store.rooms if user_id in self._store.contents[room_id].members]
        current = [reports[0] for room_id in rooms if (reports := self._newest_first(room_id))]
        return sorted(current, key=lambda report: report.id, reverse=True)[:take]

    async def outdated(self, due: datetime, *, after: RoomId | None, take: int) -> Sequence[RoomId]:
        rooms = sorted(room_id for room_id in self._store.rooms if after is None or room_id > after)
        return [room_id for room_id in rooms if self._is_outdated(room_id, due)][:take]

    def _newest_first(self, room_id: RoomId) -> Sequence[PulseReport]:
        contents = self._store.contents.get(room_id)
        return sorted(contents.pulse_reports.values(), key=lambda report: report.id, reverse=True) if contents else []

    def _is_outdated(self, room_id: RoomId, due: datetime) -> bool:
        newest = next(iter(self._newest_first(room_id)), None)
        if newest is not None and newest.generated_at >= due:
            return False
        until = 0 if newest is None else newest.until_seq
        entries = self._store.contents[room_id].log.items
        since = bisect_right(entries, until, key=lambda entry: entry.seq)
        changed = next((entry for entry in entries[since:] if entry.kind in MADE_OF), None)
        return changed is not None and changed.at < due
