"""A check from its beginning to its verdict."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Coroutine, Iterable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from itertools import cycle, islice
from random import Random
from secrets import token_hex
from time import monotonic
from typing import Any

import aiohttp

from entrypoints.verify.checker import Verdict, verdict
from entrypoints.verify.client import Client, Frames, Place, Pulse
from entrypoints.verify.reading import delete_rooms, read_room
from entrypoints.verify.records import Evidence
from entrypoints.verify.wire import CannotVerify, Deployment, SignedIn

_SIGN_INS_AT_ONCE = 8
_SEND_AGAIN_SECONDS = 3.0


@dataclass(frozen=True, slots=True)
class Plan:
    """How a deployment is checked.

    ``urls`` are its servers, ``tokens`` those of people to act as (without any, people are made by the development
    sign-in). Each client sends ``rate`` messages a second (0: as fast as ``ahead`` unacked ones allow) for ``seconds``,
    and loses its connection every ``cut`` seconds on average (0: never). ``patience`` bounds every wait, in seconds.
    """

    urls: Sequence[str]
    tokens: Sequence[str] = ()
    clients: int = 20
    rooms: int = 4
    seconds: float = 10.0
    rate: float = 10.0
    cut: float = 2.0
    ahead: int = 64
    patience: float = 30.0
    seed: int = 0
    keep: bool = False


@dataclass(frozen=True, slots=True)
class Report:
    """What a check came to; times in seconds."""

    verdict: Verdict
    plan: Plan
    refusals: dict[str, int]
    ack_seconds: Sequence[float]
    talked: float
    settled: float
    everything: float

    def ack_ms(self, share: float) -> float | None:
        """Within how many milliseconds after its first try this share of the sends was acked."""
        if not self.ack_seconds:
            return None
        return round(1000 * self.ack_seconds[int(share * (len(self.ack_seconds) - 1))], 2)

    def as_json(self) -> dict[str, Any]:
        """For a file: the verdict, all violations, the counts, times in milliseconds."""
        return {
            "verdict": "good" if self.verdict.good else "bad",
            "violations": [{"kind": found.kind.value, "where": found.where} for found in self.verdict.violations],
            "counts": dict(self.verdict.counts),
            "refusals": self.refusals,
            "ackMs": {name: self.ack_ms(share) for name, share in (("median", 0.5), ("p99", 0.99), ("max", 1.0))},
            "seconds": {"talked": self.talked, "settled": self.settled, "everything": self.everything},
            "plan": {
                **{name: getattr(self.plan, name) for name in ("clients", "rooms", "rate", "cut", "ahead", "seed")},
                "servers": list(self.plan.urls),
            },
        }


class Crowd:
    """The clients of a check, while they talk."""

    def __init__(self, clients: Sequence[Client], place: Place, patience: float) -> None:
        self.clients = clients
        self.evidence = place.evidence
        self._place = place
        self._patience = patience

    @property
    def acked(self) -> int:
        """How many sends are acked by now."""
        return len(self.evidence.sends) - sum(len(client.unacked) for client in self.clients)

    @property
    def joined(self) -> int:
        """How many clients hear all their rooms at this moment."""
        return sum(client.joined for client in self.clients)

    async def until(self, condition: Callable[[], bool], what: str) -> None:
        """Wait until the condition holds. Raises CannotVerify where it does not come true in time."""
        if not await self.holds(condition):
            raise CannotVerify(f"{what} did not come about within {self._patience:g} s")

    async def holds(self, condition: Callable[[], bool], seconds: float | None = None) -> bool:
        """Wait until the condition holds; False where it does not come true in time."""
        return await self._place.pulse.until(condition, self._patience if seconds is None else seconds)


async def verify(plan: Plan, meanwhile: Callable[[Crowd], Awaitable[object]] | None = None) -> Report:
    """Check a deployment. ``meanwhile`` runs while the clients talk, who go on at least until it ends.

    Raises CannotVerify where the deployment cannot be reached or refuses what is needed.
    """
    began = monotonic()
    connector = aiohttp.TCPConnector(limit=0)
    async with aiohttp.ClientSession(connector=connector) as session:
        deployment = Deployment(session, plan.urls, plan.patience)
        run = token_hex(3)
        people = await _people(deployment, plan, run)
        owner = people[0]
        members = sorted({person.id for person in people[1:]} - {owner.id})
        titles = [f"verify {run} {number + 1}" for number in range(plan.rooms)]
        rooms = [await deployment.open_room(owner.token, title, members) for title in titles]
        place = Place(deployment, Evidence(), Pulse(), Frames(), plan.ahead)
        crowd = Crowd(_clients(plan, people, rooms, place), place, plan.patience)
        async with _tasks(client.stay() for client in crowd.clients):
            await crowd.until(lambda: crowd.joined == len(crowd.clients), "joining")
            talked = monotonic()
            await _talk(plan, crowd, meanwhile)
            settling = monotonic()
            await _settle(plan, crowd)
            settled = monotonic()
            for room in rooms:
                place.evidence.readings += await read_room(deployment, owner.token, room, plan.patience)
            await _hear_all(crowd)
        found = verdict(place.evidence)
        if found.good and not plan.keep:
            await delete_rooms(deployment, owner.token, rooms)
    latencies = sorted(send.acks[0].at - send.tries[0].at for send in place.evidence.sends if send.acks)
    return Report(
        found,
        plan,
        dict(place.evidence.refusals),
        latencies,
        round(settling - talked, 3),
        round(settled - settling, 3),
        round(monotonic() - began, 3),
    )


async def _people(deployment: Deployment, plan: Plan, run: str) -> list[SignedIn]:
    if plan.tokens:
        return [await deployment.known(token) for token in plan.tokens]
    gate = asyncio.Semaphore(_SIGN_INS_AT_ONCE)

    async def sign_in(number: int) -> SignedIn:
        async with gate:
            return await deployment.sign_in(f"verify-{run}-{number + 1}")

    return await asyncio.gather(*(sign_in(number) for number in range(plan.clients)))


def _clients(plan: Plan, people: Sequence[SignedIn], rooms: Sequence[str], place: Place) -> list[Client]:
    """Each has two rooms, so that every room has its share and every socket hears more than one."""
    clients = []
    for number, person in enumerate(islice(cycle(people), plan.clients)):
        own = dict.fromkeys((rooms[number % len(rooms)], rooms[(number + 1) % len(rooms)]))
        clients.append(Client(f"c{number + 1}", person, list(own), place, Random(f"{plan.seed} {number}")))  # noqa: S311
    return clients


async def _talk(plan: Plan, crowd: Crowd, meanwhile: Callable[[Crowd], Awaitable[object]] | None) -> None:
    async with _tasks(client.talk(plan.rate) for client in crowd.clients), _tasks([_cut(plan, crowd)]):
        if meanwhile is not None:
            await meanwhile(crowd)
        await asyncio.sleep(plan.seconds)


async def _cut(plan: Plan, crowd: Crowd) -> None:
    random = Random(plan.seed)  # noqa: S311
    while plan.cut:
        await asyncio.sleep(random.expovariate(len(crowd.clients) / plan.cut))
        random.choice(crowd.clients).cut()


async def _settle(plan: Plan, crowd: Crowd) -> None:
    """Have everything acked that was sent, as far as that can be had."""
    deadline = monotonic() + plan.patience
    while not await crowd.holds(lambda: crowd.acked == len(crowd.evidence.sends), _SEND_AGAIN_SECONDS):
        if monotonic() > deadline:
            return
        for client in crowd.clients:
            await client.send_again()


async def _hear_all(crowd: Crowd) -> None:
    """Give everybody the time to hear all that is in the log. Who is connected by then had it."""
    newest: dict[str, int] = {}
    for reading in crowd.evidence.readings:
        newest[reading.room] = max(newest.get(reading.room, 0), *(event.seq for event in reading.events), 0)

    def everybody_has() -> bool:
        return all(client.reached[room] >= newest[room] for client in crowd.clients for room in client.rooms)

    await crowd.holds(everybody_has)
    crowd.evidence.readers |= {
        (client.name, room) for client in crowd.clients if client.joined for room in client.rooms
    }


@asynccontextmanager
async def _tasks(works: Iterable[Coroutine[Any, Any, None]]) -> AsyncIterator[None]:
    """Runs these for as long as the block does; what one of them raises ends the block."""
    try:
        async with asyncio.TaskGroup() as group:
            tasks = [group.create_task(work) for work in works]
            yield
            for task in tasks:
                task.cancel()
    except ExceptionGroup as failures:
        raise failures.exceptions[0] from None
