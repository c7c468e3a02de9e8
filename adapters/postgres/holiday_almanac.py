"""Holidays that were asked for, in PostgreSQL."""

from datetime import date

from psycopg.types.json import Jsonb

from adapters.postgres.database import PostgresDatabase
from adapters.postgres.session import session
from domain.holidays import Holiday, HolidaySource, HolidayYear

FIND = "select source, days, asked_at from holiday_years where country = %(country)s and year = %(year)s"

KEEP = """
insert into holiday_years as kept (country, year, source, days, asked_at)
values (%(country)s, %(year)s, %(source)s, %(days)s, %(asked_at)s)
on conflict (country, year) do update
set source = excluded.source, days = excluded.days, asked_at = excluded.asked_at
where kept.asked_at <= excluded.asked_at
"""


class PostgresHolidayAlmanac:
    """HolidayAlmanac on a table."""

    def __init__(self, database: PostgresDatabase) -> None:
        self._database = database

    async def find(self, country: str, year: int) -> HolidayYear | None:
        async with session(self._database) as opened:
            row = await opened.read_one(FIND, {"country": country, "year": year})
        if row is None:
            return None
        source, days, asked_at = row
        listed = tuple(Holiday(date.fromisoformat(day), name, rests, kind) for day, name, rests, kind in days)
        return HolidayYear(country, year, HolidaySource(source), listed, asked_at)

    async def keep(self, known: HolidayYear) -> None:
        days = [[day.date.isoformat(), day.name, day.is_holiday, day.kind] for day in known.days]
        async with session(self._database) as opened:
            await opened.write(
                KEEP,
                {
                    "country": known.country,
                    "year": known.year,
                    "source": known.source.value,
                    "days": Jsonb(days),
                    "asked_at": known.asked_at,
                },
            )
            await opened.commit()
