"""Spans as a collector gets them."""

import gzip
from collections.abc import AsyncIterator

import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest
from opentelemetry.proto.trace.v1.trace_pb2 import Span, Status

from adapters.observability.metrics import Metrics
from adapters.observability.traces import OtlpTraces
from application.correlation import bound_request_id
from tests.builders import FakeClock


class Collector:
    def __init__(self) -> None:
        self.spans: list[Span] = []
        self.url = ""

    async def take(self, request: web.Request) -> web.Response:
        body = await request.read()
        if body[:2] == b"\x1f\x8b":
            body = gzip.decompress(body)
        exported = ExportTraceServiceRequest.FromString(body)
        for resource in exported.resource_spans:
            names = {found.key: found.value.string_value for found in resource.resource.attributes}
            assert (names["service.name"], names["service.instance.id"]) == ("jarvis", "here")
            for scope in resource.scope_spans:
                self.spans += scope.spans
        return web.Response()


@pytest.fixture
async def collector() -> AsyncIterator[Collector]:
    collector_ = Collector()
    app = web.Application()
    app.router.add_post("/v1/traces", collector_.take)
    async with TestServer(app, host="127.0.0.1") as server:
        collector_.url = str(server.make_url("/"))
        yield collector_


def attributes(span: Span) -> dict[str, str | int]:
    return {found.key: found.value.string_value or found.value.int_value for found in span.attributes}


async def test_what_goes_back_to_one_request_is_one_trace(collector: Collector) -> None:
    server, worker = OtlpTraces(collector.url, "here", FakeClock()), OtlpTraces(collector.url, "here", FakeClock())
    with bound_request_id("trace-me"):
        server.finished("POST /rooms", 0.25, {"http.route": "/rooms", "http.response.status_code": 200})
        worker.finished("answer", 1.5, {"jarvis.outcome": "failed"})
    with bound_request_id("another"):
        server.finished("GET /rooms", 0.001, {})
    server.finished("message batch", 0.002, {"jarvis.messages": 7})
    await server.stop()
    await worker.stop()
    spans = {span.name: span for span in collector.spans}
    asked, answered = spans["POST /rooms"], spans["answer"]
    assert asked.trace_id == answered.trace_id
    assert len({span.trace_id for span in collector.spans}) == 3
    assert attributes(asked) == {
        "http.route": "/rooms",
        "http.response.status_code": 200,
        "jarvis.request_id": "trace-me",
    }
    assert attributes(spans["message batch"]) == {"jarvis.messages": 7}
    assert asked.end_time_unix_nano - asked.start_time_unix_nano == 250_000_000
    assert answered.status.code == Status.STATUS_CODE_ERROR
    assert asked.status.code == Status.STATUS_CODE_UNSET


async def test_everything_that_is_timed_becomes_a_span() -> None:
    metrics, told = Metrics(), []
    metrics.finished = lambda name, seconds, details: told.append((name, seconds, dict(details)))
    metrics.batch_kept(3, 0.002)
    metrics.request_answered("GET", "/rooms/{id}", 404, 0.1)
    metrics.job_ended("answer", "done", 2.0)
    metrics.model_ended("broken_off", 1.0)
    assert told == [
        ("message batch", 0.002, {"jarvis.messages": 3}),
        (
            "GET /rooms/{id}",
            0.1,
            {"http.request.method": "GET", "http.route": "/rooms/{id}", "http.response.status_code": 404},
        ),
        ("answer", 2.0, {"jarvis.outcome": "done"}),
        ("model", 1.0, {"jarvis.outcome": "broken_off"}),
    ]


async def test_a_collector_that_is_away_holds_nothing_up(collector: Collector) -> None:
    traces = OtlpTraces("http://127.0.0.1:9", "here", FakeClock())
    traces.finished("answer", 1.0, {})
    await traces.stop()
