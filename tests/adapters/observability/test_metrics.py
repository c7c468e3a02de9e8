"""What is measured, and how it is read."""

import asyncio
from collections.abc import AsyncIterator

import pytest

from adapters.observability.chat_model import MeasuredChatModel
from adapters.observability.jobs import ObservedLanes
from adapters.observability.metrics import Metrics
from adapters.observability.readings import READINGS
from application.ports.chat_model import Conversation
from domain.errors import ModelFailed
from domain.jarvis import Mode
from tests.adapters.observability.readouts import samples, value
from tests.builders import START
from tests.models import ScriptedModel

CONVERSATION = Conversation("Room", "Ana", "why?", Mode.CHAT, (), START)


@pytest.fixture
def metrics() -> Metrics:
    return Metrics()


async def test_a_batch_counts_its_messages_and_its_time(metrics: Metrics) -> None:
    metrics.batch_kept(3, 0.002)
    metrics.batch_kept(64, 0.2)
    shown = samples(await metrics.show())

    def of(name: str, **labels: str) -> float:
        return shown[name, frozenset(labels.items())]

    assert of("jarvis_batch_messages_sum") == 67
    assert of("jarvis_batch_messages_count") == 2
    assert of("jarvis_batch_messages_bucket", le="4.0") == 1
    assert of("jarvis_batch_seconds_bucket", le="0.0025") == 1
    assert of("jarvis_batch_seconds_sum") == pytest.approx(0.202)


async def test_readings_are_taken_when_somebody_asks(metrics: Metrics) -> None:
    sockets = [1, 2, 3]
    refused: dict[str, float] = {}
    metrics.reads("jarvis_open_sockets", lambda: len(sockets))
    metrics.reads("jarvis_socket_refusals_total", lambda: refused)
    assert await value(metrics, "jarvis_open_sockets") == 3
    sockets.clear()
    refused["FORBIDDEN"] = 2
    assert await value(metrics, "jarvis_open_sockets") == 0
    assert await value(metrics, "jarvis_socket_refusals_total", code="FORBIDDEN") == 2
    assert await value(metrics, "jarvis_bus_up") is None, "nobody has said where that is read"


def test_a_reading_must_be_known(metrics: Metrics) -> None:
    with pytest.raises(ValueError, match="jarvis_opne_sockets"):
        metrics.reads("jarvis_opne_sockets", lambda: 0)


async def test_every_reading_is_described_and_the_process_too(metrics: Metrics) -> None:
    shown = (await metrics.show()).decode()
    for reading in READINGS:
        assert f"# HELP {reading.name} {reading.meaning}" in shown
        assert f"# TYPE {reading.name} {'counter' if reading.name.endswith('_total') else 'gauge'}" in shown
    assert "process_resident_memory_bytes " in shown
    assert "process_open_fds " in shown


async def test_what_has_to_be_looked_up_is_looked_up_before(metrics: Metrics) -> None:
    looks = 0

    async def look() -> None:
        nonlocal looks
        looks += 1

    metrics.before_reading(look)
    metrics.reads("jarvis_questions_waiting", lambda: looks)
    assert await value(metrics, "jarvis_questions_waiting") == 1
    assert await value(metrics, "jarvis_questions_waiting") == 2


async def said_by(model: MeasuredChatModel) -> list[str]:
    return [piece async for piece in model.stream(CONVERSATION) if isinstance(piece, str)]


async def test_the_models_answers_are_timed_and_passed_on(metrics: Metrics) -> None:
    model = MeasuredChatModel(ScriptedModel("", "one ", "two"), metrics)
    assert await said_by(model) == ["", "one ", "two"]
    assert await value(metrics, "jarvis_model_first_chunk_seconds_count") == 1
    assert await value(metrics, "jarvis_model_seconds_count", outcome="done") == 1


async def test_a_model_that_fails_is_counted_as_such(metrics: Metrics) -> None:
    model = MeasuredChatModel(ScriptedModel(ModelFailed("quota")), metrics)
    with pytest.raises(ModelFailed, match="quota"):
        await said_by(model)
    assert await value(metrics, "jarvis_model_first_chunk_seconds_count") == 0
    assert await value(metrics, "jarvis_model_seconds_count", outcome="failed") == 1


async def test_an_answer_that_is_broken_off_closes_the_model(metrics: Metrics) -> None:
    closed = asyncio.Event()

    class Endless:
        async def stream(self, conversation: Conversation) -> AsyncIterator[str]:
            try:
                while True:
                    yield "and "
            finally:
                closed.set()

    async def first() -> None:
        pieces = MeasuredChatModel(Endless(), metrics).stream(CONVERSATION)
        assert await anext(pieces) == "and "
        await pieces.aclose()  # type: ignore[attr-defined]

    await first()
    assert closed.is_set()
    assert await value(metrics, "jarvis_model_seconds_count", outcome="broken_off") == 1


async def test_jobs_are_counted_by_how_they_end(metrics: Metrics) -> None:
    started = asyncio.Event()

    async def work(lane: str) -> None:
        if lane == "fails":
            raise RuntimeError
        if lane == "lasts":
            started.set()
            await asyncio.Event().wait()

    observed = ObservedLanes(work, metrics)
    await observed.work("good")
    with pytest.raises(RuntimeError):
        await observed.work("fails")
    lasting = asyncio.create_task(observed.work("lasts"))
    await started.wait()
    lasting.cancel()
    with pytest.raises(asyncio.CancelledError):
        await lasting
    for outcome in ("done", "failed", "handed_back"):
        assert await value(metrics, "jarvis_job_seconds_count", kind="answer", outcome=outcome) == 1
