"""Administrators, as an operator makes them."""

from contextlib import AsyncExitStack

from application.administration import ResetLink
from entrypoints.container import Product


async def appointed(product: Product, email: str) -> ResetLink:
    """The link for the password of who is an administrator now. Raises InvalidInput, NotFound, Unavailable."""
    database = product.adapters.database()
    async with AsyncExitStack() as stack:
        await database.open()
        stack.push_async_callback(database.close)
        return await product.doors().administration.appoint(email)
