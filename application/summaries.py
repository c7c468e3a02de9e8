"""Summaries of talk of any length: in parts, and then together."""

from collections.abc import AsyncIterator, Callable, Sequence
from datetime import datetime

from application.portions import Portions, grouped, in_parts, of_each, together
from application.ports.chat_model import Said
from application.ports.summarizer import Material, Summarizer
from application.ports.unit_of_work import UnitOfWork, Work
from application.progress import taken
from application.tokens import AROUND_A_MESSAGE, tokens_of
from domain.ids import RoomId, UserId
from domain.meetings import Summary
from domain.messages import Message, SenderType, text_of

PAGE = 200


HowFar = Callable[[Message], float]
"""How much of a talk, which is read newest first, lies between its end and a message of it."""


def through_log(since: int, until: int) -> HowFar:
    """Of what is in the log past one place, up to another."""
    return lambda message: (until - message.seq) / max(until - since, 1)


async def through_time(work: Work, room_id: RoomId, since: datetime, until: datetime) -> HowFar:
    """Of what was said in the room in a stretch of time."""
    async with work() as unit:
        return through_log(await unit.activity.place(room_id, since), await unit.activity.place(room_id, until))


async def said_before(
    work: Work,
    room_id: RoomId,
    goes_on: Callable[[Message], bool],
    *,
    skips: Callable[[Message], bool],
    how_far: HowFar,
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
                taken(1)
                return
            taken(how_far(message))
            text = text_of(message.content).strip()
            if text and _is_talk(message) and not skips(message):
                speaker = message.sender_name if message.sender_id is None else names.get(message.sender_id, "?")
                yield Said(speaker, text, message.created_at, message.id, room_id, message.seq)
        if len(page) < PAGE:
            taken(1)
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

    def parts(self, said: AsyncIterator[Said]) -> AsyncIterator[list[Said]]:
        """Stretches that fit, the newest first, each oldest first."""
        return in_parts(said, self._portions.tokens)

    async def _of_parts(self, title: str, parts: AsyncIterator[list[Said]]) -> list[Summary]:
        """The summaries of the parts, given newest first, oldest first."""
        return await of_each(
            parts,
            lambda part: self._summarizer.summary(Material(title, said=part)),
            at_once=self._portions.at_once,
        )

    async def _of_groups(self, title: str, summaries: Sequence[Summary]) -> list[Summary]:
        """One summary for each group of neighbours that fits; a group has two at least, so that there will be fewer."""
        groups = list(grouped(summaries, _size_of_summary, self._portions.tokens))
        fewer: list[Summary] = []
        for at in range(0, len(groups), self._portions.at_once):
            fewer += await together(self._of_group(title, group) for group in groups[at : at + self._portions.at_once])
        return fewer

    async def _of_group(self, title: str, group: Sequence[Summary]) -> Summary:
        return group[0] if len(group) == 1 else await self._summarizer.summary(Material(title, parts=group))


def _size_of_summary(summary: Summary) -> int:
    return sum(map(tokens_of, summary.texts)) + AROUND_A_MESSAGE


async def _with_first(first: Sequence[list[Said]], rest: AsyncIterator[list[Said]]) -> AsyncIterator[list[Said]]:
    for part in first:
        yield part
    async for part in rest:
        yield part
