"""How much of everything is allowed."""

from dataclasses import dataclass
from datetime import timedelta

from domain.messages import TEXT_LIMIT
from domain.rooms import TITLE_LIMIT


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
    """How answers are made: a worker's ``lease`` on a question, and how much of the talk the model is shown."""

    lease: timedelta = timedelta(seconds=15)
    talk: int = 40
    attempts: int = 5
