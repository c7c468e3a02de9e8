"""Ports of vendors with a circuit before them."""

from collections.abc import Sequence

from adapters.purgatory.circuit import Circuit
from application.ports.holiday_calendar import HolidayCalendar
from application.ports.idea_model import IdeaMaterial, IdeaModel
from application.ports.news_source import NewsSource
from application.ports.translator import Translator
from domain.holidays import Holiday
from domain.ideas import Idea
from domain.languages import Language
from domain.news import Article


class SteadyHolidays:
    """A HolidayCalendar that is left alone when it fails."""

    def __init__(self, calendar: HolidayCalendar, circuit: Circuit) -> None:
        self._calendar = calendar
        self._circuit = circuit

    def knows(self, country: str) -> bool:
        return self._calendar.knows(country)

    async def year(self, country: str, year: int) -> Sequence[Holiday]:
        return await self._circuit.call(lambda: self._calendar.year(country, year))


class SteadyNews:
    """A NewsSource that is left alone when it fails."""

    def __init__(self, source: NewsSource, circuit: Circuit) -> None:
        self._source = source
        self._circuit = circuit

    async def search(self, query: str) -> Sequence[Article]:
        return await self._circuit.call(lambda: self._source.search(query))


class SteadyTranslator:
    """A Translator that is left alone when it fails."""

    def __init__(self, translator: Translator, circuit: Circuit) -> None:
        self._translator = translator
        self._circuit = circuit

    @property
    def available(self) -> bool:
        return self._translator.available

    async def translate(self, text: str, language: Language) -> str:
        return await self._circuit.call(lambda: self._translator.translate(text, language))


class SteadyIdeas:
    """An IdeaModel that is left alone when it fails."""

    def __init__(self, model: IdeaModel, circuit: Circuit) -> None:
        self._model = model
        self._circuit = circuit

    async def ideas(self, material: IdeaMaterial) -> Sequence[Idea]:
        return await self._circuit.call(lambda: self._model.ideas(material))
