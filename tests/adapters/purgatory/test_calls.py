"""What stands before a failing model leaves it alone, piece by piece told answers included."""

from collections.abc import AsyncIterator, Sequence
from datetime import date

import pytest

from adapters.purgatory.calls import SteadyMatterFinder, SteadyPulseWriter, SteadySummarizer, SteadyTranscriber
from adapters.purgatory.circuit import Circuit, Patience
from application.ports.matter_finder import Finding
from application.ports.summarizer import Material
from domain.errors import ModelFailed, ModelRejected
from domain.meeting_errors import TranscriptionFailed
from domain.meetings import Summary
from domain.pulse import PulseDraft
from domain.speech import Sound, Transcript

HOUR = 3600.0
TALK = Material("talk")
SOUND = Sound(b"RIFF", "audio/wav", "wav")


class Model:
    """Writes what the test says, or fails, and counts how often it was asked and how often an answer was closed."""

    def __init__(self, fault: Exception | None = None, pieces: Sequence[str] = ()) -> None:
        self.fault, self.pieces = fault, pieces
        self.asked = self.closed = 0

    available = True

    def _ask(self) -> None:
        self.asked += 1
        if self.fault is not None:
            raise self.fault

    async def summary(self, material: Material) -> Summary:
        self._ask()
        return Summary()

    async def retold(self, material: Material, reader: str) -> AsyncIterator[str]:
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
