"""Who may go on with what takes long."""

import asyncio
from weakref import WeakValueDictionary

from domain.ids import UserId


class Turns:
    """One thing at a time for each person, so that nobody takes all there is for it by asking often."""

    def __init__(self) -> None:
        self._locks: WeakValueDictionary[UserId, asyncio.Lock] = WeakValueDictionary()

    def of(self, user_id: UserId) -> asyncio.Lock:
        """To be held while it goes on. It is forgotten once nobody holds it or waits for it."""
        lock = self._locks.get(user_id)
        if lock is None:
            lock = self._locks[user_id] = asyncio.Lock()
        return lock
