"""The bus within one process."""

from collections.abc import Callable, Sequence

from application.ports.event_bus import Notice
from domain.ids import RoomId, UserId


class InMemoryNetwork:
    """What the buses of several servers in one process have in common."""

    def __init__(self) -> None:
        self._buses: list[InMemoryEventBus] = []

    def join(self, bus: "InMemoryEventBus") -> None:
        self._buses.append(bus)

    def carry(self, notices: Sequence[Notice]) -> None:
        for bus in self._buses:
            bus.deliver(notices)


class InMemoryEventBus:
    """One server's end of the bus. What is published has arrived everywhere when ``publish`` returns."""

    def __init__(self, network: InMemoryNetwork | None = None) -> None:
        self._network = network or InMemoryNetwork()
        self._network.join(self)
        self._subjects: set[RoomId | UserId] = set()
        self._receive: Callable[[Sequence[Notice]], None] | None = None

    def publish(self, notices: Sequence[Notice]) -> None:
        self._network.carry(notices)

    def attach(self, receive: Callable[[Sequence[Notice]], None], reconnected: Callable[[], None]) -> None:  # noqa: ARG002
        """Name who takes what comes in. This bus is never away, so nobody is told that it came back."""
        self._receive = receive

    async def listen(self, subject: RoomId | UserId) -> None:
        self._subjects.add(subject)

    async def forget(self, subject: RoomId | UserId) -> None:
        self._subjects.discard(subject)

    def deliver(self, notices: Sequence[Notice]) -> None:
        """Hand on those that concern somebody here."""
        if self._receive is None:
            return
        heard = [notice for notice in notices if self._concerns(notice)]
        if heard:
            self._receive(heard)

    def _concerns(self, notice: Notice) -> bool:
        return notice.room_id in self._subjects or not self._subjects.isdisjoint(notice.user_ids)
