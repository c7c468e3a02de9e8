"""Holding what one works on, so that nobody else does it at the same time."""

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import suppress
from datetime import datetime, timedelta
from typing import Any, TypeVar

from application.cancelling import cancelled
from application.ports.clock import Clock
from domain.errors import Unavailable

T = TypeVar("T")


async def keeping(
    lease: timedelta,
    clock: Clock,
    extend: Callable[[datetime], Awaitable[bool]],
    work: Awaitable[T],
    *,
    watch: Awaitable[None] | None = None,
) -> T | None:
    """Do the work, and extend the lease on it all the while; None where the lease is lost first, and the work then
    cancelled.

    ``extend`` is called every third of a lease with the time until which to hold; it answers whether it is held still.
    A store that is away may be back in time: the number of the attempt decides in the end. ``watch`` raises what is to
    end the work.
    """
    working = asyncio.ensure_future(work)
    others: list[asyncio.Future[Any]] = [asyncio.ensure_future(_hold(lease, clock, extend))]
    if watch is not None:
        others.append(asyncio.ensure_future(watch))
    try:
        await asyncio.wait((working, *others), return_when=asyncio.FIRST_COMPLETED)
        if working.done():
            return await working
        for task in others:
            if task.done():
                await task
        return None
    finally:
        await cancelled(working, *others)


async def _hold(lease: timedelta, clock: Clock, extend: Callable[[datetime], Awaitable[bool]]) -> None:
    held = True
    while held:
        await clock.sleep(lease.total_seconds() / 3)
        with suppress(Unavailable):
            held = await extend(clock.now() + lease)
