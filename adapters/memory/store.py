"""What the repositories of one store share: tables, a journal to undo changes with, and one unit of work at a time."""

import asyncio
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import Generic, TypeVar
from uuid import UUID

from application.ports.chat_model import Round
from application.ports.clock import Clock
from domain.answers import AnswerRecord, Confirmation, Usage
from domain.attachments import StoredFile
from domain.bots import Bot
from domain.calendar import CalendarEvent
from domain.embeddings import EmbeddingModel, SpaceId, Vector
from domain.events import RoomEvent
from domain.hooks import HookPost, IncomingHook, OutgoingHook
from domain.ideas import Card
from domain.ids import (
    AttachmentId,
    CalendarEventId,
    CardId,
    HookId,
    InvitationId,
    JobId,
    MatterId,
    MessageId,
    PulseReportId,
    RecordingId,
    RequestId,
    RoomId,
    SessionId,
    UserId,
)
from domain.invitations import Invitation
from domain.jarvis import JarvisRequest
from domain.jobs import Job
from domain.matters import Matter
from domain.messages import Message
from domain.pulse import PulseReport
from domain.recordings import Recording
from domain.rooms import Member, Pair, Room
from domain.sessions import Session
from domain.speech import Transcript
from domain.tickets import Ticket
from domain.users import User

K = TypeVar("K")
V = TypeVar("V")
Journal = list[Callable[[], object]]


class Table(Generic[K, V]):
    """Rows by key, in the order in which they were first put; each change leaves in the journal how to undo it."""

    def __init__(self, journal: Journal) -> None:
        self._rows: dict[K, V] = {}
        self._journal = journal

    def __contains__(self, key: K) -> bool:
        return key in self._rows

    def __getitem__(self, key: K) -> V:
        return self._rows[key]

    def __iter__(self) -> Iterator[K]:
        return iter(self._rows)

    def __len__(self) -> int:
        return len(self._rows)

    def get(self, key: K) -> V | None:
        return self._rows.get(key)

    def values(self) -> Iterator[V]:
        return iter(self._rows.values())

    def put(self, key: K, value: V) -> None:
        if key in self._rows:
            self._journal.append(partial(self._rows.__setitem__, key, self._rows[key]))
        else:
            self._journal.append(partial(self._rows.__delitem__, key))
        self._rows[key] = value

    def remove(self, *keys: K) -> None:
        present = [key for key in keys if key in self._rows]
        if present:
            self._journal.append(partial(self._restore, dict(self._rows)))
        for key in present:
            del self._rows[key]

    def _restore(self, rows: dict[K, V]) -> None:
        self._rows.clear()
        self._rows.update(rows)


class Line(Generic[V]):
    """Things one after the other, journalled like a table."""

    def __init__(self, journal: Journal) -> None:
        self.items: list[V] = []
        self._journal = journal

    def append(self, item: V) -> None:
        self.items.append(item)
        self._journal.append(self.items.pop)


@dataclass(frozen=True, slots=True)
class LogEntry:
    """What happened, and to which message, person or other thing; not what it looked like then."""

    seq: int
    kind: type[RoomEvent]
    at: datetime
    message_id: MessageId | None = None
    user_id: UserId | None = None
    subject_id: UUID | None = None


@dataclass(frozen=True, slots=True)
class Sent:
    """The first send with a client's id."""

    message_id: MessageId
    seq: int
    fingerprint: bytes


@dataclass(frozen=True, slots=True)
class Kept:
    """A question, until when a worker holds it, and what became of the last attempt."""

    request: JarvisRequest
    held_until: datetime | None = None
    retry_at: datetime | None = None
    failure: str | None = None

    def is_held(self, now: datetime) -> bool:
        return self.held_until is not None and self.held_until > now

    def is_put_off(self, now: datetime) -> bool:
        return self.retry_at is not None and self.retry_at > now


@dataclass(frozen=True, slots=True)
class KeptJob:
    """A job, until when a worker holds it or it is put off, and when it ended."""

    job: Job
    held_until: datetime | None = None
    retry_at: datetime | None = None
    finished_at: datetime | None = None

    def is_held(self, now: datetime) -> bool:
        return self.held_until is not None and self.held_until > now

    def is_put_off(self, now: datetime) -> bool:
        return self.retry_at is not None and self.retry_at > now


@dataclass(frozen=True, slots=True)
class KeptRecording:
    """A recording, its pieces, and what was said in its parts as far as that is known."""

    recording: Recording
    pieces: tuple[bytes, ...] = ()
    transcripts: tuple[Transcript, ...] = ()


@dataclass(frozen=True, slots=True)
class EmbeddingPlace:
    """How far a room's log was gone through for its vectors, and who holds the room until when."""

    seq: int = 0
    lease: int = 0
    held_until: datetime | None = None


@dataclass(frozen=True, slots=True)
class KeptVector:
    """The vector of a message, and in which space it is."""

    space: SpaceId
    vector: Vector


