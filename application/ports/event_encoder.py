"""From events to what clients read."""

from collections.abc import Sequence
from typing import Protocol

from application.ports.event_bus import Notice
from domain.events import Event, LoggedEvent


class EventEncoder(Protocol):
    """Turns an event into the bytes of the wire protocol and the address to send them to."""

    def encode(self, event: Event) -> Sequence[Notice]:
        """What is told of an event: one notice for a logged one, one or more for a passing one."""

    def name_of(self, logged: LoggedEvent) -> str:
        """What clients call it."""
