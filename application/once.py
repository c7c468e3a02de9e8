"""Making a thing once that many ask for at the same time."""

import asyncio
from collections.abc import Awaitable, Callable
from functools import partial
from typing import Generic, TypeVar

T = TypeVar("T")


class Once(Generic[T]):
    """Who asks for a key that is being made waits for it with the others; who stops waiting stops nobody else."""

    def __init__(self) -> None:
        self._making: dict[str, asyncio.Task[T]] = {}

    async def get(self, key: str, make: Callable[[], Awaitable[T]]) -> T:
        """What ``make`` answers, or raises."""
        making = self._making.get(key)
        if making is None:
            making = self._making[key] = asyncio.ensure_future(_made(make))
            making.add_done_callback(partial(self._forget, key))
        return await asyncio.shield(making)

    def _forget(self, key: str, made: "asyncio.Task[T]") -> None:
        del self._making[key]
        if not made.cancelled():
            made.exception()  # nobody may be left to be told


async def _made(make: Callable[[], Awaitable[T]]) -> T:
    return await make()
