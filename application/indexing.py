"""Keeping the text index close behind what is said, beside everything else that a process does."""

from application.following import FollowingPace, follow
from application.ports.clock import Clock
from application.ports.unit_of_work import Work

_ROOMS = 64
_EVENTS = 128
_PACE = FollowingPace(rests=3, idle_seconds=1, longest_pause=30)


class TextIndexing:
    """Follows the rooms' logs, as one of any number that do so."""

    def __init__(self, work: Work, clock: Clock) -> None:
        self._work = work
        self._clock = clock
        self.waiting = 0
        """How many events the index had not seen when that was last asked for."""

    async def turn(self) -> int:
        """Take in what is there, at most 128 events of each of 64 rooms; answers how many. Raises Unavailable."""
        async with self._work() as work:
            behind = await work.text_index.behind(take=_ROOMS)
        self.waiting = behind.events
        taken = 0
        for room_id in behind.rooms:
            async with self._work() as work:
                taken += await work.text_index.follow(room_id, take=_EVENTS)
        return taken

    async def run(self) -> None:
        """Go on until cancelled. What the index has not seen is found all the same."""
        what = "the text index could not be brought up to date"
        await follow(what, self.turn, lambda: self.waiting, self._clock, _PACE)
