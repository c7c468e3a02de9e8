"""How patient the bus is, and how much it holds."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class BusPace:
    """Seconds, but for what is said otherwise.

    ``patience`` is how long a listener waits to be confirmed, ``ping`` how long a connection may be silent before it is
    asked whether it is alive, and again until it is given up. Pauses between attempts to connect grow from
    ``first_pause`` to ``longest_pause``. What waits to be published is at most ``waiting_bytes`` and
    ``waiting_notices``; one notice alone always fits.
    """

    patience: float = 1.0
    ping: float = 5.0
    first_pause: float = 0.05
    longest_pause: float = 2.0
    waiting_bytes: int = 64 * 1024 * 1024
    waiting_notices: int = 50_000
