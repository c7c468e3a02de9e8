"""How much of everything is allowed."""

from dataclasses import dataclass
from datetime import timedelta
from math import inf

from domain.messages import TEXT_LIMIT
from domain.rooms import TITLE_LIMIT

REST_BODY = 1024 * 1024
CALENDAR_FILE = 2 * 1024 * 1024
"""Bytes of what a call of REST brings, unless it brings files; of a calendar's file that is taken over."""


@dataclass(frozen=True, slots=True)
class Limits:
    """Sizes of what people may send. ``message_text`` and ``prompt`` in bytes of UTF-8, ``title`` in characters,
    ``invited_at_once`` in people, ``replay`` in events of one page."""

    message_text: int = TEXT_LIMIT
    title: int = TITLE_LIMIT
    prompt: int = 16 * 1024
    invited_at_once: int = 1000
    replay_page: int = 500


@dataclass(frozen=True, slots=True)
class AnswerPace:
    """How answers are made: a worker's ``lease`` on a question; how many messages of the talk the model is shown at the
    most, and how many tokens of all that was said (estimated); and how often an answer is tried. The pause after a
    failed attempt is ``first_pause``, then twice as long each time up to ``longest_pause``."""

    lease: timedelta = timedelta(seconds=15)
    talk: int = 40
    context_tokens: int = 6000
    attempts: int = 5
    first_pause: timedelta = timedelta(seconds=1)
    longest_pause: timedelta = timedelta(seconds=60)

    def pause_after(self, tries: int) -> timedelta:
        """How long to wait after so many attempts have failed."""
        doublings = min(tries - 1, 30)
        return min(self.first_pause * (1 << doublings), self.longest_pause)


@dataclass(frozen=True, slots=True)
class RateLimit:
    """A bucket that holds ``burst`` tokens and is filled with ``per_second``; at least one token, and above zero."""

    burst: int
    per_second: float

    def __post_init__(self) -> None:
        if self.burst < 1 or not 0 < self.per_second < inf:
            raise ValueError(f"a rate limit of {self.burst} and {self.per_second} a second lets nobody through")
