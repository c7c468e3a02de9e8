"""In which rooms something happens, as every store tells it."""

from datetime import timedelta

from application.ports.message_log import Posted
from domain.ids import JobId, MessageId, RoomId
from domain.jobs import Job
from domain.users import Actor
from tests.contracts.stores import Stores


async def test_rooms_in_which_something_was_said_come_by_the_page(stores: Stores, ana: Actor) -> None:
    rooms = [await stores.room(ana) for _ in range(5)]
    await stores.say(rooms[0], ana, "old")
    stores.clock.advance(60)
    since = stores.clock.now()
    for room in rooms[1:4]:
        await stores.say(room, ana, "new")

    async def spoken(after: RoomId | None, take: int) -> list[RoomId]:
        async with stores.work() as work:
            return list(await work.activity.spoken_in(since, kind="ideas", ending=" 1", after=after, take=take))

    assert await spoken(None, 10) == rooms[1:4]
    assert await spoken(None, 2) == rooms[1:3]
    assert await spoken(rooms[2], 2) == [rooms[3]]
    assert await spoken(rooms[3], 2) == []
    for room, kind, ending in ((rooms[1], "ideas", " 1"), (rooms[2], "ideas", " 2"), (rooms[3], "other", " 1")):
        job = Job(JobId(stores.ids.new()), kind, "lane", {}, stores.clock.now(), f"{room}{ending}", room)
        async with stores.work() as work:
            await work.jobs.add(job)
    assert await spoken(None, 10) == rooms[2:4]


async def test_messages_that_stand(stores: Stores, ana: Actor, room: RoomId) -> None:
    other = await stores.room(ana)
    said: list[Posted] = [await stores.say(where, ana, "x") for where in (room, room, other)]
    kept, gone, elsewhere = (posted.message_id for posted in said)
    await stores.delete(room, gone, ana)
    nothing = MessageId(stores.ids.new())
    asked = [kept, gone, elsewhere, nothing]
    async with stores.work() as work:
        assert await work.activity.standing([room], asked) == {kept}
        assert await work.activity.standing([room, other], asked) == {kept, elsewhere}
        assert await work.activity.standing([], asked) == frozenset()
        assert await work.activity.standing([room], []) == frozenset()


async def test_the_place_of_a_time_is_that_of_what_was_said_before(stores: Stores, ana: Actor, room: RoomId) -> None:
    other = await stores.room(ana)
    times = []
    for _ in range(3):
        stores.clock.advance(60)
        await stores.say(room, ana, "x")
        times.append(stores.clock.now())
    await stores.delete(room, (await stores.page(room))[-1].id, ana)
    async with stores.work() as work:
        assert [await work.activity.place(room, at) for at in times] == [0, 1, 2]
        assert await work.activity.place(room, times[-1] + timedelta(seconds=1)) == 3
        assert await work.activity.place(other, times[-1]) == 0
        assert await work.activity.place(RoomId(stores.ids.new()), times[-1]) == 0
