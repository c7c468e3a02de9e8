"""How patient the queue is, and how much it holds."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class QueuePace:
    """Seconds, but for what is said otherwise.

    ``block`` is how long one look for something new lasts, ``connect`` how long connecting may take and ``answer`` any
    other command. What was received and not acknowledged for ``idle`` is taken over by another worker, and a worker
    that was not heard of for ``forgotten`` is struck off. Pauses while Redis is away grow from ``first_pause`` to
    ``longest_pause``; ``goodbye`` is how long a stop waits for what is to be sent. The stream keeps about ``kept``
    bells, a process that cannot send them at most ``waiting``.
    """

    block: float = 1.0
    connect: float = 1.0
    answer: float = 5.0
    idle: float = 60.0
    forgotten: float = 3600.0
    first_pause: float = 0.05
    longest_pause: float = 2.0
    goodbye: float = 1.0
    kept: int = 10_000
    waiting: int = 10_000
