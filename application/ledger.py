"""What a room's talk comes to, kept for its people."""

from dataclasses import dataclass

from application.insights import Insights
from application.matters import Matters
from application.pulse import Pulse
from application.specifying import Specifying


@dataclass(frozen=True, slots=True)
class Ledger:
    """The capabilities that keep it."""

    matters: Matters
    pulse: Pulse
    specifying: Specifying
    insights: Insights
