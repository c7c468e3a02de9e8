"""Several people who talk at once, and what has to be true of it afterwards."""

import asyncio
import itertools
from collections.abc import Sequence

import aiohttp

from tests.end_to_end.replica import PATIENCE, Person, Replica, StoredRoom, assert_acked_once, assert_same_order

NAMES = ("Ana", "Ben", "Cho", "Dan")
AHEAD = 64


async def gather_people(session: aiohttp.ClientSession, url: str) -> list[Replica]:
    """Four people in one room, each at a device that hears it."""
    people = [await Person.sign_in(session, url, f"{name}@local") for name in NAMES]
    room_id = await people[0].open_room(*people[1:])
    members = {person.id: "owner" if person is people[0] else "member" for person in people}
    replicas = [Replica(person, room_id, members=members) for person in people]
    await asyncio.gather(*(replica.connect() for replica in replicas))
    await asyncio.gather(*(replica.caught_up(0) for replica in replicas))
    return replicas


async def come_back(replicas: Sequence[Replica], url: str) -> None:
    """Everybody connects to the server that is there now, catches up, and sends again what was not acknowledged."""
    for replica in replicas:
        replica.person.url = url
    await asyncio.gather(*(replica.connect() for replica in replicas))
    await asyncio.gather(*(replica.resend_unacked() for replica in replicas))
    await asyncio.gather(*(replica.all_acked() for replica in replicas))


async def talk(replica: Replica, prefix: str, count: int | None = None) -> None:
    """Say so many things one after the other, at most ``AHEAD`` of them unacknowledged; without ``count``, until the
    socket breaks."""
    person = replica.person
    for number in range(count) if count is not None else itertools.count():
        try:
            await replica.until(lambda: len(person.outbox) - len(person.acked) < AHEAD)
        except ConnectionError:
            return
        temp_id = f"{prefix}-{number}"
        text = person.outbox[temp_id] = f"{person.name} {prefix} {number}"
        if not await replica.say("message.send", content=text, clientTempId=temp_id):
            return


def acked(replicas: Sequence[Replica]) -> int:
    return sum(len(replica.person.acked) for replica in replicas)


def said(replicas: Sequence[Replica]) -> int:
    return sum(len(replica.person.outbox) for replica in replicas)


def unacked(replicas: Sequence[Replica]) -> int:
    return sum(len(replica.person.unacked) for replica in replicas)


async def acked_at_least(replicas: Sequence[Replica], count: int) -> None:
    """Wait until so many sends of all together are acknowledged."""

    async def watch(replica: Replica) -> None:
        await replica.until(lambda: acked(replicas) >= count)

    watching = [asyncio.ensure_future(watch(replica)) for replica in replicas]
    try:
        async with asyncio.timeout(PATIENCE):
            done, _ = await asyncio.wait(watching, return_when=asyncio.FIRST_COMPLETED)
        for task in done:
            task.result()
    finally:
        for task in watching:
            task.cancel()
        await asyncio.gather(*watching, return_exceptions=True)


async def assert_nothing_lost_nothing_twice_one_order(replicas: Sequence[Replica]) -> StoredRoom:
    """Everybody has caught up; answers the room as it is stored."""
    people = [replica.person for replica in replicas]
    assert not unacked(replicas)
    observer = Replica(people[0], replicas[0].room_id, members=replicas[0].members)
    await observer.connect()
    await observer.until(lambda: observer.joined)
    await asyncio.gather(*(replica.caught_up(observer.seq) for replica in replicas))
    stored = await StoredRoom.fetch(people[0], observer.room_id)
    for replica in (observer, *replicas):
        assert replica.room() == stored
    assert_same_order([observer, *replicas])
    assert_acked_once(people, stored)
    await observer.close()
    return stored
