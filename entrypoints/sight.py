"""What can be seen of a process while it works: metrics, alarms, outages."""

import asyncio
import logging
import shutil
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path
from typing import Protocol, runtime_checkable

from application.cancelling import cancelled
from entrypoints.container import Product, on_loop_failure, open_traces


@runtime_checkable
class _BusBetweenServers(Protocol):
    @property
    def is_up(self) -> bool: ...
    @property
    def lag(self) -> float: ...
    @property
    def waiting(self) -> int: ...
    @property
    def dropped(self) -> int: ...


@asynccontextmanager
async def watching(product: Product, *, reports_questions: bool, serves: bool = False) -> AsyncIterator[None]:
    """Measure what the process stands on, and sound an alarm for what is logged as an error, for the block's length.

    What the product stands on must be open. ``reports_questions`` in the one process of an installation that reports
    questions which were set aside; ``serves`` where ``PORT`` answers for health and metrics.
    """
    settings, alarms, questions = product.settings(), product.adapters.alarms(), product.questions()
    _read_store(product)
    _read_disk(product, settings.data)
    product.adapters.metrics().before_reading(questions.look)
    asyncio.get_running_loop().set_exception_handler(on_loop_failure)
    handler = product.alarm_handler()
    async with AsyncExitStack() as stack:
        await alarms.start()
        stack.push_async_callback(alarms.stop)
        logging.getLogger().addHandler(handler)
        stack.callback(logging.getLogger().removeHandler, handler)
        if settings.otlp_endpoint is not None:
            traces = open_traces(settings.otlp_endpoint, product.adapters.clock())
            product.adapters.metrics().finished = traces.finished
            stack.push_async_callback(traces.stop)
        tasks = [asyncio.create_task(product.outages().run())]
        if reports_questions:
            tasks.append(asyncio.create_task(questions.run()))
        for task in tasks:
            stack.push_async_callback(cancelled, task)
        if settings.metrics_port is not None and not (serves and settings.metrics_port == settings.port):
            await stack.enter_async_context(product.sight().open(settings.host, settings.metrics_port))
        yield


def read_server(product: Product) -> None:
    """From now on the metrics tell of this process's sockets."""
    metrics, hub, health = product.adapters.metrics(), product.hub(), product.health()
    metrics.reads("jarvis_open_sockets", lambda: len(hub.connections))
    metrics.reads("jarvis_heard_rooms", lambda: hub.heard_rooms)
    metrics.reads("jarvis_socket_refusals_total", lambda: dict(hub.tally.refused))
    metrics.reads("jarvis_gap_repairs_total", lambda: hub.tally.gaps_filled)
    metrics.reads("jarvis_shed_readers_total", lambda: hub.tally.readers_shed)
    metrics.reads("jarvis_draining", lambda: health.draining)
    bus = product.adapters.bus()
    if isinstance(bus, _BusBetweenServers):
        metrics.reads("jarvis_bus_up", lambda: bus.is_up)
        metrics.reads("jarvis_bus_lag_seconds", lambda: bus.lag)
        metrics.reads("jarvis_bus_waiting", lambda: bus.waiting)
        metrics.reads("jarvis_bus_dropped_total", lambda: bus.dropped)


def _read_store(product: Product) -> None:
    metrics, questions, outages = product.adapters.metrics(), product.questions(), product.outages()
    metrics.reads("jarvis_questions_waiting", lambda: questions.waiting)
    metrics.reads("jarvis_questions_set_aside", lambda: questions.set_aside)
    metrics.reads("jarvis_oldest_question_seconds", lambda: questions.oldest_seconds)
    metrics.reads("jarvis_service_up", lambda: {name: float(well) for name, well in outages.parts.items()})
    stats = product.adapters.pool_stats

    def connections() -> dict[str, float]:
        found = stats()
        idle = found.get("pool_available", 0)
        return {"idle": idle, "used": found.get("pool_size", 0) - idle}

    metrics.reads("jarvis_database_connections", connections)
    metrics.reads("jarvis_database_waiting", lambda: stats().get("requests_waiting", 0))
    metrics.reads("jarvis_database_waits_total", lambda: stats().get("requests_queued", 0))
    metrics.reads("jarvis_database_errors_total", lambda: stats().get("requests_errors", 0))


def _read_disk(product: Product, data: Path) -> None:
    def usage() -> tuple[int, int]:
        # The folder itself may not be there yet.
        folder = next(path for path in (data, *data.absolute().parents) if path.is_dir())
        disk = shutil.disk_usage(folder)
        return disk.free, disk.total

    metrics = product.adapters.metrics()
    metrics.reads("jarvis_data_free_bytes", lambda: usage()[0])
    metrics.reads("jarvis_data_size_bytes", lambda: usage()[1])
