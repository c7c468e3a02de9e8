"""Talk of any length, in portions that a model takes at once."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import TypeVar

from application.cancelling import cancelled
from application.ports.chat_model import Said
from application.progress import read
from application.tokens import AROUND_A_MESSAGE, bytes_of, tokens_of
from domain.text import in_pieces

T = TypeVar("T")
R = TypeVar("R")


@dataclass(frozen=True, slots=True)
class Portions:
    """How much talk a model is given at once, in ``tokens``, and how many parts at the same time."""

    tokens: int = 6000
    at_once: int = 4


async def in_parts(said: AsyncIterator[Said], tokens: int) -> AsyncIterator[list[Said]]:
    """Stretches that fit, of what was said, given newest first: the newest first, each oldest first.

    Nothing is left out for want of room: a message that is too long for one part is told in several.
    """
    part: list[Said] = []
    size = 0
    async for one in said:
        for piece in reversed(list(_pieces(one, tokens))):
            cost = tokens_of(piece.text) + AROUND_A_MESSAGE
            if part and size + cost > tokens:
                yield part[::-1]
                part, size = [], 0
            part.append(piece)
            size += cost
    if part:
        yield part[::-1]


async def of_each(parts: AsyncIterator[T], ask: Callable[[T], Awaitable[R]], *, at_once: int) -> list[R]:
    """What comes of each part, so many at the same time: of parts that are given newest first, oldest first."""
    found: list[R] = []
    waiting: list[T] = []
    async for part in parts:
        waiting.append(part)
        if len(waiting) == at_once:
            found += await _of_some(waiting, ask)
            waiting = []
    found += await _of_some(waiting, ask)
    return found[::-1]


async def _of_some(parts: Sequence[T], ask: Callable[[T], Awaitable[R]]) -> list[R]:
    left = len(parts)

    async def of(part: T) -> R:
        nonlocal left
        found = await ask(part)
        left -= 1
        read(left=left)
        return found

    return await together(map(of, parts))


def grouped(things: Sequence[T], size_of: Callable[[T], int], tokens: int) -> Iterator[Sequence[T]]:
    """Groups of neighbours that fit; each has two at least, so that there will be fewer."""
    group: list[T] = []
    size = 0
    for thing in things:
        cost = size_of(thing)
        if len(group) >= 2 and size + cost > tokens:
            yield group
            group, size = [], 0
        group.append(thing)
        size += cost
    yield group


async def together(work: Iterable[Awaitable[T]]) -> list[T]:
    """What all of them answer, or what one of them raises, and then the others are stopped."""
    tasks = [asyncio.ensure_future(one) for one in work]
    try:
        return list(await asyncio.gather(*tasks))
    finally:
        await cancelled(*tasks)


def _pieces(said: Said, budget: int) -> Iterator[Said]:
    """The same in as many pieces as it takes for each to fit, cut where a sentence or a word ends."""
    most = bytes_of(max(budget - AROUND_A_MESSAGE, 10))
    return (replace(said, text=piece) for piece in in_pieces(said.text, most))
