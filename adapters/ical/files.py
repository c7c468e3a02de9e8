"""iCalendar files."""

import asyncio
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

from adapters.ical.reading import Reader
from adapters.ical.recurrence import IcalRecurrence
from adapters.ical.writing import FORM, write
from application.ports.calendar_files import FiledEvent, Unread
from domain.calendar import CalendarEvent

T = TypeVar("T")

_threads = ThreadPoolExecutor(max_workers=2, thread_name_prefix="calendar-files")
"""Threads of its own: whatever somebody brings holds up nothing but other files."""


class IcalFiles:
    """CalendarFiles over RFC 5545. Times of a file that name no zone are in ``zone``."""

    def __init__(self, recurrence: IcalRecurrence, zone: str) -> None:
        self._reader = Reader(recurrence, zone)

    @property
    def form(self) -> int:
        return FORM

    async def write(self, name: str, events: Sequence[CalendarEvent]) -> bytes:
        return await _in_thread(lambda: write(name, events))

    async def read(self, data: bytes, *, limit: int) -> tuple[Sequence[FiledEvent], Sequence[Unread]]:
        return await _in_thread(lambda: self._reader.read(data, limit=limit))


async def _in_thread(work: Callable[[], T]) -> T:
    return await asyncio.get_running_loop().run_in_executor(_threads, work)
