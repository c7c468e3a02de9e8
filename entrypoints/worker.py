"""A worker: answers the questions and does the jobs that servers ring for, and follows the rooms' logs."""

from collections.abc import Callable
from contextlib import AsyncExitStack

import uvloop

from entrypoints import sight
from entrypoints.container import Product
from entrypoints.following import following
from entrypoints.lifetime import opened, told_to_stop


def run(product: Product, ready: Callable[[], None]) -> None:
    """Answer until a signal says stop; then hand back what is being answered, within ``settings.stop`` seconds.

    A second signal ends at once. ``ready`` is called when the worker is up.
    """
    uvloop.run(_run(product, ready))


async def _run(product: Product, ready: Callable[[], None]) -> None:
    async with AsyncExitStack() as stack:
        stop = await stack.enter_async_context(told_to_stop(product))
        await stack.enter_async_context(opened(product))
        await stack.enter_async_context(sight.watching(product, reports_questions=False))
        await stack.enter_async_context(following(product))
        ready()
        await product.worker().run(stop)
