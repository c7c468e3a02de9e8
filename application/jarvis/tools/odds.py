"""Small things: working out a number, opening the news panel, public holidays."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from application.holidays import Holidays
from application.jarvis.toolbox import Tool, ToolUse
from application.ports.calculator import Calculator
from application.publication import Publication
from domain.answer_events import NewsSearchOpened
from domain.holidays import FIRST_YEAR, KOREA, LAST_YEAR


@dataclass(frozen=True, slots=True)
class Calculate:
    """Arguments of calculate."""

    expression: str = field(
        metadata={"description": "Arithmetic such as (3 + 4) * 1.1.", "min_length": 1, "max_length": 200}
    )


@dataclass(frozen=True, slots=True)
class OpenNews:
    """Arguments of open_news_search_popup."""

    query: str = field(metadata={"description": "What to search the news for.", "min_length": 1, "max_length": 100})


@dataclass(frozen=True, slots=True)
class ListHolidays:
    """Arguments of list_holidays."""

    year: int = field(metadata={"ge": FIRST_YEAR, "le": LAST_YEAR})
    month: int | None = field(default=None, metadata={"ge": 1, "le": 12})
    country: str = field(default=KOREA, metadata={"description": "Two letters.", "min_length": 2, "max_length": 2})


class SmallTools:
    """Tools that touch nothing of anybody's."""

    def __init__(self, calculator: Calculator, holidays: Holidays, publication: Publication) -> None:
        self._calculator = calculator
        self._holidays = holidays
        self._publication = publication

    def all(self) -> Sequence[Tool]:
        """The tools."""
        return (
            Tool("calculate", "Works out arithmetic exactly.", Calculate, self._calculate),
            Tool(
                "open_news_search_popup",
                "Opens the news panel of the person who asks, with a search.",
                OpenNews,
                self._open_news,
            ),
            Tool(
                "list_holidays", "Public holidays of a year or a month, of Korea by default.", ListHolidays, self._list
            ),
        )

    async def _calculate(self, _: ToolUse, asked: Calculate) -> object:
        return {"value": self._calculator.work_out(asked.expression)}

    async def _open_news(self, use: ToolUse, asked: OpenNews) -> object:
        self._publication.publish([NewsSearchOpened(use.actor.id, use.room_id, asked.query)])
        return {"opened": True, "query": asked.query}

    async def _list(self, _: ToolUse, asked: ListHolidays) -> object:
        found = await self._holidays.listed(asked.year, asked.month, asked.country)
        return [{"date": day.date, "name": day.name} for day in found.days]
