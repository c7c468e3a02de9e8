"""How long to wait before trying again."""

from random import SystemRandom

_random = SystemRandom()


class Pauses:
    """Pauses in seconds that double up to the longest, each shortened by chance by up to a half."""

    def __init__(self, first: float, longest: float) -> None:
        self._first = first
        self._longest = longest
        self._next = first

    def next(self) -> float:
        pause = self._next
        self._next = min(pause * 2, self._longest)
        return pause * _random.uniform(0.5, 1.0)

    def reset(self) -> None:
        self._next = self._first
