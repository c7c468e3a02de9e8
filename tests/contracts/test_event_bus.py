"""The bus between servers, in one process and over Redis."""

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack

import pytest

from adapters.memory.event_bus import InMemoryEventBus, InMemoryNetwork
from adapters.redis.event_bus import RedisEventBus
from adapters.system.clock import SystemClock
from adapters.system.ids import Uuid7Source
from application.ports.event_bus import EventBus, Notice
from domain.ids import RoomId, UserId
from tests.listening import Ear

IDS = Uuid7Source()
THE_END = RoomId(IDS.new())
END = Notice(b"end", THE_END)

Server = tuple[EventBus, Ear]
NewServer = Callable[[], Awaitable[Server]]


@pytest.fixture
def memory_servers() -> NewServer:
    network = InMemoryNetwork()

    async def new() -> Server:
        bus = InMemoryEventBus(network)
        return bus, Ear(bus)

    return new


@pytest.fixture
async def redis_servers(redis_url: str, redis_space: str) -> AsyncIterator[NewServer]:
    async with AsyncExitStack() as stack:

        async def new() -> Server:
            bus = RedisEventBus(redis_url, IDS, SystemClock(), prefix=redis_space)
            ear = Ear(bus)
            await bus.start()
            stack.push_async_callback(bus.stop)
            return bus, ear

        yield new


@pytest.fixture(params=["memory", "redis"])
def new_server(request: pytest.FixtureRequest) -> NewServer:
    chosen: NewServer = request.getfixturevalue(f"{request.param}_servers")
    return chosen


@pytest.fixture
async def here(new_server: NewServer) -> Server:
    return await new_server()


@pytest.fixture
async def there(new_server: NewServer, here: Server) -> Server:
    server = await new_server()
    await server[0].listen(THE_END)
    return server


@pytest.fixture
def room() -> RoomId:
    return RoomId(IDS.new())


@pytest.fixture
def ana() -> UserId:
    return UserId(IDS.new())


@pytest.fixture
def ben() -> UserId:
    return UserId(IDS.new())


async def heard_until_the_end(here: Server, there: Server) -> list[Notice]:
    """What the other server has heard when all that was published before has arrived."""
    here[0].publish([END])
    await there[1].hears(END.body)
    return [notice for notice in there[1].notices if notice != END]


async def test_a_room_is_heard_where_somebody_listens(here: Server, there: Server, room: RoomId) -> None:
    await there[0].listen(room)
    here[0].publish([Notice(b"one", room, 1), Notice(b"elsewhere", RoomId(IDS.new()), 1), Notice(b"two", room, 2)])
    assert await heard_until_the_end(here, there) == [Notice(b"one", room, 1), Notice(b"two", room, 2)]
    assert here[1].notices == [], "nobody listens there"


async def test_the_publishing_server_hears_it_at_once_and_once(here: Server, there: Server, room: RoomId) -> None:
    for server in (here, there):
        await server[0].listen(room)
    here[0].publish([Notice(b"one", room, 1)])
    assert here[1].bodies == [b"one"]
    there[0].publish([Notice(b"back", room, 2)])
    await here[1].hears(b"back")
    assert here[1].bodies == [b"one", b"back"]


async def test_order_and_bodies_stay_as_they_were(here: Server, there: Server, room: RoomId) -> None:
    await there[0].listen(room)
    sent = [Notice(bytes([number % 256]) * (number * 37), room, number) for number in range(1, 400)]
    for first in range(0, len(sent), 7):
        here[0].publish(sent[first : first + 7])
    assert await heard_until_the_end(here, there) == sent


async def test_a_body_of_many_mebibytes_arrives(here: Server, there: Server, room: RoomId) -> None:
    await there[0].listen(room)
    here[0].publish([Notice(b"a", room, 1), Notice(b"x" * 24 * 1024 * 1024, room, 2), Notice(b"b", room, 3)])
    assert [len(notice.body) for notice in await heard_until_the_end(here, there)] == [1, 24 * 1024 * 1024, 1]


async def test_everything_a_notice_says_arrives(here: Server, there: Server, room: RoomId, ana: UserId) -> None:
    await there[0].listen(room)
    sent = [
        Notice("안녕".encode(), room, 2**40, removes=(room, ana)),
        Notice(b"", room, closes=True),
        Notice(b"piece", room, stream=("질문 1", 7)),
        Notice(b"ring", room, origin="socket 1"),
    ]
    here[0].publish(sent)
    assert await heard_until_the_end(here, there) == sent


async def test_a_person_hears_wherever_they_are(here: Server, there: Server, ana: UserId, ben: UserId) -> None:
    await there[0].listen(ana)
    here[0].publish([Notice(b"for both", user_ids=(ben, ana)), Notice(b"for ben", user_ids=(ben,))])
    here[0].publish([Notice(b"", user_ids=(ana,), revokes="token")])
    heard = await heard_until_the_end(here, there)
    assert [(notice.body, ana in notice.user_ids, notice.revokes) for notice in heard] == [
        (b"for both", True, None),
        (b"", True, "token"),
    ]


async def test_people_on_one_server_are_each_named_once(here: Server, there: Server, ana: UserId, ben: UserId) -> None:
    await there[0].listen(ana)
    await there[0].listen(ben)
    here[0].publish([Notice(b"hi", user_ids=(ana, ben))])
    heard = await heard_until_the_end(here, there)
    assert sorted(user_id for notice in heard for user_id in notice.user_ids) == sorted([ana, ben])


async def test_who_hears_a_room_hears_once_what_is_for_its_people_too(
    here: Server, there: Server, room: RoomId, ana: UserId, ben: UserId
) -> None:
    for subject in (ana, room, ben):
        await there[0].listen(subject)
    notice = Notice(b"gone", room, user_ids=(ana, ben), closes=True)
    here[0].publish([notice])
    assert await heard_until_the_end(here, there) == [notice]


async def test_who_hears_a_person_only_hears_what_is_for_a_room_too(
    here: Server, there: Server, room: RoomId, ana: UserId, ben: UserId
) -> None:
    await there[0].listen(ana)
    here[0].publish([Notice(b"renamed", room, 3, user_ids=(ben, ana))])
    [heard] = await heard_until_the_end(here, there)
    assert (heard.body, heard.room_id, heard.seq, ana in heard.user_ids) == (b"renamed", room, 3, True)


async def test_what_is_forgotten_is_heard_no_more(here: Server, there: Server, room: RoomId) -> None:
    for _ in range(2):
        await there[0].listen(room)
    await there[0].forget(room)
    await there[0].forget(room)
    here[0].publish([Notice(b"unheard", room, 1)])
    there[0].publish([Notice(b"unheard", room, 2)])
    assert await heard_until_the_end(here, there) == []
    there[1].notices.clear()
    await there[0].listen(room)
    here[0].publish([Notice(b"heard", room, 3)])
    assert [notice.body for notice in await heard_until_the_end(here, there)] == [b"heard"]
