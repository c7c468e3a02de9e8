"""Hooks: doors of a room for programs, one way in and one way out."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from domain.errors import Fault, InvalidInput
from domain.ids import HookId, MessageId, RoomId, UserId
from domain.text import storable

MOST_OF_A_ROOM = 50
"""Hooks of one kind that a room may have."""

NAME_LIMIT = 80
URL_LIMIT = 2000
KEY_LIMIT = 200

EVENTS = (
    "bot.done",
    "card.added",
    "card.removed",
    "card.updated",
    "decision.added",
    "decision.removed",
    "decision.updated",
    "message.deleted",
    "message.new",
    "message.updated",
    "pin.updated",
    "reaction.updated",
    "room.member.added",
    "room.member.removed",
    "room.member.updated",
    "room.updated",
    "task.added",
    "task.removed",
    "task.updated",
)
"""The lasting events of a room, by what clients call them."""

_RESERVED = frozenset({"jarvis", "자비스"})
_FIRST_PAUSE = timedelta(seconds=5)
_LONGEST_PAUSE = timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class IncomingHook:
    """An address at which programs post into a room, under the hook's name. ``digest`` is of its secret, which only
    those have whom it was given to."""

    id: HookId
    digest: bytes = field(repr=False)
    room_id: RoomId
    name: str
    created_by: UserId
    created_at: datetime


@dataclass(frozen=True, slots=True)
class HookPost:
    """What came of the first post of a hook with this ``key``."""

    key: str
    fingerprint: bytes
    message_id: MessageId
    seq: int
    at: datetime


@dataclass(frozen=True, slots=True)
class OutgoingHook:
    """An address that is told what happens in a room. All in the room's log up to ``followed_seq`` has been told there,
    or was not asked for.

    ``failures`` is how often in a row it has failed to be told the next of it, ``failure`` of what the last time.
    """

    id: HookId
    room_id: RoomId
    name: str
    url: str
    events: tuple[str, ...]
    salt: str = field(repr=False)
    created_by: UserId
    created_at: datetime
    followed_seq: int
    failures: int = 0
    failing_since: datetime | None = None
    failure: str | None = None
    disabled_at: datetime | None = None

    def failed(self, failure: str, now: datetime, patience: timedelta) -> "OutgoingHook":
        """The hook after another failure; it is disabled where it has failed for so long."""
        since = self.failing_since or now
        return replace(
            self,
            failures=self.failures + 1,
            failing_since=since,
            failure=failure,
            disabled_at=now if now - since >= patience else None,
        )

    def told(self, seq: int) -> "OutgoingHook":
        """The hook after it was told all up to ``seq``."""
        return replace(self, followed_seq=seq, failures=0, failing_since=None, failure=None)

    def begun_anew(self, newest: int) -> "OutgoingHook":
        """The hook, enabled, with what comes after ``newest`` before it."""
        return replace(self.told(newest), disabled_at=None)

    @property
    def pause(self) -> timedelta:
        """How long to wait after so many failures: twice as long each time."""
        return min(_FIRST_PAUSE * (1 << min(self.failures - 1, 20)), _LONGEST_PAUSE)


@dataclass(frozen=True, slots=True)
class ClaimedHook:
    """A hook that a worker holds. Only the newest ``lease`` may write down how far it got."""

    hook: OutgoingHook
    lease: int


def hook_name(text: str) -> str:
    """What a hook may be called, without surrounding white space.

    Raises:
        InvalidInput: nothing is left, it is too long or cannot be stored, or it would pass for Jarvis.
    """
    name = " ".join(storable(text, "name").split())
    if not 1 <= len(name) <= NAME_LIMIT:
        raise InvalidInput(details=[Fault("name", f"must have 1 to {NAME_LIMIT} characters")])
    if name.casefold() in _RESERVED:
        raise InvalidInput(details=[Fault("name", "must not be that of Jarvis")])
    return name


def hook_url(text: str) -> str:
    """An address that may be called. Raises InvalidInput."""
    url = storable(text, "url").strip()
    if len(url) > URL_LIMIT or not url.startswith(("https://", "http://")):
        fault = Fault("url", f"must begin with https:// or http:// and have at most {URL_LIMIT} characters")
        raise InvalidInput(details=[fault])
    return url


def hook_events(names: Sequence[str] | None) -> tuple[str, ...]:
    """The events that a hook is told, each once; all of them where none is named. Raises InvalidInput."""
    if not names:
        return EVENTS
    unknown = sorted(set(names) - set(EVENTS))
    if unknown:
        raise InvalidInput(details=[Fault("events", f"must be among {', '.join(EVENTS)}")])
    return tuple(sorted(set(names)))


def post_key(value: str | None) -> str | None:
    """A program's own name for a post. Raises InvalidInput."""
    if value is None:
        return None
    if not 1 <= len(value) <= KEY_LIMIT:
        raise InvalidInput(details=[Fault("Idempotency-Key", f"must have 1 to {KEY_LIMIT} characters")])
    return storable(value, "Idempotency-Key")
