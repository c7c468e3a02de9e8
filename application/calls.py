"""Calls: passing on what members tell one another to set them up."""

from collections.abc import Mapping

from application.publication import Publication
from domain.calls import SignalType
from domain.events import CallSignalled
from domain.ids import RoomId
from domain.users import Actor


class Calls:
    """Call signalling. The caller has made sure that the actor hears the room, which only members do."""

    def __init__(self, publication: Publication) -> None:
        self._publication = publication

    def signal(
        self, actor: Actor, room_id: RoomId, signal: SignalType, body: Mapping[str, object], origin: str | None = None
    ) -> None:
        """Hand ``body`` to everybody who listens to the room, but not back to the connection ``origin``."""
        self._publication.publish([CallSignalled(room_id, actor.id, signal, body, origin)])
