"""The server: everything that runs in one process, from the first connection to the last."""

import asyncio
import gc
import logging
import os
import signal
import sys
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from ipaddress import ip_address
from math import ceil

import uvloop
from aiohttp import web

from application.cancelling import cancelled
from entrypoints import scheduler, sight
from entrypoints.container import HttpRunner, Product, observe_requests
from entrypoints.following import following
from entrypoints.lifetime import opened
from entrypoints.settings import Settings

_log = logging.getLogger(__name__)

_REQUESTS_END_WITHIN = 3.0
_LOOK_AROUND_SECONDS = 2.0
_KILLED = 130


class CannotListen(Exception):
    """The address that connections are to come in at cannot be had."""

    def __init__(self, host: str, port: int, error: OSError) -> None:
        reason = os.strerror(error.errno) if error.errno and error.errno > 0 else error.strerror
        super().__init__(f"cannot listen on {host} port {port}: {reason}")


@asynccontextmanager
async def working(product: Product) -> AsyncIterator[None]:
    """Open what the product stands on, and close it again: the store, the way into the log.

    Where it has no Redis to share with workers and a scheduler, it does their work as well.
    """
    alone = product.settings().shared_by == "memory"
    async with AsyncExitStack() as stack:
        await stack.enter_async_context(opened(product))
        await stack.enter_async_context(sight.watching(product, reports_questions=alone, serves=True))
        if alone:
            jobs = product.adapters.jobs()
            jobs.bind(product.observed_lanes().work)
            await jobs.start()
            stack.push_async_callback(jobs.stop)
            await stack.enter_async_context(scheduler.doing(product, _always))
            await stack.enter_async_context(following(product))
        stack.push_async_callback(product.adapters.hasher().close)
        await _open_first_door(product)
        yield


async def _open_first_door(product: Product) -> None:
    """The one secret that is shown in the log, to whoever has started an installation in which there is nobody yet."""
    link = await product.doors().administration.open_first_door()
    if link is not None:
        _log.warning("nobody has an account yet; who opens this link becomes the administrator, once: %s", link)


@asynccontextmanager
async def serving(product: Product, *, together: bool = False) -> AsyncIterator[int]:
    """Take connections, and answer the port; at the end take no more, finish what was accepted, close with 1001.

    Where servers stand ``together``, each takes a share of what comes to the port.
    """
    settings = product.settings()
    app = product.app()
    app.router.add_get("/ws", product.endpoint().handle)
    app.router.add_get("/metrics", product.show_metrics())
    app.middlewares.insert(0, observe_requests(product.adapters.metrics()))
    hub = product.hub()
    sight.read_server(product)
    runner = HttpRunner(app, product.adapters.ids(), shutdown_timeout=_REQUESTS_END_WITHIN)
    await runner.setup()
    looking_around = asyncio.create_task(product.presence().keep_watch(_LOOK_AROUND_SECONDS))
    watching = asyncio.create_task(
        hub.keep_watch(
            compare_seconds=settings.compare,
            look_seconds=settings.look,
            heartbeat_turns=ceil(settings.heartbeat / settings.look),
        )
    )
    calling = asyncio.create_task(product.calls().keep_watch())
    try:
        site = web.TCPSite(runner, settings.host, settings.port, backlog=1024, reuse_port=together or None)
        try:
            await site.start()
        except OSError as error:
            raise CannotListen(settings.host, settings.port, error) from error
        yield site.port
        await site.stop()
        await hub.close(settings.drain)
    finally:
        await cancelled(looking_around)
        await cancelled(watching)
        await cancelled(calling)
        await runner.cleanup()
        await product.calls().settled()


def run(
    product: Product,
    ready: Callable[[int], None],
    first: Callable[[Product], Awaitable[object]] | None = None,
    *,
    together: bool = False,
) -> None:
    """Serve until a signal says stop; a second signal ends at once.

    From the signal on it is not ready. It goes on for ``settings.drain_notice`` seconds, closes its sockets over
    ``settings.drain`` and has ``settings.stop`` for the rest; then it ends as it is.

    ``first`` runs before connections are taken; ``ready`` is called with the port when they are. One of several servers
    that stand ``together`` shares its port with the others, and stops when its standard input ends.
    """
    uvloop.run(_run(product, ready, first, together=together))


async def _run(
    product: Product,
    ready: Callable[[int], None],
    first: Callable[[Product], Awaitable[object]] | None,
    *,
    together: bool,
) -> None:
    stop = asyncio.Event()

    def asked_to_stop() -> None:
        if stop.is_set():
            os._exit(_KILLED)
        stop.set()

    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, asked_to_stop)
    if together:
        loop.add_reader(sys.stdin, _stop_at_the_end_of_input, loop, stop)
    deadline: asyncio.TimerHandle | None = None
    async with working(product), AsyncExitStack() as stack:
        if first is not None:
            await first(product)
        port = await stack.enter_async_context(serving(product, together=together))
        _settle_memory()
        ready(port)
        await stop.wait()
        _log.info("stopping")
        settings = product.settings()
        deadline = loop.call_later(settings.stop_within, os._exit, 1)
        product.health().drain()
        await product.adapters.clock().sleep(settings.drain_notice)
    deadline.cancel()


def _stop_at_the_end_of_input(loop: asyncio.AbstractEventLoop, stop: asyncio.Event) -> None:
    if not os.read(sys.stdin.fileno(), 4096):
        loop.remove_reader(sys.stdin)
        stop.set()


def _settle_memory() -> None:
    """What is there after the start stays: let the collector look only at what comes, and not at every turn."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(10_000, 20, 50)


async def _always() -> bool:
    return True


def address(settings: Settings, port: int) -> str:
    """Where a browser finds the server; one on this machine where it listens to all or to this machine alone."""
    try:
        ip = ip_address(settings.host)
    except ValueError:
        return f"http://{settings.host}:{port}"
    if ip.is_unspecified or ip.is_loopback:
        return f"http://localhost:{port}"
    return f"http://[{ip}]:{port}" if ip.version == 6 else f"http://{ip}:{port}"
