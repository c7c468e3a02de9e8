"""Ending tasks for good."""

import asyncio
from typing import Any

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
