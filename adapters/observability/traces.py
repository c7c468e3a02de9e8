"""Traces for an OpenTelemetry collector. Needs the extra ``otel``; imported only where a collector is named."""

import asyncio
from collections.abc import Mapping
from hashlib import blake2b
from time import monotonic_ns

from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
from opentelemetry.sdk.resources import Resource
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import BatchSpanProcessor
from opentelemetry.trace import NonRecordingSpan, SpanContext, StatusCode, TraceFlags, set_span_in_context

from application.correlation import current_question_id, current_request_id
from application.ports.clock import Clock

_GOODBYE_SECONDS = 5.0
_FAILED = frozenset({"failed", "500"})


class OtlpTraces:
    """Sends a span for each finished piece of work, in the background.

    The id of a trace is made of the id of the request that all goes back to. So what a worker does, perhaps much later
    and on another machine, is in the trace of the request that asked for it, and nothing more has to travel.
    """

    def __init__(self, endpoint: str, instance: str, clock: Clock) -> None:
        self._epoch = round(clock.now().timestamp() * 1e9) - monotonic_ns()
        resource = Resource.create({"service.name": "jarvis", "service.instance.id": instance})
        self._provider = TracerProvider(resource=resource, shutdown_on_exit=False)
        self._provider.add_span_processor(
            BatchSpanProcessor(OTLPSpanExporter(endpoint=f"{endpoint.rstrip('/')}/v1/traces"))
        )
        self._tracer = self._provider.get_tracer("jarvis")

    def finished(self, name: str, seconds: float, details: Mapping[str, str | int]) -> None:
        """A piece of work that has just ended after so many seconds; ``details`` quote no text."""
        ended = self._epoch + monotonic_ns()
        request_id, question_id = current_request_id(), current_question_id()
        attributes: dict[str, str | int] = {**details}
        context = None
        if request_id is not None:
            attributes["jarvis.request_id"] = request_id
            context = set_span_in_context(NonRecordingSpan(_root(request_id)))
        if question_id is not None:
            attributes["jarvis.question_id"] = question_id
        started = ended - round(seconds * 1e9)
        span = self._tracer.start_span(name, context, attributes=attributes, start_time=started)
        if not _FAILED.isdisjoint(map(str, details.values())):
            span.set_status(StatusCode.ERROR)
        span.end(ended)

    async def stop(self) -> None:
        """Send what waits, though not for long."""
        await asyncio.to_thread(self._provider.force_flush, round(_GOODBYE_SECONDS * 1000))
        await asyncio.to_thread(self._provider.shutdown)


def _root(request_id: str) -> SpanContext:
    digest = blake2b(request_id.encode(), digest_size=24).digest()
    trace_id, span_id = int.from_bytes(digest[:16]), int.from_bytes(digest[16:])
    return SpanContext(trace_id or 1, span_id or 1, is_remote=True, trace_flags=TraceFlags(TraceFlags.SAMPLED))
