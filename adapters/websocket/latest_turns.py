"""Who came or went last, as far as this server has heard."""

from domain.ids import UserId

REMEMBERED = 100_000


class LatestTurns:
    """The newest change of each person that was told here, of those who changed last.

    Two servers may tell of two changes of one person in the wrong order.
    """

    __slots__ = ("_numbers",)

    def __init__(self) -> None:
        self._numbers: dict[UserId, int] = {}

    def is_late(self, user_id: UserId, number: int) -> bool:
        """Whether a later change was told already; where not, this one is the newest now."""
        newest = self._numbers.pop(user_id, number)
        self._numbers[user_id] = max(number, newest)
        if len(self._numbers) > REMEMBERED:
            del self._numbers[next(iter(self._numbers))]
        return number < newest
