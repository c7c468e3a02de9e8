"""What is said is taken into the memory of the rooms, while a worker does its other work."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress

from entrypoints.container import Product


@asynccontextmanager
async def remembering(product: Product) -> AsyncIterator[None]:
    """Keep the text index up to date for the length of the block, beside any other processes that do."""
    tasks = [asyncio.create_task(product.text_indexing().run())]
    try:
        yield
    finally:
        for task in tasks:
            task.cancel()
            with suppress(asyncio.CancelledError):
                await task
