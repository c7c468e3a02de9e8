"""From the opening of what a process stands on to its end in order."""

import asyncio
import logging
import os
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager

from entrypoints.container import Product
from entrypoints.supervision import stop_asked_for

_log = logging.getLogger(__name__)

_KILLED = 130


@asynccontextmanager
async def told_to_stop(product: Product) -> AsyncIterator[asyncio.Event]:
    """An event that is set by the first SIGTERM or SIGINT. From then on the process is not ready and the block has
    ``settings.stop`` seconds; a second signal ends the process at once."""
    async with stop_asked_for(lambda: os._exit(_KILLED)) as asked:
        hurrying = asyncio.create_task(_hurry(product, asked))
        try:
            yield asked
        finally:
            hurrying.cancel()


@asynccontextmanager
async def opened(product: Product) -> AsyncIterator[None]:
    """Open what the product stands on, and close it again."""
    adapters = product.adapters
    async with AsyncExitStack() as stack:
        for start, end in zip(adapters.starts(), adapters.ends(), strict=True):
            await start()
            stack.push_async_callback(end)
        yield


async def _hurry(product: Product, asked: asyncio.Event) -> None:
    await asked.wait()
    _log.info("stopping")
    product.health().drain()
    await asyncio.sleep(product.settings().stop)
    os._exit(1)
