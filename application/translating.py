"""Translating what is said in rooms for those who have asked for it, beside everything else that a worker does."""

import asyncio
import logging
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from application.ports.cache import Cache
from application.ports.clock import Clock
from application.ports.ids import IdSource
from application.ports.translator import TextRefused
from application.ports.unit_of_work import UnitOfWork, Work
from application.translation import Translation
from domain.errors import DomainError, NotFound, TranslationEmpty
from domain.events import AnswerPosted, LoggedEvent, MessageEdited, MessagePosted, MessageTranslated
from domain.ids import MessageId, RoomId, UserId
from domain.languages import language_of
from domain.messages import Message
from domain.translation import Behind, readers_of, words_of

_log = logging.getLogger(__name__)

IDLE_SECONDS = 1.0
_ROOMS = 16
_EVENTS = 16
_AT_ONCE = 8
_MOST_BEHIND = 500
"""How many events back one goes who has been away: what is older is read as it was said."""

_CLAIM_SECONDS = 180.0
_FIRST_REST = 2.0
_LONGEST_REST = 60.0

_NO_TRANSLATION = (TextRefused, TranslationEmpty)


@dataclass(frozen=True, slots=True)
class _Rest:
    """A room that is left alone for a while in a language, since the translator failed so many times."""

    until: datetime
    failures: int


class RoomTranslating:
    """Follows the logs of rooms that somebody reads in another language.

    How far it has got stands in the store, so that what one worker leaves undone another one does. The claim in the
    cache spares them doing the same: where it does not, a text is still translated once, and kept twice.
    """

    def __init__(self, work: Work, translation: Translation, cache: Cache, clock: Clock, ids: IdSource) -> None:
        self._work = work
        self._translation = translation
        self._cache = cache
        self._clock = clock
        self._ids = ids
        self._turns = asyncio.Semaphore(_AT_ONCE)
        self._resting: dict[tuple[RoomId, str], _Rest] = {}

    async def run(self) -> None:
        """Go on until cancelled; where there is nobody to translate there is nothing to do."""
        while self._translation.available:
            try:
                followed = await self.turn()
            except DomainError as error:
                followed = 0
                _log.warning("rooms could not be looked at for what is to be translated: %s", error.code)
            except Exception:  # noqa: BLE001 -- people read on without it, and the next turn may do
                followed = 0
                _log.exception("rooms could not be translated")
            if not followed:
                await self._clock.sleep(IDLE_SECONDS)

    async def turn(self) -> int:
        """Translate the next of what is new in each room, a page of it; answers how many events that were."""
        take = _ROOMS + len(self._resting)
        async with self._work() as work:
            behind = await work.translations.behind(take=take)
        if len(behind) < take:  # what is not among all there is has been done elsewhere, or is gone
            names = set(map(_name, behind))
            self._resting = {name: rest for name, rest in self._resting.items() if name in names}
        now = self._clock.now()
        due = [each for each in behind if (rest := self._resting.get(_name(each))) is None or rest.until <= now]
        return sum(await asyncio.gather(*(self._alone(each) for each in due[:_ROOMS])))

    async def _alone(self, behind: Behind) -> int:
        key, holder = f"translating:{behind.room_id}:{behind.language}", str(self._ids.new())
        if not await self._cache.claim(key, holder, seconds=_CLAIM_SECONDS):
            return 0
        try:
            followed = await self._follow(behind)
        except DomainError as error:
            self._rest(behind, error.code)
            return 0
        except Exception as error:  # noqa: BLE001 -- the other rooms are not held up by what is wrong with this one
            self._rest(behind, type(error).__name__)
            return 0
        finally:
            await self._cache.release(key, holder)
        self._resting.pop(_name(behind), None)
        return followed

    async def _follow(self, behind: Behind) -> int:
        after = max(behind.after, behind.newest - _MOST_BEHIND)
        async with self._work() as work:
            entries = await work.log.after(behind.room_id, after, take=_EVENTS)
            readers = await work.translations.readers(behind.room_id, behind.language)
        messages = {message.id: message for entry in entries if (message := _message_of(entry)) is not None}
        asked = [message for message in messages.values() if readers_of(message, readers)]
        outcomes = await asyncio.gather(*(self._translated(message, behind.language) for message in asked))
        texts: dict[MessageId, str] = {}
        failed: dict[MessageId, DomainError] = {}
        for message, outcome in zip(asked, outcomes, strict=True):
            if isinstance(outcome, DomainError):
                failed[message.id] = outcome
            elif outcome is not None:
                texts[message.id] = outcome
        done = _before(entries, failed)
        up_to = done[-1].seq if done else after if entries else behind.newest
        await self._keep(behind, messages, texts, up_to)
        for fault in failed.values():
            raise fault
        return len(entries)

    async def _translated(self, message: Message, language: str) -> str | DomainError | None:
        """The translation; None where there is none to be had; the fault where the translator failed."""
        words = words_of(message)
        if words is None:
            return None
        try:
            async with self._turns:
                translated = (await self._translation.into(words, language_of(language))).text
        except _NO_TRANSLATION:
            return None
        except DomainError as error:
            return error
        return None if translated == words else translated

    async def _keep(
        self, behind: Behind, asked: Mapping[MessageId, Message], texts: Mapping[MessageId, str], up_to: int
    ) -> None:
        async with self._work() as work:
            try:
                await work.rooms.lock(behind.room_id)
            except NotFound:
                return
            current = [await _unchanged(work, asked[message_id]) for message_id in texts]
            kept = {message.id: texts[message.id] for message in current if message is not None}
            readers = await work.translations.readers(behind.room_id, behind.language)
            await work.translations.keep(behind.room_id, behind.language, kept, up_to=up_to)
            for message in current:
                if message is not None:
                    _announce(work, message, behind.language, texts[message.id], readers)

    def _rest(self, behind: Behind, code: str) -> None:
        before = self._resting.get(_name(behind))
        failures = 1 if before is None else before.failures + 1
        seconds = min(_FIRST_REST * 2.0 ** min(failures - 1, 10), _LONGEST_REST)
        self._resting[_name(behind)] = _Rest(self._clock.now() + timedelta(seconds=seconds), failures)
        _log.warning("a room could not be translated, and is tried again in %g s: %s", seconds, code)


def _name(behind: Behind) -> tuple[RoomId, str]:
    return behind.room_id, behind.language


def _message_of(entry: LoggedEvent) -> Message | None:
    event = entry.event
    return event.message if isinstance(event, MessagePosted | MessageEdited | AnswerPosted) else None


def _before(entries: Sequence[LoggedEvent], failed: Mapping[MessageId, object]) -> Sequence[LoggedEvent]:
    """The entries before the first whose message could not be translated."""
    for place, entry in enumerate(entries):
        message = _message_of(entry)
        if message is not None and message.id in failed:
            return entries[:place]
    return entries


async def _unchanged(work: UnitOfWork, message: Message) -> Message | None:
    """The message, or None where it says something else by now."""
    try:
        current = await work.messages.lock(message.room_id, message.id)
    except NotFound:
        return None
    return current if current.content == message.content and current.deleted_at is None else None


def _announce(work: UnitOfWork, message: Message, language: str, text: str, readers: Sequence[UserId]) -> None:
    told = readers_of(message, readers)
    if told:
        work.announce(MessageTranslated(told, message.room_id, message.id, language, text))
