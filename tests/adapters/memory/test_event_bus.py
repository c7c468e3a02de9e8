"""The bus within one process."""

from collections.abc import Sequence

from adapters.memory.event_bus import InMemoryEventBus, InMemoryNetwork
from application.ports.event_bus import Notice
from domain.ids import RoomId, UserId
from tests.builders import SequenceIds

IDS = SequenceIds()
ROOM, OTHER = RoomId(IDS.new()), RoomId(IDS.new())
ANA, BEN = UserId(IDS.new()), UserId(IDS.new())


class Receiver:
    """One server that listens."""

    def __init__(self, network: InMemoryNetwork) -> None:
        self.bus = InMemoryEventBus(network)
        self.bus.attach(self._receive, self._reconnected)
        self.batches: list[list[bytes]] = []

    def _receive(self, notices: Sequence[Notice]) -> None:
        self.batches.append([notice.body for notice in notices])

    def _reconnected(self) -> None:
        raise AssertionError("this bus is never away")


async def test_each_server_hears_what_it_listens_to_whoever_publishes() -> None:
    network = InMemoryNetwork()
    one, two = Receiver(network), Receiver(network)
    await one.bus.listen(ROOM)
    await two.bus.listen(OTHER)
    await two.bus.listen(ANA)
    one.bus.publish([Notice(b"1", room_id=ROOM, seq=1), Notice(b"2", room_id=OTHER), Notice(b"3", user_ids=(BEN, ANA))])
    two.bus.publish([Notice(b"4", room_id=ROOM, user_ids=(ANA,))])
    two.bus.publish([Notice(b"5", user_ids=(BEN,)), Notice(b"6")])
    assert one.batches == [[b"1"], [b"4"]]
    assert two.batches == [[b"2", b"3"], [b"4"]]


async def test_what_is_forgotten_is_not_heard() -> None:
    server = Receiver(InMemoryNetwork())
    for subject in (ROOM, ROOM, ANA):
        await server.bus.listen(subject)
    await server.bus.forget(ROOM)
    await server.bus.forget(OTHER)
    server.bus.publish([Notice(b"1", room_id=ROOM), Notice(b"2", room_id=ROOM, user_ids=(ANA,))])
    assert server.batches == [[b"2"]]


async def test_nobody_need_listen() -> None:
    bus = InMemoryEventBus()
    await bus.listen(ROOM)
    bus.publish([Notice(b"1", room_id=ROOM)])
    bus.publish([])
