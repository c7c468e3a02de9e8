"""Calls: the signals by which they are set up, and who is in one."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from enum import Enum

from domain.ids import CallId, RoomId, UserId


class SignalType(Enum):
    """The four kinds of signal."""

    OFFER = "offer"
    ANSWER = "answer"
    ICE = "ice"
    HANGUP = "hangup"


@dataclass(frozen=True, slots=True)
class Seat:
    """One connection's place in a call. ``signalled`` where it was taken by an offer or an answer alone, as a client
    does that knows nothing of seats; another client says that it comes and that it goes."""

    connection_id: str
    user_id: UserId
    since: datetime
    signalled: bool


@dataclass(frozen=True, slots=True)
class Participant:
    """A person in a call, from whichever of their devices, and since when."""

    user_id: UserId
    since: datetime


@dataclass(frozen=True, slots=True)
class Call:
    """The call of a room as it stands. Of two pictures of one call, the one with the higher ``version`` is newer."""

    id: CallId
    room_id: RoomId
    started_by: UserId
    started_at: datetime
    version: int = 1
    seats: tuple[Seat, ...] = ()

    @property
    def participants(self) -> Sequence[Participant]:
        """Who is in it, in the order in which they came; each person once."""
        people: dict[UserId, Participant] = {}
        for seat in self.seats:
            people.setdefault(seat.user_id, Participant(seat.user_id, seat.since))
        return list(people.values())

    def with_seat(self, seat: Seat) -> "Call":
        """The call with this connection in it. Who has said so once does not become somebody that only signals."""
        there = next((each for each in self.seats if each.connection_id == seat.connection_id), None)
        if there is None:
            return self._seated((*self.seats, seat))
        if there.signalled and not seat.signalled:
            return self._seated(tuple(replace(each, signalled=False) if each is there else each for each in self.seats))
        return self

    def without(self, gone: Callable[[Seat], bool]) -> "Call | None":
        """The call without the seats that are ``gone``; None where nobody is left."""
        seats = tuple(seat for seat in self.seats if not gone(seat))
        if len(seats) == len(self.seats):
            return self
        return self._seated(seats) if seats else None

    def hung_up(self, connection_id: str) -> "Call | None":
        """The call after a hang-up from this connection.

        Who came by signals goes by them. The installed client takes anybody's hang-up for the end of a call between
        two and says nothing more: one person who is left alone there, and came by signals, is out as well.
        """
        left = self.without(lambda seat: seat.signalled and seat.connection_id == connection_id)
        if left is None or len(left.participants) > 1 or not all(seat.signalled for seat in left.seats):
            return left
        return None

    def _seated(self, seats: tuple[Seat, ...]) -> "Call":
        return replace(self, seats=seats, version=self.version + 1)


@dataclass(frozen=True, slots=True)
class CallChange:
    """A room's call before and after something has happened; None where there is none."""

    before: Call | None
    after: Call | None
