"""Summaries of talk of any length: in parts, and then together."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import TypeVar

from application.ports.chat_model import Said
from application.ports.summarizer import Material, Summarizer
from application.ports.unit_of_work import UnitOfWork, Work
from domain.ids import RoomId, UserId
from domain.meetings import Summary
from domain.messages import Message, SenderType, text_of

PAGE = 200
_BYTES_OF_A_TOKEN = 3
_TOKENS_OF_A_LINE = 40
"""What stands around a message, its sender and time above all."""

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Portions:
    """How much talk is summarised at once, in ``tokens``, and how many parts at the same time."""

    tokens: int = 6000
    at_once: int = 4


def tokens_of(text: str) -> int:
    """How many tokens a model may make of a text: rather too many, for Korean as for English."""
    return len(text.encode()) // _BYTES_OF_A_TOKEN + 1


async def said_before(
    work: Work, room_id: RoomId, goes_on: Callable[[Message], bool], *, skips: Callable[[Message], bool]
) -> AsyncIterator[Said]:
    """What people and Jarvis said in a room, newest first, back to where it no longer ``goes_on``.

    What was deleted is left out, and what is to be skipped. The number of each message is its seq. At no time is more
    than a page of it held.
    """
    names: dict[UserId, str] = {}
    before = None
    while True:
        async with work() as unit:
            page = await unit.messages.page(room_id, before=before, take=PAGE)
            await _learn(unit, page, names)
        for message in reversed(page):
            if not goes_on(message):
                return
            text = text_of(message.content).strip()
            if text and _is_talk(message) and not skips(message):
                speaker = None if message.sender_id is None else names.get(message.sender_id, "?")
                yield Said(speaker, text, message.created_at, message.id, room_id, message.seq)
        if len(page) < PAGE:
            return
        before = page[0].id


def _is_talk(message: Message) -> bool:
    return message.deleted_at is None and message.sender_type is not SenderType.SYSTEM


async def _learn(unit: UnitOfWork, page: Sequence[Message], names: dict[UserId, str]) -> None:
    strangers = {message.sender_id for message in page if message.sender_id is not None} - names.keys()
    if strangers:
        names.update((user.id, user.name) for user in await unit.users.existing(sorted(strangers)))


class Summaries:
    """Has parts that fit into one question each summarised, and their summaries again, until one is left.

    Nothing is left out for want of room: a message that is too long for one part is told in several.
    """

    def __init__(self, summarizer: Summarizer, portions: Portions | None = None) -> None:
        self._summarizer = summarizer
        self._portions = portions or Portions()

    async def of(self, title: str, said: AsyncIterator[Said]) -> Summary:
        """The summary of what was said, given newest first; an empty one of nothing. Raises ModelFailed."""
        summaries = await self._of_parts(title, self.parts(said))
        while len(summaries) > 1:
            summaries = await self._of_groups(title, summaries)
        return summaries[0] if summaries else Summary()

    async def retold(self, title: str, reader: str, said: AsyncIterator[Said]) -> AsyncIterator[str]:
        """The pieces of a text that tells the reader what was said, given newest first; none of nothing.

        Raises ModelFailed.
        """
        material = await self.fitting(title, said)
        if material is not None:
            async for piece in self._summarizer.retold(material, reader):
                yield piece

    async def fitting(self, title: str, said: AsyncIterator[Said]) -> Material | None:
        """What was said, given newest first, where it fits into one question; else the summaries of its parts.

        None where nothing was. Raises ModelFailed.
        """
        parts = self.parts(said)
        newest = await anext(parts, None)
        if newest is None:
            return None
        earlier = await anext(parts, None)
        if earlier is None:
            return Material(title, said=newest)
        summaries = await self._of_parts(title, _with_first([newest, earlier], parts))
        while len(summaries) > 1 and sum(map(_size_of_summary, summaries)) > self._portions.tokens:
            summaries = await self._of_groups(title, summaries)
        return Material(title, parts=summaries)

    async def parts(self, said: AsyncIterator[Said]) -> AsyncIterator[list[Said]]:
        """Stretches that fit, the newest first, each oldest first."""
        part: list[Said] = []
        size = 0
        async for one in said:
            for piece in reversed(list(_pieces(one, self._portions.tokens))):
                cost = _size(piece)
                if part and size + cost > self._portions.tokens:
                    yield part[::-1]
                    part, size = [], 0
                part.append(piece)
                size += cost
        if part:
            yield part[::-1]

    async def _of_parts(self, title: str, parts: AsyncIterator[list[Said]]) -> list[Summary]:
        """The summaries of the parts, given newest first, oldest first."""
        summaries: list[Summary] = []
        waiting: list[Material] = []
        async for part in parts:
            waiting.append(Material(title, said=part))
            if len(waiting) == self._portions.at_once:
                summaries += await _together(map(self._summarizer.summary, waiting))
                waiting = []
        summaries += await _together(map(self._summarizer.summary, waiting))
        return summaries[::-1]

    async def _of_groups(self, title: str, summaries: Sequence[Summary]) -> list[Summary]:
        """One summary for each group of neighbours that fits; a group has two at least, so that there will be fewer."""
        groups = list(_grouped(summaries, self._portions.tokens))
        fewer: list[Summary] = []
        for at in range(0, len(groups), self._portions.at_once):
            fewer += await _together(self._of_group(title, group) for group in groups[at : at + self._portions.at_once])
        return fewer

    async def _of_group(self, title: str, group: Sequence[Summary]) -> Summary:
        return group[0] if len(group) == 1 else await self._summarizer.summary(Material(title, parts=group))


def _pieces(said: Said, budget: int) -> Iterator[Said]:
    """The same in as many pieces as it takes for each to fit, cut at white space where there is some."""
    room = max(budget - _TOKENS_OF_A_LINE, 10) * _BYTES_OF_A_TOKEN
    text = said.text
    while len(text.encode()) >= room:
        piece = text.encode()[: room - 1].decode(errors="ignore")
        at = max(piece.rfind(" "), piece.rfind("\n"))
        piece = piece[:at] if at > len(piece) // 2 else piece
        yield replace(said, text=piece)
        text = text[len(piece) :]
    yield replace(said, text=text)


def _grouped(summaries: Sequence[Summary], budget: int) -> Iterator[Sequence[Summary]]:
    group: list[Summary] = []
    size = 0
    for summary in summaries:
        cost = _size_of_summary(summary)
        if len(group) >= 2 and size + cost > budget:
            yield group
            group, size = [], 0
        group.append(summary)
        size += cost
    yield group


def _size(said: Said) -> int:
    return tokens_of(said.text) + _TOKENS_OF_A_LINE


def _size_of_summary(summary: Summary) -> int:
    return sum(map(tokens_of, summary.texts)) + _TOKENS_OF_A_LINE


async def _with_first(first: Sequence[list[Said]], rest: AsyncIterator[list[Said]]) -> AsyncIterator[list[Said]]:
    for part in first:
        yield part
    async for part in rest:
        yield part


async def _together(work: Iterable[Awaitable[T]]) -> list[T]:
    """What all of them answer, or what one of them raises, and then the others are stopped."""
    tasks = [asyncio.ensure_future(one) for one in work]
    try:
        return list(await asyncio.gather(*tasks))
    finally:
        for task in tasks:
            task.cancel()
