"""The fast way in for what people say: what waits at the same time shares a statement, and so a commit."""

import asyncio
import logging
from asyncio import Future
from collections.abc import Callable, Sequence
from dataclasses import replace
from time import perf_counter

import psycopg
from psycopg import errors

from adapters.postgres import message_batch
from adapters.postgres.database import PostgresDatabase
from adapters.postgres.errors import translated
from adapters.postgres.known_members import KnownMembers
from adapters.postgres.prepared import PreparedStatements
from adapters.postgres.references import References
from application.ports.message_log import NewMessage, Posted
from application.publication import Publication
from domain.errors import AttachmentInUse, ClientTempIdReused, DomainError, Forbidden, NotFound, Unavailable
from domain.events import Event, LoggedEvent, Mentioned, MessagePosted
from domain.mentions import NOBODY
from domain.messages import Message, SenderType

_log = logging.getLogger(__name__)

_CHARACTERS = 8 * 1024 * 1024
"""How much content a batch takes at the most, unless a single message is longer."""

_CONFLICTS = 3
"""How often a careful batch may meet a client_temp_id or a file that another server has just kept."""

_ROOMS = 20_000
"""Of how many rooms the members are remembered."""

_Draft = tuple[NewMessage, "Future[Posted]"]
_NONE: Sequence[_Draft] = ()


