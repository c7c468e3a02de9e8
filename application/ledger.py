"""What a room's talk comes to, kept for its people."""

from dataclasses import dataclass

from application.matters import Matters


@dataclass(frozen=True, slots=True)
class Ledger:
    """The capabilities that keep it."""

    matters: Matters
