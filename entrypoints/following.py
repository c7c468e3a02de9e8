"""What keeps up with the logs of rooms, while a worker does its other work."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from application.cancelling import cancelled
from entrypoints.container import Product


@asynccontextmanager
async def following(product: Product) -> AsyncIterator[None]:
    """Keep the text index and the vectors up to date, translate rooms for those who have asked for it, and tell hooks
    what is new, for the length of the block, beside other processes that do. Where that is set to off it is left to
    them."""
    if product.settings().remembering == "off":
        yield
        return
    indexing, embedding, metrics = product.text_indexing(), product.embedding(), product.adapters.metrics()
    metrics.reads("jarvis_unindexed_events", lambda: indexing.waiting)
    metrics.reads("jarvis_unembedded_events", lambda: embedding.waiting)
    tasks = [
        asyncio.create_task(run())
        for run in (indexing.run, embedding.run, product.room_translating().run, product.hook_delivery().run)
    ]
    try:
        yield
    finally:
        await cancelled(*tasks)