class PostgresMessageLog:
    """One writer on a connection of its own. While its statement runs, the next batch gathers.

    Start it before use, and stop it at the end: it finishes what was accepted, and refuses what comes later.
    ``kept`` is told after each commit how many messages it kept and how many seconds the statement took.
    """

    def __init__(
        self,
        database: PostgresDatabase,
        publication: Publication,
        *,
        batch_limit: int = 1024,
        kept: Callable[[int, float], None] | None = None,
    ) -> None:
        self._database = database
        self._publication = publication
        self._batch_limit = batch_limit
        self._kept = kept
        self._waiting: list[_Draft] = []
        self._waiting_characters = 0
        self._idle: Future[None] | None = None
        self._writer: asyncio.Task[None] | None = None
        self._stopping = False
        self._statements: PreparedStatements | None = None
        self._members = KnownMembers()

    async def start(self) -> None:
        """Begin to write. The database may be away: each batch tries to reach it."""
        self._stopping = False
        self._loop = asyncio.get_running_loop()
        self._writer = asyncio.create_task(self._write())

    async def stop(self) -> None:
        """Write what waits, then end."""
        self._stopping = True
        self._wake()
        if self._writer is not None:
            await self._writer
        if self._statements is not None:
            await self._statements.connection.close()
            self._statements = None

    def append(self, message: NewMessage) -> "Future[Posted]":
        posted: Future[Posted] = self._loop.create_future()
        if self._stopping:
            posted.set_exception(Unavailable())
            return posted
        self._waiting.append((message, posted))
        self._waiting_characters += len(message.content)
        if self._idle is not None:
            self._wake()
        return posted

    def _wake(self) -> None:
        idle, self._idle = self._idle, None
        if idle is not None and not idle.done():
            idle.set_result(None)

    async def _write(self) -> None:
        while True:
            if not self._waiting:
                if self._stopping:
                    return
                self._idle = self._loop.create_future()
                await self._idle
                self._notice_loss()
                continue
            await self._keep(self._next_batch())

    def _next_batch(self) -> Sequence[_Draft]:
        if len(self._waiting) <= self._batch_limit and self._waiting_characters <= _CHARACTERS:
            batch, self._waiting, self._waiting_characters = self._waiting, [], 0
            return batch
        taken = characters = 0
        for message, _ in self._waiting[: self._batch_limit]:
            if taken and characters + len(message.content) > _CHARACTERS:
                break
            taken += 1
            characters += len(message.content)
        batch = self._waiting[:taken]
        del self._waiting[:taken]
        self._waiting_characters -= characters
        return batch

    async def _keep(self, batch: Sequence[_Draft]) -> None:
        """Bring every draft of the batch to its end; raises nothing but CancelledError."""
        if len(self._members) > _ROOMS:
            self._members.clear()
        try:
            await self._keep_together(batch)
        except (psycopg.DataError, psycopg.IntegrityError, UnicodeEncodeError) as error:
            # One of them cannot be kept: the others shall not suffer for it.
            if len(batch) == 1:
                _refuse(batch, translated(error))
            else:
                for draft in batch:
                    if not draft[1].done():
                        await self._keep([draft])
        except asyncio.CancelledError:
            _refuse(batch, Unavailable())
            raise
        except Exception as error:  # noqa: BLE001
            self._notice_loss()
            ours = translated(error)
            if not isinstance(ours, DomainError):
                _log.error("a batch of %d messages failed: %s", len(batch), ours)
            _refuse(batch, ours)

    async def _keep_together(self, batch: Sequence[_Draft]) -> None:
        pending, careful, conflicts = batch, False, 0
        references = References()
        refer = any(message.reply_to is not None or "@" in message.content for message, _ in batch)
        while pending:
            pending, repeats = await self._from_members(pending), _NONE
            if refer:
                if not await self._look_up(pending, references):
                    continue
                pending = _without_lost_replies(pending, references)
            if careful:
                pending, repeats = _without_repeats(pending)
                pending = await self._with_files(await self._new(pending))
            try:
                left = await self._insert(pending, references) if pending else _NONE
            except (errors.UniqueViolation, errors.ForeignKeyViolation):
                # A client_temp_id was used before, or a file is another message's or gone: from now on each is looked
                # up, which costs much of the speed.
                conflicts += 1
                if conflicts > _CONFLICTS:
                    raise
                left, careful = pending, True
            pending = [*left, *repeats]

    async def _from_members(self, drafts: Sequence[_Draft]) -> Sequence[_Draft]:
        """The drafts of people who are members of their rooms; the others are refused."""
        members = self._members
        unknown = {message.room_id for message, _ in drafts if not members.has(message.room_id, message.sender_id)}
        if not unknown:
            return drafts
        # Everybody in those rooms at once: the room may have another version by now, of which whoever was known is
        # perhaps no member any more.
        pairs = list(
            dict.fromkeys((message.room_id, message.sender_id) for message, _ in drafts if message.room_id in unknown)
        )
        members.learn(await message_batch.members((await self._connected()).connection, pairs))
        strangers = {pair for pair in pairs if not members.has(*pair)}
        if not strangers:
            return drafts
        refused = [draft for draft in drafts if (draft[0].room_id, draft[0].sender_id) in strangers]
        _refuse(refused, Forbidden("You are not a member of this room."))
        return [draft for draft in drafts if (draft[0].room_id, draft[0].sender_id) not in strangers]

    async def _look_up(self, drafts: Sequence[_Draft], references: References) -> bool:
        """Find out what the drafts refer to; False where that would not fit the members known of a room any more."""
        connection, messages = (await self._connected()).connection, [message for message, _ in drafts]
        changed = await references.look_up(connection, messages, self._members.versions)
        for room_id in changed:
            self._members.forget(room_id)
        return not changed

    async def _new(self, drafts: Sequence[_Draft]) -> Sequence[_Draft]:
        """The drafts whose client_temp_id was not used before; the others are told what became of the first."""
        known = await message_batch.known((await self._connected()).connection, [message for message, _ in drafts])
        for place, (message_id, seq, fingerprint) in known.items():
            message, posted = drafts[place]
            if fingerprint != message.fingerprint:
                _refuse([drafts[place]], ClientTempIdReused())
            elif not posted.done():
                posted.set_result(Posted(message_id, seq, repeated=True))
        return [draft for place, draft in enumerate(drafts) if place not in known]

    async def _with_files(self, drafts: Sequence[_Draft]) -> Sequence[_Draft]:
        """The drafts whose files are there and free; the others are refused."""
        ids = [attachment.id for message, _ in drafts for attachment in message.attachments]
        if not ids:
            return drafts
        taken = dict(await message_batch.files((await self._connected()).connection, ids))
        good: list[_Draft] = []
        for draft in drafts:
            own = [attachment.id for attachment in draft[0].attachments]
            if any(taken.get(id_, False) for id_ in own):
                _refuse([draft], AttachmentInUse())
            elif any(id_ not in taken for id_ in own):
                _refuse([draft], NotFound())
            else:
                taken.update(dict.fromkeys(own, True))
                good.append(draft)
        return good

    async def _insert(self, drafts: Sequence[_Draft], references: References) -> Sequence[_Draft]:
        """Keep the drafts, publish them and tell the senders; answers those whose rooms have other members by now."""
        messages = [message for message, _ in drafts]
        statements, started = await self._connected(), perf_counter()
        seqs = await message_batch.insert(statements, messages, self._members.versions, references)
        seconds = perf_counter() - started
        left: list[_Draft] = []
        for draft, seq in zip(drafts, seqs, strict=True):
            message, posted = draft
            if seq is None:
                self._members.forget(message.room_id)
                left.append(draft)
            elif not posted.done():
                posted.set_result(Posted(message.id, seq))
        # Whoever waits for the futures is called after this: the news goes out first, and leaves with the acks.
        kept = [(message, seq) for message, seq in zip(messages, seqs, strict=True) if seq is not None]
        if kept:
            found = references if references.any else None
            events: list[Event] = [_event(message, seq, found) for message, seq in kept]
            if found is not None:
                events += [hint for message, seq in kept if (hint := _hint(message, seq, references)) is not None]
            self._publication.publish(events)
            if self._kept is not None:
                self._kept(len(kept), seconds)
        return left

    async def _connected(self) -> PreparedStatements:
        if self._statements is None:
            # The tables may have been small when a plan was made, and be large before it is made anew.
            self._statements = PreparedStatements(
                await self._database.connect(enable_seqscan="off", enable_hashjoin="off", enable_mergejoin="off")
            )
        return self._statements

    def _notice_loss(self) -> None:
        """Let go of the connection if it is lost. Asked before there is something to write, no send pays for it."""
        if self._statements is not None and self._statements.lost():
            self._statements = None
            self._database.suspect_all()


