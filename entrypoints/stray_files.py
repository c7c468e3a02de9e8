"""What is in the storage of files though nothing refers to it, as an operator sees and removes it."""

from collections.abc import Sequence
from contextlib import AsyncExitStack

from entrypoints.container import Product


async def strays(product: Product, *, remove: bool) -> Sequence[str]:
    """The keys of all that the store knows nothing of; they are removed as well where that is asked for.

    Raises Unavailable.
    """
    database = product.adapters.database()
    async with AsyncExitStack() as stack:
        await database.open()
        stack.push_async_callback(database.close)
        found = await product.files().strays()
        if remove:
            await product.files().remove_strays(found)
    return found