@dataclass(frozen=True, slots=True)
class KeptHook:
    """An outgoing hook, how often it was taken up, until when a worker holds it, and until when it is put off."""

    hook: OutgoingHook
    lease: int = 0
    held_until: datetime | None = None
    retry_at: datetime | None = None

    def is_held(self, now: datetime) -> bool:
        return self.held_until is not None and self.held_until > now

    def is_put_off(self, now: datetime) -> bool:
        return self.retry_at is not None and self.retry_at > now


class RoomContents:
    """All that goes when the room goes."""

    def __init__(self, journal: Journal) -> None:
        self.members: Table[UserId, Member] = Table(journal)
        self.messages: Table[MessageId, Message] = Table(journal)
        self.timeline: Line[MessageId] = Line(journal)
        self.sent: Table[tuple[UserId, str], Sent] = Table(journal)
        self.log: Line[LogEntry] = Line(journal)
        self.vectors: Table[MessageId, KeptVector] = Table(journal)
        self.languages: Table[UserId, tuple[str, int]] = Table(journal)
        self.translations: Table[MessageId, dict[str, str]] = Table(journal)
        self.matters: Table[MatterId, Matter] = Table(journal)
        self.cards: Table[CardId, Card] = Table(journal)
        self.pulse_reports: Table[PulseReportId, PulseReport] = Table(journal)


class InMemoryStore:
    """The tables, and the one lock that makes units of work follow one another."""

    def __init__(self, clock: Clock) -> None:
        self.clock = clock
        self._journal: Journal = []
        self._lock = asyncio.Lock()
        self._waiting: list[Callable[[], None]] = []
        self.users: Table[UserId, User] = Table(self._journal)
        self.user_ids: Table[str, UserId] = Table(self._journal)
        self.bots: Table[UserId, Bot] = Table(self._journal)
        self.passwords: Table[UserId, str] = Table(self._journal)
        self.sessions: Table[SessionId, Session] = Table(self._journal)
        self.tickets: Table[bytes, Ticket] = Table(self._journal)
        self.identities: Table[tuple[str, str], UserId] = Table(self._journal)
        self.invitations: Table[InvitationId, Invitation] = Table(self._journal)
        self.incoming_hooks: Table[HookId, IncomingHook] = Table(self._journal)
        self.hook_posts: Table[tuple[HookId, str], HookPost] = Table(self._journal)
        self.outgoing_hooks: Table[HookId, KeptHook] = Table(self._journal)
        self.rooms: Table[RoomId, Room] = Table(self._journal)
        self.pairs: Table[Pair, RoomId] = Table(self._journal)
        self.contents: Table[RoomId, RoomContents] = Table(self._journal)
        self.requests: Table[RequestId, Kept] = Table(self._journal)
        self.public_ids: Table[tuple[UserId, str], RequestId] = Table(self._journal)
        self.lanes: Table[str, tuple[RequestId, ...]] = Table(self._journal)
        self.recordings: Table[RecordingId, KeptRecording] = Table(self._journal)
        self.calendar_events: Table[CalendarEventId, CalendarEvent] = Table(self._journal)
        self.calendar_feeds: Table[UserId, tuple[bytes, datetime]] = Table(self._journal)
        self.embedding_spaces: Table[EmbeddingModel, SpaceId] = Table(self._journal)
        self.embedding_places: Table[tuple[RoomId, SpaceId], EmbeddingPlace] = Table(self._journal)
        self.gleaned: Table[RoomId, int] = Table(self._journal)
        self.current_space: Table[str, SpaceId] = Table(self._journal)
        self.files: Table[AttachmentId, StoredFile] = Table(self._journal)
        self.doomed_files: Table[AttachmentId, None] = Table(self._journal)

        self.rounds: Table[RequestId, tuple[Round, ...]] = Table(self._journal)
        self.ai_usage: Table[UserId, tuple[tuple[datetime, Usage], ...]] = Table(self._journal)
        self.records: Table[RequestId, AnswerRecord] = Table(self._journal)
        self.confirmations: Table[tuple[RequestId, str], Confirmation] = Table(self._journal)
        self.jobs: Table[JobId, KeptJob] = Table(self._journal)
        self.job_keys: Table[tuple[str, str], JobId] = Table(self._journal)

    def new_contents(self) -> RoomContents:
        return RoomContents(self._journal)

    @asynccontextmanager
    async def unit(self) -> AsyncIterator[None]:
        """Have the store alone; what was not committed by the end of the block is undone."""
        async with self._lock:
            try:
                yield
            finally:
                self._roll_back()
                self._run_waiting()

    def when_free(self, change: Callable[[], None]) -> None:
        """Make a change between units of work: now, or as soon as the one that is open has ended."""
        if self._lock.locked():
            self._waiting.append(change)
        else:
            change()

    def commit(self) -> None:
        """Keep what was changed since the last commit."""
        self._journal.clear()

    def _roll_back(self) -> None:
        while self._journal:
            self._journal.pop()()

    def _run_waiting(self) -> None:
        waiting, self._waiting = self._waiting, []
        for change in waiting:
            change()