def _event(message: NewMessage, seq: int, references: References | None) -> LoggedEvent:
    kept = Message(
        message.id,
        message.room_id,
        seq,
        SenderType.USER,
        message.sender_id,
        message.content,
        message.created_at,
        message.client_temp_id,
    )
    if references is not None or message.attachments:
        kept = replace(
            kept,
            reply_to=message.reply_to,
            thread_id=None if references is None else references.threads.get(message.id),
            attachments=message.attachments,
            mentions=NOBODY if references is None else references.mentions(message),
        )
    return LoggedEvent(seq, MessagePosted(message.room_id, kept), message.created_at)


def _hint(message: NewMessage, seq: int, references: References) -> Mentioned | None:
    told = references.told(message)
    return Mentioned(told, message.room_id, message.id, seq, message.sender_id) if told else None


def _without_lost_replies(drafts: Sequence[_Draft], references: References) -> Sequence[_Draft]:
    """The drafts but for replies to nothing of their room, which are refused."""
    threads = references.threads
    lost = [draft for draft in drafts if draft[0].reply_to is not None and draft[0].id not in threads]
    _refuse(lost, NotFound())
    return [draft for draft in drafts if draft[0].reply_to is None or draft[0].id in threads] if lost else drafts


def _without_repeats(drafts: Sequence[_Draft]) -> tuple[Sequence[_Draft], Sequence[_Draft]]:
    """Drafts with no client_temp_id or one that comes for the first time; and the others, which will be known then."""
    seen: set[object] = set()
    firsts: list[_Draft] = []
    repeats: list[_Draft] = []
    for draft in drafts:
        message = draft[0]
        key = (message.room_id, message.sender_id, message.client_temp_id)
        if message.client_temp_id is not None and key in seen:
            repeats.append(draft)
        else:
            seen.add(key)
            firsts.append(draft)
    return firsts, repeats


def _refuse(drafts: Sequence[_Draft], error: Exception) -> None:
    for _, posted in drafts:
        if not posted.done():
            posted.set_exception(error)
