"""The fast way in for what people say: what waits at the same time shares a statement, and so a commit."""

import asyncio
import logging
from asyncio import Future
from collections.abc import Sequence
from contextlib import suppress

import psycopg
from psycopg import errors

from adapters.postgres import arrays
from adapters.postgres.database import Connection, PostgresDatabase
from adapters.postgres.errors import translated
from adapters.postgres.message_batch import Placed, insert
from application.ports.message_log import NewMessage, Posted
from application.publication import Publication
from domain.errors import ClientTempIdReused, DomainError, Forbidden, Unavailable
from domain.events import LoggedEvent, MessagePosted
from domain.messages import Message, SenderType

_log = logging.getLogger(__name__)

_CHARACTERS = 8 * 1024 * 1024
"""How much content a batch takes at the most, unless a single message is longer."""

_CONFLICTS = 3
"""How often a careful batch may meet a client_temp_id that another server has just kept."""

_Draft = tuple[NewMessage, "Future[Posted]"]


class PostgresMessageLog:
    """One writer on a connection of its own. While its statement runs, the next batch gathers.

    Start it before use, and stop it at the end: it finishes what was accepted, and refuses what comes later.
    """

    def __init__(self, database: PostgresDatabase, publication: Publication, *, batch_limit: int = 1024) -> None:
        self._database = database
        self._publication = publication
        self._batch_limit = batch_limit
        self._waiting: list[_Draft] = []
        self._waiting_characters = 0
        self._idle: Future[None] | None = None
        self._writer: asyncio.Task[None] | None = None
        self._stopping = False
        self._connection: Connection | None = None

    async def start(self) -> None:
        """Begin to write. The database may be away: each batch tries to reach it."""
        self._stopping = False
        self._writer = asyncio.create_task(self._write())

    async def stop(self) -> None:
        """Write what waits, then end."""
        self._stopping = True
        self._wake()
        if self._writer is not None:
            await self._writer
        await self._disconnect()

    def append(self, message: NewMessage) -> "Future[Posted]":
        posted: Future[Posted] = asyncio.get_running_loop().create_future()
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
                self._idle = asyncio.get_running_loop().create_future()
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
        try:
            await self._keep_together(batch)
        except (psycopg.DataError, psycopg.IntegrityError, UnicodeEncodeError) as error:
            # One of them cannot be kept: the others shall not suffer for it.
            if len(batch) == 1:
                _refuse(batch, translated(error))
            else:
                for draft in batch:
                    await self._keep([draft])
        except asyncio.CancelledError:
            _refuse(batch, Unavailable())
            raise
        except Exception as error:  # noqa: BLE001
            ours = translated(error)
            if not isinstance(ours, DomainError):
                _log.error("a batch of %d messages failed: %s", len(batch), ours)
            _refuse(batch, ours)

    async def _keep_together(self, batch: Sequence[_Draft]) -> None:
        pending, careful, conflicts = batch, False, 0
        while pending:
            later: Sequence[_Draft] = []
            if careful:
                pending, later = _without_repeats(pending)
            try:
                placed = await self._insert(pending, careful=careful)
            except errors.UniqueViolation:
                conflicts += 1
                if conflicts > _CONFLICTS:
                    raise
                pending, careful = [*pending, *later], True
                continue
            pending = [*self._settle(pending, placed), *later]

    def _settle(self, drafts: Sequence[_Draft], placed: Placed) -> Sequence[_Draft]:
        """Publish what was kept and tell the senders; answers the drafts that must be tried again."""
        again: list[_Draft] = []
        events: list[LoggedEvent] = []
        results: list[tuple[Future[Posted], Posted]] = []
        for ord_, seq, *first in placed:
            message, posted = draft = drafts[ord_ - 1]
            if seq is None:
                again.append(draft)
            elif not first or first[0] is None:
                events.append(_event(message, seq))
                results.append((posted, Posted(message.id, seq)))
            elif first[1] == message.fingerprint:
                results.append((posted, Posted(first[0], seq, repeated=True)))
            else:
                _refuse([draft], ClientTempIdReused())
        if len(placed) < len(drafts):
            members = {row[0] for row in placed}
            _refuse([draft for ord_, draft in enumerate(drafts, 1) if ord_ not in members], Forbidden(_NO_MEMBER))
        if events:
            self._publication.publish(events)
        for posted, result in results:
            if not posted.done():
                posted.set_result(result)
        return again

    async def _insert(self, drafts: Sequence[_Draft], *, careful: bool) -> Placed:
        if self._connection is None:
            self._connection = await self._connect()
        connection = self._connection
        try:
            return await insert(connection, [message for message, _ in drafts], careful=careful)
        finally:
            if connection.closed:
                self._connection = None
                self._database.look_at_all()

    async def _connect(self) -> Connection:
        # The tables may have been small when the plan was made, and be large before it is made anew.
        connection = await self._database.connect(enable_seqscan="off")
        arrays.register(connection.adapters)
        return connection

    def _notice_loss(self) -> None:
        """Look whether the connection was lost while there was nothing to write, so that no send pays for it."""
        if self._connection is not None:
            with suppress(psycopg.OperationalError):
                # The first reads the server's last words, the second the end.
                self._connection.pgconn.consume_input()
                self._connection.pgconn.consume_input()
            if self._connection.closed:
                self._connection = None
                self._database.look_at_all()

    async def _disconnect(self) -> None:
        connection, self._connection = self._connection, None
        if connection is not None:
            await connection.close()


_NO_MEMBER = "You are not a member of this room."


def _event(message: NewMessage, seq: int) -> LoggedEvent:
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
    return LoggedEvent(seq, MessagePosted(message.room_id, kept), message.created_at)


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
