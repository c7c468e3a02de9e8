"""The server: everything that runs in one process, from the first connection to the last."""

import asyncio
import gc
import logging
import os
import signal
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack, asynccontextmanager, suppress
from ipaddress import ip_address
from math import ceil

import uvloop
from aiohttp import web

from domain.errors import DomainError
from entrypoints.container import Product
from entrypoints.settings import Settings

_log = logging.getLogger(__name__)

_REQUESTS_END_WITHIN = 3.0
_KILLED = 130


class CannotListen(Exception):
    """The address that connections are to come in at cannot be had."""

    def __init__(self, host: str, port: int, error: OSError) -> None:
        reason = os.strerror(error.errno) if error.errno and error.errno > 0 else error.strerror
        super().__init__(f"cannot listen on {host} port {port}: {reason}")


@asynccontextmanager
async def working(product: Product) -> AsyncIterator[None]:
    """Open what the product stands on, and close it again: the store, the way into the log, the answering."""
    adapters, settings = product.adapters, product.settings()
    async with AsyncExitStack() as stack:
        for start, end in zip(adapters.starts(), adapters.ends(), strict=True):
            await start()
            stack.push_async_callback(end)
        jobs = adapters.jobs()
        jobs.bind(product.answering().answer)
        await jobs.start()
        stack.push_async_callback(jobs.stop)
        sweeping = asyncio.create_task(_again_and_again(settings.sweep, product.answering().sweep))
        stack.push_async_callback(_cancel, sweeping)
        yield


@asynccontextmanager
async def serving(product: Product) -> AsyncIterator[int]:
    """Take connections, and answer the port; at the end take no more, finish what was accepted, close with 1001."""
    settings = product.settings()
    app = product.app()
    app.router.add_get("/ws", product.endpoint().handle)
    hub = product.hub()
    runner = web.AppRunner(app, access_log=None, handle_signals=False, shutdown_timeout=_REQUESTS_END_WITHIN)
    await runner.setup()
    watching = asyncio.create_task(
        hub.keep_watch(
            compare_seconds=settings.compare,
            look_seconds=settings.look,
            heartbeat_turns=ceil(settings.heartbeat / settings.look),
        )
    )
    try:
        site = web.TCPSite(runner, settings.host, settings.port, backlog=1024)
        try:
            await site.start()
        except OSError as error:
            raise CannotListen(settings.host, settings.port, error) from error
        yield site.port
        await site.stop()
        await hub.close()
    finally:
        await _cancel(watching)
        await runner.cleanup()


def run(
    product: Product,
    ready: Callable[[int], None],
    first: Callable[[Product], Awaitable[object]] | None = None,
) -> None:
    """Serve until a signal says stop, which takes at most ``settings.stop`` seconds; a second signal ends at once.

    ``first`` runs before connections are taken; ``ready`` is called with the port when they are.
    """
    uvloop.run(_run(product, ready, first))


async def _run(
    product: Product,
    ready: Callable[[int], None],
    first: Callable[[Product], Awaitable[object]] | None,
) -> None:
    stop = asyncio.Event()

    def asked_to_stop() -> None:
        if stop.is_set():
            os._exit(_KILLED)
        stop.set()

    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, asked_to_stop)
    deadline: asyncio.TimerHandle | None = None
    async with working(product), AsyncExitStack() as stack:
        if first is not None:
            await first(product)
        port = await stack.enter_async_context(serving(product))
        _settle_memory()
        ready(port)
        await stop.wait()
        _log.info("stopping")
        deadline = loop.call_later(product.settings().stop, os._exit, 1)
    deadline.cancel()


def _settle_memory() -> None:
    """What is there after the start stays: let the collector look only at what comes, and not at every turn."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(50_000, 20, 50)


async def _again_and_again(seconds: float, action: Callable[[], Awaitable[None]]) -> None:
    while True:
        try:
            await action()
        except DomainError as error:
            _log.warning("the questions that wait could not be looked up: %s", error.code)
        await asyncio.sleep(seconds)


async def _cancel(task: "asyncio.Task[None]") -> None:
    task.cancel()
    with suppress(asyncio.CancelledError):
        await task


def address(settings: Settings, port: int) -> str:
    """Where a browser finds the server; one on this machine where it listens to all or to this machine alone."""
    try:
        ip = ip_address(settings.host)
    except ValueError:
        return f"http://{settings.host}:{port}"
    if ip.is_unspecified or ip.is_loopback:
        return f"http://localhost:{port}"
    return f"http://[{ip}]:{port}" if ip.version == 6 else f"http://{ip}:{port}"
