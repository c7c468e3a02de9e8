"""Waiting for what nobody here is told of: what another process does, or what a store forgets by itself."""

import asyncio
from collections.abc import Awaitable, Callable
from inspect import isawaitable
from typing import Any, TypeVar, overload

PATIENCE = 40
"""Seconds after which it is given up: processes may have to start first."""

_PAUSE = 0.02

T = TypeVar("T")


@overload
async def until(look: Callable[[], Awaitable[T]]) -> T: ...


@overload
async def until(look: Callable[[], object]) -> object: ...


async def until(look: Callable[[], Any]) -> Any:
    """Look now and then until there is something to see; answers what that is.

    What says by itself that it has changed is to be waited for, not looked at.
    """
    async with asyncio.timeout(PATIENCE):
        while True:
            looked = look()
            seen = await looked if isawaitable(looked) else looked
            if seen:
                return seen
            await asyncio.sleep(_PAUSE)
