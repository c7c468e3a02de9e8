"""The vectors of what was said, as an operator sees them and has them made anew."""

from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import AsyncExitStack, asynccontextmanager

from application.embedding import Embedding
from entrypoints.container import Product

NO_VECTORS = "This PostgreSQL keeps no vectors: it lacks the extension `vector` (pgvector). Search goes by words alone."


async def status(product: Product) -> Sequence[str]:
    """How far the vectors are, a line each. Raises Unavailable."""
    async with _embedding(product) as embedding:
        progress = await embedding.progress()
    if progress is None:
        return [NO_VECTORS]
    model = product.meanings().model
    lines = [
        f"model     {model.name}, {model.dimensions} dimensions",
        f"messages  {progress.messages:,}",
        f"embedded  {progress.embedded:,}",
        f"waiting   {progress.waiting:,} changes",
    ]
    if progress.of_other_models:
        lines.append(f"outdated  {progress.of_other_models:,} vectors of other models, to be replaced")
    return lines


async def rebuild(product: Product, told: Callable[[int], None]) -> bool:
    """Make every vector anew; ``told`` hears how many changes are left, first of all. False where no vectors are kept.

    Raises EmbeddingFailed, Unavailable.
    """
    async with _embedding(product) as embedding:
        await embedding.restart()
        progress = await embedding.progress()
        if progress is not None:
            told(progress.waiting)
        return await embedding.drain(told)


@asynccontextmanager
async def _embedding(product: Product) -> AsyncIterator[Embedding]:
    adapters = product.adapters
    async with AsyncExitStack() as stack:
        await adapters.database().open()
        stack.push_async_callback(adapters.database().close)
        stack.push_async_callback(adapters.openai().close)
        yield product.embedding()
