"""The models: those that speak the API of OpenAI, and the mocks that stand in for them."""

from typing import Any

from dependency_injector import containers, providers

from adapters.mock.chat_model import MockChatModel
from adapters.mock.embedder import MockEmbedder
from adapters.mock.ideas import MockIdeas
from adapters.mock.matter_finder import MockMatterFinder
from adapters.mock.pulse_writer import MockPulseWriter
from adapters.mock.summarizer import MockSummarizer
from adapters.mock.transcriber import MockTranscriber
from adapters.openai.chat_model import OpenAiChatModel
from adapters.openai.client import ModelPatience, OpenAiClient
from adapters.openai.embedder import OpenAiEmbedder
from adapters.openai.ideas import OpenAiIdeas
from adapters.openai.matter_finder import OpenAiMatterFinder
from adapters.openai.pulse_writer import OpenAiPulseWriter
from adapters.openai.summarizer import OpenAiSummarizer
from adapters.openai.transcriber import OpenAiTranscriber, RecordingNotTaken
from adapters.purgatory.calls import (
    SteadyChatModel,
    SteadyEmbedder,
    SteadyIdeas,
    SteadyMatterFinder,
    SteadyPulseWriter,
    SteadySummarizer,
    SteadyTranscriber,
)
from adapters.purgatory.circuit import Circuit, Patience
from adapters.pyav.sounds import PyAvSounds
from adapters.system.clock import SystemClock
from domain.errors import DomainError, EmbeddingFailed, EmbeddingRefused, ModelAnsweredBadly, ModelFailed, ModelRejected
from domain.meeting_errors import TranscriptionFailed
from entrypoints.settings import Settings


def circuit(
    settings: Any, vendor: str, seconds: providers.Provider[float], away: type[DomainError], *spared: type[DomainError]
) -> providers.Singleton[Circuit]:
    """A circuit before a vendor that is cut off after ``seconds``; ``away`` and ``spared`` as Circuit has them.

    ``settings`` provides the Settings of a container.
    """
    patience = providers.Singleton(
        Patience, seconds=seconds, failures=settings.provided.vendor_failures, rest=settings.provided.vendor_rest
    )
    return providers.Singleton(Circuit, vendor, patience, providers.Object(away), providers.Object(spared))


def _embedder(
    settings: Any,
    mock: providers.Provider[MockEmbedder],
    openai: providers.Provider[OpenAiEmbedder],
    vendor: str,
    seconds: providers.Provider[float],
) -> providers.Selector:
    """The embedder that is set; a vendor's has a circuit of its own, called so, and so many seconds."""
    way = circuit(settings, vendor, seconds, EmbeddingFailed, EmbeddingRefused)
    return providers.Selector(settings.provided.ai, mock=mock, openai=providers.Singleton(SteadyEmbedder, openai, way))


class Models(containers.DeclarativeContainer):
    """What both sets of adapters have in common of them."""

    settings = providers.Dependency(instance_of=Settings)

    clock = providers.Singleton(SystemClock)
    openai = providers.Singleton(
        OpenAiClient,
        settings.provided.openai_secret,
        settings.provided.openai_base_url,
        clock,
        providers.Singleton(
            ModelPatience,
            connect=settings.provided.model_connect,
            first=settings.provided.model_first,
            stall=settings.provided.model_stall,
            whole=settings.provided.model_whole,
            retries=settings.provided.model_retries,
        ),
    )
    whole_answers = circuit(
        settings,
        "the model that writes whole answers",
        settings.provided.model_longest,
        ModelFailed,
        ModelRejected,
        ModelAnsweredBadly,
    )
    model = providers.Selector(
        settings.provided.ai,
        mock=providers.Singleton(MockChatModel, clock, settings.provided.mock_pause),
        openai=providers.Singleton(
            SteadyChatModel,
            providers.Singleton(OpenAiChatModel, openai, settings.provided.chat_model),
            circuit(settings, "the model that answers", settings.provided.model_longest, ModelFailed, ModelRejected),
        ),
    )
    pulse_writer = providers.Selector(
        settings.provided.ai,
        mock=providers.Singleton(MockPulseWriter),
        openai=providers.Singleton(
            SteadyPulseWriter,
            providers.Singleton(OpenAiPulseWriter, openai, settings.provided.idea_model),
            whole_answers,
        ),
    )
    matter_finder = providers.Selector(
        settings.provided.ai,
        mock=providers.Singleton(MockMatterFinder),
        openai=providers.Singleton(
            SteadyMatterFinder,
            providers.Singleton(OpenAiMatterFinder, openai, settings.provided.idea_model),
            whole_answers,
        ),
    )
    summarizer = providers.Selector(
        settings.provided.ai,
        mock=providers.Singleton(MockSummarizer, clock, settings.provided.mock_pause),
        openai=providers.Singleton(
            SteadySummarizer,
            providers.Singleton(OpenAiSummarizer, openai, settings.provided.chat_model),
            whole_answers,
        ),
    )
    idea_model = providers.Selector(
        settings.provided.ai,
        mock=providers.Singleton(MockIdeas),
        openai=providers.Singleton(
            SteadyIdeas,
            providers.Singleton(OpenAiIdeas, openai, settings.provided.idea_model),
            whole_answers,
        ),
    )
    mock_embedder = providers.Singleton(MockEmbedder, settings.provided.embedding_dimensions)
    openai_embedder = providers.Singleton(
        OpenAiEmbedder, openai, settings.provided.embedding_model, settings.provided.embedding_dimensions
    )
    embedder = _embedder(
        settings,
        mock_embedder,
        openai_embedder,
        "the model that makes vectors of messages",
        settings.provided.model_longest,
    )
    query_embedder = _embedder(
        settings,
        mock_embedder,
        openai_embedder,
        "the model that makes vectors of what is looked for",
        settings.provided.query_seconds,
    )
    sounds = providers.Singleton(PyAvSounds, settings.provided.scratch)
    transcriber = providers.Selector(
        settings.provided.ai,
        mock=providers.Singleton(MockTranscriber),
        openai=providers.Singleton(
            SteadyTranscriber,
            providers.Singleton(
                OpenAiTranscriber, openai, settings.provided.transcribe_model, settings.provided.transcribe_seconds
            ),
            circuit(
                settings,
                "the model that writes down speech",
                settings.provided.transcribe_longest,
                TranscriptionFailed,
                RecordingNotTaken,
            ),
        ),
    )
