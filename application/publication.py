"""From events that have happened to notices on the bus."""

from collections.abc import Sequence

from application.ports.event_bus import EventBus
from application.ports.event_encoder import EventEncoder
from domain.events import Event


class Publication:
    """Encodes each event once and hands it to the bus. For what is committed, or needs no commit."""

    def __init__(self, encoder: EventEncoder, bus: EventBus) -> None:
        self._encode = encoder.encode
        self._bus = bus

    def publish(self, events: Sequence[Event]) -> None:
        """Tell those concerned."""
        self._bus.publish([notice for event in events for notice in self._encode(event)])
