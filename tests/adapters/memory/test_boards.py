"""What is kept only while the process lives: presence, partial answers, revoked tokens, health."""

from datetime import timedelta

from adapters.memory.health import InMemoryHealthProbe
from adapters.memory.partial_answers import InMemoryPartialAnswers
from adapters.memory.presence import InMemoryPresenceBoard
from adapters.memory.revoked_tokens import InMemoryRevokedTokens
from application.health import Health
from application.ports.partial_answers import PartialAnswer
from domain.ids import RoomId, UserId
from tests.builders import FakeClock, SequenceIds

IDS = SequenceIds()
ANA, BEN = UserId(IDS.new()), UserId(IDS.new())
ROOM, OTHER = RoomId(IDS.new()), RoomId(IDS.new())


async def test_the_first_and_the_last_connection_of_a_person_are_told() -> None:
    board = InMemoryPresenceBoard()
    assert await board.arrive(ANA, "1")
    assert not await board.arrive(ANA, "2")
    assert await board.arrive(BEN, "3")
    assert await board.online([ANA, BEN, UserId(IDS.new())]) == {ANA, BEN}
    assert await board.online([BEN]) == {BEN}
    assert not await board.depart(ANA, "1")
    assert not await board.depart(ANA, "1"), "a connection departs once"
    assert await board.depart(ANA, "2")
    assert not await board.depart(ANA, "2")
    assert await board.online([ANA, BEN]) == {BEN}


async def test_a_partial_answer_is_kept_until_its_own_request_ends() -> None:
    answers = InMemoryPartialAnswers()
    assert await answers.of_room(ROOM) is None
    await answers.put(ROOM, PartialAnswer("q1", 0, ""))
    await answers.put(ROOM, PartialAnswer("q1", 1, "안"))
    assert await answers.of_room(ROOM) == PartialAnswer("q1", 1, "안")
    assert await answers.of_room(OTHER) is None
    await answers.clear(ROOM, "q0")
    assert await answers.of_room(ROOM) == PartialAnswer("q1", 1, "안")
    await answers.clear(ROOM, "q1")
    await answers.clear(ROOM, "q1")
    assert await answers.of_room(ROOM) is None


async def test_revoked_tokens_are_forgotten_once_they_would_have_expired() -> None:
    clock = FakeClock()
    tokens = InMemoryRevokedTokens(clock)
    await tokens.revoke("long", until=clock.now() + timedelta(days=7))
    await tokens.revoke("short", until=clock.now() + timedelta(days=1))
    await tokens.revoke("short", until=clock.now() + timedelta(days=1))
    assert await tokens.is_revoked("short")
    clock.advance(86_400)
    assert await tokens.is_revoked("long")
    assert not await tokens.is_revoked("short")
    assert len(tokens) == 1


async def test_a_part_in_memory_is_well() -> None:
    health = Health([InMemoryHealthProbe("database"), InMemoryHealthProbe("redis")])
    assert await health.check() == {"database": True, "redis": True}
