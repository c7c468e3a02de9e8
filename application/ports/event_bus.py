"""The way events take to the servers that listen."""

from collections.abc import Callable, Sequence
from typing import NamedTuple, Protocol

from domain.ids import RoomId, UserId

ANSWER_ENDS = -1
ALL_SIGNED_IN = "*"


class Notice(NamedTuple):
    """An event ready to travel: encoded once, with what a server must know to deliver it without reading it.

    ``body`` is for clients; an empty one is for servers alone. ``room_id`` names the room whose listeners hear it,
    ``user_ids`` people who hear it on all their sockets (those that have joined ``room_id`` hear it once). ``seq`` is
    there for logged events. ``removes`` names a room and who is cut off from it, ``closes`` ends the room, ``revokes``
    is a token or a session whose sockets are closed, or ``ALL_SIGNED_IN``. ``stream`` is the request and index of a
    piece of an answer, or ``ANSWER_ENDS`` for what comes after all of them. ``origin`` is a connection that does not
    hear it, ``unheard_by`` a person who does not. ``presence`` names who has come or gone and the number of that
    change: after it none with a lower number is told.
    """

    body: bytes
    room_id: RoomId | None = None
    seq: int | None = None
    user_ids: tuple[UserId, ...] = ()
    removes: tuple[RoomId, UserId] | None = None
    closes: bool = False
    revokes: str | None = None
    stream: tuple[str, int] | None = None
    origin: str | None = None
    unheard_by: UserId | None = None
    presence: tuple[UserId, int] | None = None


class EventBus(Protocol):
    """Carries notices to every server. It may lose, repeat or reorder them; the room log makes up for that."""

    def publish(self, notices: Sequence[Notice]) -> None:
        """Send off; never waits and never fails for want of a listener."""

    def attach(self, receive: Callable[[Sequence[Notice]], None], reconnected: Callable[[], None]) -> None:
        """Name who takes what comes in, and who is told when the bus was away and came back."""

    async def listen(self, subject: RoomId | UserId) -> None:
        """From now on hear what concerns a room or a person."""

    async def forget(self, subject: RoomId | UserId) -> None:
        """Stop hearing it."""
