"""What is measured, and how Prometheus reads it.

What happens often is counted where it happens, in a plain number, and read from there when somebody asks (``reads``);
what has a distribution is observed once a batch, a flush, a request or an answer.
"""

from collections.abc import Awaitable, Callable, Iterable, Mapping

from prometheus_client import (
    CollectorRegistry,
    Counter,
    GCCollector,
    Histogram,
    ProcessCollector,
    disable_created_metrics,
    generate_latest,
)
from prometheus_client.metrics_core import CounterMetricFamily, GaugeMetricFamily, Metric
from prometheus_client.registry import Collector

from adapters.observability.readings import READINGS, Reading

CONTENT_TYPE = "text/plain; version=0.0.4; charset=utf-8"

disable_created_metrics()  # type: ignore[no-untyped-call] # when each series began: as many again, and of no use

Read = Callable[[], float | Mapping[str, float]]
"""Answers a number, or numbers by the value of the reading's label."""

Finished = Callable[[str, float, Mapping[str, str | int]], None]
"""Takes the name of a piece of work that has ended, the seconds it took, and details that quote no text."""

_SHORT = (0.0001, 0.00025, 0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0)
_REQUEST = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0)
_ANSWER = (0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 20.0, 30.0, 60.0, 120.0, 300.0)
_SIZES = (1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 1024)


class Metrics:
    """All that one process measures. Its parts are called from one event loop."""

    def __init__(self) -> None:
        self.registry = registry = CollectorRegistry(auto_describe=True)
        self.http_seconds = Histogram(
            "jarvis_http_request_seconds", "From the head of a request to the end of its answer.", ("method", "route"),
            buckets=_REQUEST, registry=registry,
        )  # fmt: skip
        self.http_requests = Counter(
            "jarvis_http_requests", "Requests that were answered.", ("method", "route", "status"), registry=registry
        )
        self.batch_messages = Histogram(
            "jarvis_batch_messages", "Messages kept by one commit; their sum is all that were accepted.",
            buckets=_SIZES, registry=registry,
        )  # fmt: skip
        self.batch_seconds = Histogram(
            "jarvis_batch_seconds", "How long a statement of the message log took, its commit included.",
            buckets=_SHORT, registry=registry,
        )  # fmt: skip
        self.fan_out_seconds = Histogram(
            "jarvis_fan_out_seconds", "From a room's first waiting event until it was written to its sockets, by room.",
            buckets=_SHORT, registry=registry,
        )  # fmt: skip
        self.job_seconds = Histogram(
            "jarvis_job_seconds", "How long a lane was worked on, by what was done there.", ("kind", "outcome"),
            buckets=_ANSWER, registry=registry,
        )  # fmt: skip
        self.model_first_seconds = Histogram(
            "jarvis_model_first_chunk_seconds", "From asking the model to its first words.",
            buckets=_ANSWER, registry=registry,
        )  # fmt: skip
        self.model_seconds = Histogram(
            "jarvis_model_seconds", "How long the model took for a whole answer.", ("outcome",),
            buckets=_ANSWER, registry=registry,
        )  # fmt: skip
        self.model_tokens = Counter(
            "jarvis_model_tokens",
            "Tokens that the model took in and gave out.",
            ("model", "direction"),
            registry=registry,
        )
        self.log_lines = Counter(
            "jarvis_log_lines", "Warnings and errors that were logged.", ("level",), registry=registry
        )
        self.alarms = Counter("jarvis_alarms", "Alarms: sent, failed, or held back.", ("fate",), registry=registry)
        for level in ("warning", "error"):
            self.log_lines.labels(level)
        for fate in ("sent", "failed", "held_back"):
            self.alarms.labels(fate)
        self.finished: Finished | None = None
        """Is told of everything that has a duration, for traces."""
        self._readings = _Readings()
        self._before: list[Callable[[], Awaitable[None]]] = []
        registry.register(self._readings)
        ProcessCollector(registry=registry)
        GCCollector(registry=registry)

    def reads(self, name: str, read: Read) -> None:
        """From now on ask ``read`` for the reading of this name; it must be one of READINGS."""
        self._readings.bind(name, read)

    def before_reading(self, look: Callable[[], Awaitable[None]]) -> None:
        """Await this each time before the metrics are shown. It must not raise, nor take long."""
        self._before.append(look)

    async def show(self) -> bytes:
        """Everything as it stands now, in Prometheus's text format."""
        for look in self._before:
            await look()
        return generate_latest(self.registry)

    def batch_kept(self, messages: int, seconds: float) -> None:
        """A statement of the message log has kept so many messages."""
        self.batch_messages.observe(messages)
        self.batch_seconds.observe(seconds)
        if self.finished is not None:
            self.finished("message batch", seconds, {"jarvis.messages": messages})

    def fanned_out(self, seconds: float) -> None:
        """What a room had waiting is written."""
        self.fan_out_seconds.observe(seconds)

    def request_answered(self, method: str, route: str, status: int, seconds: float) -> None:
        """A request was answered; ``route`` is the pattern of the address, never the address."""
        self.http_seconds.labels(method, route).observe(seconds)
        self.http_requests.labels(method, route, str(status)).inc()
        if self.finished is not None:
            details: dict[str, str | int] = {
                "http.request.method": method,
                "http.route": route,
                "http.response.status_code": status,
            }
            self.finished(f"{method} {route}", seconds, details)

    def job_ended(self, kind: str, outcome: str, seconds: float) -> None:
        """A lane was worked on: of questions (kind ``answer``), or of jobs."""
        self.job_seconds.labels(kind, outcome).observe(seconds)
        if self.finished is not None:
            self.finished(kind, seconds, {"jarvis.outcome": outcome})

    def model_took(self, model: str, tokens_in: int, tokens_out: int) -> None:
        """A turn of the model was charged with so many tokens."""
        self.model_tokens.labels(model, "in").inc(tokens_in)
        self.model_tokens.labels(model, "out").inc(tokens_out)

    def model_ended(self, outcome: str, seconds: float) -> None:
        """The model has said all that it had to say, or broke off."""
        self.model_seconds.labels(outcome).observe(seconds)
        if self.finished is not None:
            self.finished("model", seconds, {"jarvis.outcome": outcome})


class _Readings(Collector):
    def __init__(self) -> None:
        self._known = {reading.name: reading for reading in READINGS}
        self._reads: dict[str, Read] = {}

    def bind(self, name: str, read: Read) -> None:
        if name not in self._known:
            raise ValueError(f"there is no reading of the name {name}")
        self._reads[name] = read

    def describe(self) -> Iterable[Metric]:
        return [_family(reading) for reading in READINGS]

    def collect(self) -> Iterable[Metric]:
        for reading in READINGS:
            family = _family(reading)
            read = self._reads.get(reading.name)
            if read is not None:
                found = read()
                for label, value in found.items() if isinstance(found, Mapping) else ((None, found),):
                    family.add_metric([] if label is None else [label], value)
            yield family


def _family(reading: Reading) -> CounterMetricFamily | GaugeMetricFamily:
    labels = [] if reading.label is None else [reading.label]
    family = CounterMetricFamily if reading.name.endswith("_total") else GaugeMetricFamily
    return family(reading.name, reading.meaning, labels=labels)
