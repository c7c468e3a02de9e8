"""What the clients of a check write down: all they sent, were told and read.

Times are seconds on one monotonic clock.
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from hashlib import blake2b


def digest(text: str) -> str:
    """A short fingerprint of a text, so that no record holds what was said."""
    return blake2b(text.encode("utf-8", "surrogatepass"), digest_size=8).hexdigest()


@dataclass(frozen=True, slots=True)
class Event:
    """A logged event as somebody heard or read it.

    ``subject`` is the id of the message (or person) that it is about; ``sender``, ``temp_id`` and ``digest`` are those
    of a message.
    """

    seq: int
    type: str
    subject: str
    sender: str | None = None
    temp_id: str | None = None
    digest: str | None = None


@dataclass(frozen=True, slots=True)
class Try:
    """One time that a send went out: over which socket, its number among the sends there, and when."""

    socket: int
    number: int
    at: float


@dataclass(frozen=True, slots=True)
class Ack:
    """What the server said that became of a send, and when."""

    message_id: str
    seq: int
    at: float


@dataclass(slots=True)
class Send:
    """Something that one client wanted said in a room, under one ``clientTempId``."""

    room: str
    sender: str
    temp_id: str
    digest: str
    tries: list[Try] = field(default_factory=list)
    acks: list[Ack] = field(default_factory=list)


@dataclass(slots=True)
class Hearing:
    """What a reader's socket heard of a room after joining past ``since``; ``events`` are in the order of hearing.

    ``joined`` is the seq of ``room.joined`` and ``before_joined`` the number of events that came before it; None where
    the socket ended earlier. ``resync`` says that the server could not go back as far as it was asked.
    """

    reader: str
    room: str
    server: str
    socket: int
    since: int
    asked_at: float
    events: list[Event] = field(default_factory=list)
    joined: int | None = None
    before_joined: int = 0
    resync: bool = False


@dataclass(frozen=True, slots=True)
class Reading:
    """A room read anew from its beginning: ``events`` by a join past 0, or ``history`` by REST."""

    room: str
    server: str
    events: Sequence[Event]
    history: bool = False


@dataclass(slots=True)
class Evidence:
    """All that was written down.

    ``refusals`` counts refusals by their code. ``readers`` are the pairs of reader and room that had the time to hear
    everything at the end; the others were still on their way.
    """

    sends: list[Send] = field(default_factory=list)
    hearings: list[Hearing] = field(default_factory=list)
    readings: list[Reading] = field(default_factory=list)
    refusals: Counter[str] = field(default_factory=Counter)
    readers: set[tuple[str, str]] = field(default_factory=set)
