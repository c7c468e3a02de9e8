"""Ending tasks for good."""

import asyncio
from collections.abc import Awaitable
from typing import Any, TypeVar

T = TypeVar("T")

_AGAIN = 2.0


async def cancelled(*tasks: "asyncio.Future[Any]") -> None:
    """Cancel tasks and wait until all have ended, whatever they end with.

    A task may lose a cancellation that comes just as what it waits for in a library is done: it is cancelled again,
    since else whoever waits for it would wait for ever.
    """
    running = {task for task in tasks if not task.done()}
    while running:
        for task in running:
            task.cancel()
        _, running = await asyncio.wait(running, timeout=_AGAIN)
    for task in tasks:
        if not task.cancelled():
            task.exception()


async def unless(watch: Awaitable[None], work: Awaitable[T]) -> T:
    """Do the work, and cancel it where ``watch`` raises meanwhile; that is raised then."""
    working, watching = asyncio.ensure_future(work), asyncio.ensure_future(watch)
    try:
        await asyncio.wait((working, watching), return_when=asyncio.FIRST_COMPLETED)
        if not working.done():
            await watching
        return await working
    finally:
        await cancelled(working, watching)
