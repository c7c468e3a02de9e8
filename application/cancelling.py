"""Ending tasks for good."""

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import suppress
from typing import Any, TypeVar

from application.ports.clock import Clock
from application.ports.unit_of_work import UnitOfWork, Work
from domain.errors import AnswerCancelled, Unavailable

T = TypeVar("T")

_AGAIN = 2.0
_LOOK_EVERY = 0.5


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


async def until_cancelled(work: Work, clock: Clock, is_cancelled: Callable[[UnitOfWork], Awaitable[bool]]) -> None:
    """Look twice a second whether somebody has said stop. Raises AnswerCancelled then; a store that is away is none."""
    while True:
        with suppress(Unavailable):
            async with work() as unit:
                if await is_cancelled(unit):
                    raise AnswerCancelled
        await clock.sleep(_LOOK_EVERY)


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
