"""Telling operators that something serious is wrong."""

from typing import Protocol


class Alarms(Protocol):
    """Ways to people who look after an installation."""

    def sound(self, kind: str, summary: str) -> None:
        """Tell them, unless they were told of this ``kind`` a short while ago. Never waits and never fails.

        ``summary`` is one line that quotes neither a text nor a secret.
        """
