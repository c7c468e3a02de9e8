"""What stands before a failing model leaves it alone, piece by piece told answers included."""

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator, Sequence
from contextlib import aclosing
from datetime import UTC, date, datetime

import pytest

from adapters.purgatory.calls import (
    SteadyChatModel,
    SteadyEmbedder,
    SteadyMatterFinder,
    SteadyPulseWriter,
    SteadySummarizer,
    SteadyTranscriber,
)
from adapters.purgatory.circuit import Circuit, Patience
from application.ports.chat_model import Conversation, Piece
from application.ports.matter_finder import Finding
from application.ports.summarizer import Material
from domain.embeddings import EmbeddingModel, Vector
from domain.errors import EmbeddingFailed, EmbeddingRefused, ModelFailed, ModelRejected
from domain.jarvis import Mode
from domain.meeting_errors import TranscriptionFailed
from domain.meetings import Summary
from domain.pulse import PulseDraft
from domain.speech import Sound, Transcript

HOUR = 3600.0
TALK = Material("talk")
CONVERSATION = Conversation("배포", "Ana", "언제?", Mode.CHAT, (), datetime(2026, 2, 16, tzinfo=UTC))
SOUND = Sound(b"RIFF", "audio/wav", "wav")


class Model:
    """Writes what the test says, or fails, and counts how often it was asked and how often an answer was closed."""

    def __init__(self, fault: Exception | None = None, pieces: Sequence[str] = ()) -> None:
        self.fault, self.pieces = fault, pieces
        self.asked = self.closed = 0
        self.hangs = False

    available = True
    model = EmbeddingModel("m", 1)

    def _ask(self) -> None:
        self.asked += 1
        if self.fault is not None:
            raise self.fault

    async def summary(self, material: Material) -> Summary:
        self._ask()
        return Summary()

    async def stream(self, conversation: Conversation) -> AsyncIterator[Piece]:
        async with aclosing(self.retold(TALK, "")) as pieces:
            async for piece in pieces:
                yield piece

    async def embed(self, texts: Sequence[str]) -> Sequence[Vector]:
        self._ask()
        if self.hangs:
            await asyncio.get_running_loop().create_future()
        return [[1.0] for _ in texts]

    async def retold(self, material: Material, reader: str) -> AsyncGenerator[str]:
        self._ask()
        try:
            for piece in self.pieces:
                yield piece
        finally:
            self.closed += 1

    async def report(self, material: Material) -> PulseDraft:
        self._ask()
        raise NotImplementedError

    async def found(self, material: Material, today: date) -> Sequence[Finding]:
        self._ask()
        return ()

    async def transcribe(self, sound: Sound, language: str | None) -> Transcript:
        self._ask()
        raise NotImplementedError


def circuit(failures: int = 3) -> Circuit:
    return Circuit("model", Patience(HOUR, failures, HOUR), ModelFailed, (ModelRejected,))


async def turn(chat: SteadyChatModel) -> list[Piece]:
    return [piece async for piece in chat.stream(CONVERSATION)]


async def retold(summarizer: SteadySummarizer) -> list[str]:
    return [piece async for piece in summarizer.retold(TALK, "reader")]


async def test_all_that_ask_for_whole_answers_leave_the_same_failing_model_alone() -> None:
    model, way = Model(ModelFailed()), circuit(failures=4)
    summarizer = SteadySummarizer(model, way)
    for _ in range(3):
        with pytest.raises(ModelFailed):
            await summarizer.summary(TALK)
        with pytest.raises(ModelFailed):
            await retold(summarizer)
        with pytest.raises(ModelFailed):
            await SteadyPulseWriter(model, way).report(TALK)
        with pytest.raises(ModelFailed):
            await SteadyMatterFinder(model, way).found(TALK, date(2026, 11, 26))
    assert model.asked == 4


async def test_a_failing_transcriber_is_left_alone() -> None:
    model = Model(TranscriptionFailed())
    transcriber = SteadyTranscriber(model, circuit(failures=2))
    for _ in range(4):
        with pytest.raises(TranscriptionFailed):
            await transcriber.transcribe(SOUND, None)
    assert model.asked == 2
    assert transcriber.available


async def test_talk_that_a_model_will_not_read_says_nothing_against_it() -> None:
    model = Model(ModelRejected())
    summarizer = SteadySummarizer(model, circuit(failures=1))
    for _ in range(3):
        with pytest.raises(ModelRejected):
            await summarizer.summary(TALK)
    assert model.asked == 3


async def test_what_is_told_piece_by_piece_comes_through_whole() -> None:
    assert await retold(SteadySummarizer(Model(pieces=["one ", "two ", "three"]), circuit())) == [
        "one ",
        "two ",
        "three",
    ]
    assert await retold(SteadySummarizer(Model(), circuit())) == []


async def test_who_stops_reading_closes_the_answer_at_its_source() -> None:
    model = Model(pieces=["one", "two"])
    telling = SteadySummarizer(model, circuit()).retold(TALK, "reader")
    assert await anext(telling) == "one"
    await telling.aclose()  # type: ignore[attr-defined]  # it is a generator
    assert model.closed == 1


async def test_a_chat_model_is_left_alone_with_all_else_that_the_model_says() -> None:
    model, way = Model(ModelFailed()), circuit(failures=2)
    chat = SteadyChatModel(model, way)
    for _ in range(2):
        with pytest.raises(ModelFailed):
            await SteadySummarizer(model, way).summary(TALK)
    with pytest.raises(ModelFailed):
        await turn(chat)
    assert model.asked == 2


async def test_the_pieces_of_a_turn_come_as_they_are_and_the_turn_is_closed() -> None:
    model = Model(pieces=["하나", "둘"])
    chat = SteadyChatModel(model, circuit())
    assert await turn(chat) == ["하나", "둘"]
    assert model.closed == 1
    pieces = chat.stream(CONVERSATION)
    assert await anext(pieces) == "하나"
    assert isinstance(pieces, AsyncGenerator)
    await pieces.aclose()
    assert model.closed == 2


async def test_an_embedder_that_fails_or_hangs_is_left_alone_and_one_that_refuses_a_text_is_not() -> None:
    model = Model(EmbeddingRefused())
    embedder = SteadyEmbedder(model, Circuit("model", Patience(0.01, 2, HOUR), EmbeddingFailed, (EmbeddingRefused,)))
    assert embedder.model is model.model
    for _ in range(4):
        with pytest.raises(EmbeddingRefused):
            await embedder.embed(["하나"])
    model.fault, model.hangs = None, True
    for _ in range(4):
        with pytest.raises(EmbeddingFailed):
            await embedder.embed(["하나"])
    assert model.asked == 4 + 2
