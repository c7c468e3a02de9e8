"""Ports of vendors with a circuit before them."""

from collections.abc import AsyncGenerator, AsyncIterator, Sequence
from contextlib import aclosing
from datetime import date
from typing import TypeVar

from adapters.purgatory.circuit import Circuit
from application.ports.chat_model import ChatModel, Conversation, Piece
from application.ports.embedder import Embedder
from application.ports.holiday_calendar import HolidayCalendar
from application.ports.idea_model import IdeaMaterial, IdeaModel
from application.ports.matter_finder import Finding, MatterFinder
from application.ports.news_source import NewsSource
from application.ports.pulse_writer import PulseWriter
from application.ports.summarizer import Material, Summarizer
from application.ports.transcriber import Transcriber
from application.ports.translator import Translator
from domain.embeddings import EmbeddingModel, Vector
from domain.holidays import Holiday
from domain.ideas import Idea
from domain.languages import Language
from domain.meetings import Summary
from domain.news import Article
from domain.pulse import PulseDraft
from domain.speech import Sound, Transcript

T = TypeVar("T")


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


class SteadyChatModel:
    """A ChatModel that is left alone when it fails. A turn counts by its first piece."""

    def __init__(self, model: ChatModel, circuit: Circuit) -> None:
        self._model = model
        self._circuit = circuit

    async def stream(self, conversation: Conversation) -> AsyncIterator[Piece]:
        async with aclosing(_begun(self._model.stream(conversation), self._circuit)) as pieces:
            async for piece in pieces:
                yield piece


class SteadyEmbedder:
    """An Embedder that is left alone when it fails."""

    def __init__(self, embedder: Embedder, circuit: Circuit) -> None:
        self._embedder = embedder
        self._circuit = circuit

    @property
    def model(self) -> EmbeddingModel:
        return self._embedder.model

    async def embed(self, texts: Sequence[str]) -> Sequence[Vector]:
        return await self._circuit.call(lambda: self._embedder.embed(texts))


class SteadyIdeas:
    """An IdeaModel that is left alone when it fails."""

    def __init__(self, model: IdeaModel, circuit: Circuit) -> None:
        self._model = model
        self._circuit = circuit

    async def ideas(self, material: IdeaMaterial) -> Sequence[Idea]:
        return await self._circuit.call(lambda: self._model.ideas(material))


class SteadySummarizer:
    """A Summarizer that is left alone when it fails. What is told piece by piece counts by its first piece."""

    def __init__(self, summarizer: Summarizer, circuit: Circuit) -> None:
        self._summarizer = summarizer
        self._circuit = circuit

    async def summary(self, material: Material) -> Summary:
        return await self._circuit.call(lambda: self._summarizer.summary(material))

    async def retold(self, material: Material, reader: str) -> AsyncIterator[str]:
        async with aclosing(_begun(self._summarizer.retold(material, reader), self._circuit)) as pieces:
            async for piece in pieces:
                yield piece


class SteadyPulseWriter:
    """A PulseWriter that is left alone when it fails."""

    def __init__(self, writer: PulseWriter, circuit: Circuit) -> None:
        self._writer = writer
        self._circuit = circuit

    async def report(self, material: Material) -> PulseDraft:
        return await self._circuit.call(lambda: self._writer.report(material))


class SteadyMatterFinder:
    """A MatterFinder that is left alone when it fails."""

    def __init__(self, finder: MatterFinder, circuit: Circuit) -> None:
        self._finder = finder
        self._circuit = circuit

    async def found(self, material: Material, today: date) -> Sequence[Finding]:
        return await self._circuit.call(lambda: self._finder.found(material, today))


class SteadyTranscriber:
    """A Transcriber that is left alone when it fails."""

    def __init__(self, transcriber: Transcriber, circuit: Circuit) -> None:
        self._transcriber = transcriber
        self._circuit = circuit

    @property
    def available(self) -> bool:
        return self._transcriber.available

    async def transcribe(self, sound: Sound, language: str | None) -> Transcript:
        return await self._circuit.call(lambda: self._transcriber.transcribe(sound, language))


async def _begun(pieces: AsyncIterator[T], circuit: Circuit) -> AsyncGenerator[T]:
    """The same pieces, of which the first comes through the circuit."""
    try:
        piece = await circuit.call(lambda: _next(pieces))
        while piece is not None:
            yield piece
            piece = await _next(pieces)
    finally:
        if isinstance(pieces, AsyncGenerator):
            await pieces.aclose()


async def _next(pieces: AsyncIterator[T]) -> T | None:
    return await anext(pieces, None)
