"""Whichever way search goes through PostgreSQL, it finds the same."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from random import Random

import psycopg
import pytest

from adapters.postgres import candidates, message_search
from adapters.postgres.candidates import Ways, ways
from adapters.postgres.database import PostgresDatabase
from application.membership import require_member
from application.search import Hit
from domain.errors import Forbidden
from domain.ids import RoomId
from domain.search import SearchMode, Term, query_of
from domain.users import Actor
from tests.adapters.postgres.searching import House, house

WORDS = [
    "배포",
    "일정",
    "회의",
    "예산",
    "검색",
    "서버",
    "결제",
    "디자인",
    "휴가",
    "면접",
    "deploy",
    "review",
    "budget",
    "server",
    "launch",
]


class Talk:
    """Two rooms of Ana's and one that she is not in, full of talk, indexed and embedded."""

    def __init__(self, here: House, ana: Actor, rooms: tuple[RoomId, RoomId, RoomId]) -> None:
        self.house, self.ana = here, ana
        self.one, self.two, self.others = rooms

    async def hits(self, query: str, room_id: RoomId | None) -> Sequence[Hit]:
        return await self.house.search.find(self.ana, query, room_id, mode=SearchMode.TEXT, take=100)

    async def found(self, query: str, room_id: RoomId | None, mode: SearchMode) -> list[str]:
        hits = await self.house.search.find(self.ana, query, room_id, mode=mode, take=100)
        return [hit.message.content for hit in hits]


@pytest.fixture
async def talk(postgres_dsn: str) -> AsyncIterator[Talk]:
    random = Random(7)
    async with house(postgres_dsn) as here:
        ana, olga = await here.person("Ana"), await here.person("Olga")
        rooms = [(await here.rooms.create(who, "Room")).room.id for who in (ana, ana, olga)]
        for number in range(400):
            for who, room in zip((ana, ana, olga), rooms, strict=True):
                words = random.choices(WORDS, weights=range(1, len(WORDS) + 1), k=4)
                await here.messages.send(who, room, f"{' '.join(words)} {number}번")
        await here.messages.send(ana, rooms[0], "나비가 날아다닌다")
        await here.messages.send(olga, rooms[2], "나비가 앉아 있다")
        await here.settle()
        with psycopg.connect(postgres_dsn, autocommit=True) as connection:
            connection.execute("analyze")
        yield Talk(here, ana, (rooms[0], rooms[1], rooms[2]))


QUERIES = ("나비", "배포 일정", "예산은 언제", "server launch", "번", "deploy 나비", "17번 review", "배포")


@pytest.mark.parametrize("few", [0, 5, 60], ids=["none is few", "five are few", "sixty are few"])
@pytest.mark.parametrize("by_entry", [0, 32], ids=["rooms by membership", "rooms by entry"])
async def test_large_rooms_are_searched_by_the_index_and_what_is_best_is_the_same(
    talk: Talk, monkeypatch: pytest.MonkeyPatch, few: int, by_entry: int
) -> None:
    questions = [(query, room) for query in QUERIES for room in (talk.one, None)]
    exact = [await talk.hits(query, room) for query, room in questions]
    assert [hit.message.content for hit in await talk.hits("나비", None)] == ["나비가 날아다닌다"]
    monkeypatch.setattr(candidates, "FEW", few)
    monkeypatch.setattr(message_search, "ROOMS_BY_ENTRY", by_entry)
    for (query, room), best in zip(questions, exact, strict=True):
        hits = await talk.hits(query, room)
        assert hits[0].score >= 0.9 * best[0].score, query
        assert {hit.message.room_id for hit in hits} <= {talk.one, talk.two if room is None else talk.one}


async def test_the_index_of_vectors_finds_what_measuring_all_does(talk: Talk, monkeypatch: pytest.MonkeyPatch) -> None:
    queries = ("나비가 날아", "배포 일정 회의", "deploy the server", "예산 검색")
    rooms = (talk.one, talk.two, None)
    exact = {(q, room): await talk.found(q, room, SearchMode.SEMANTIC) for q in queries for room in rooms}
    monkeypatch.setattr(message_search, "ALL_MEASURED", 0)
    shares = []
    for (query, room), nearest in exact.items():
        found = await talk.found(query, room, SearchMode.SEMANTIC)
        if nearest:
            shares.append(len(set(found[:10]) & set(nearest[:10])) / min(10, len(nearest)))
        assert "나비가 앉아 있다" not in found
    assert sum(shares) / len(shares) >= 0.9


async def test_the_index_goes_on_until_enough_are_of_the_right_room(
    talk: Talk, monkeypatch: pytest.MonkeyPatch, postgres_dsn: str
) -> None:
    """A room of which the nearest vectors of all are not: each tenth of what is there is in it."""
    monkeypatch.setattr(message_search, "ALL_MEASURED", 0)
    with psycopg.connect(postgres_dsn, autocommit=True) as connection:
        small = (await talk.house.rooms.create(talk.ana, "small")).room.id
        connection.execute(
            "update message_embeddings set room_id = %s where message_id in "
            "(select id from messages where room_id = %s and seq %% 10 = 0)",
            [small, talk.one],
        )
        connection.execute("update rooms set last_seq = 40 where id = %s", [small])
    found = await talk.house.nearest(talk.ana, small, "배포 일정 회의 예산 server review", take=30)
    assert len(found) == 30


async def test_membership_is_asked_for_by_every_statement(talk: Talk, postgres_dsn: str) -> None:
    """Also where somebody is taken out between the first question and the last."""
    with psycopg.connect(postgres_dsn, autocommit=True) as connection:
        async with talk.house.work() as work:
            await require_member(work, talk.one, talk.ana.id)
            connection.execute("delete from room_members where user_id = %s", [talk.ana.id])
            matches = await work.search.matching(talk.ana.id, talk.one, query_of("나비"), take=10)
            assert matches.messages == []
    with pytest.raises(Forbidden):
        await talk.found("나비", talk.one, SearchMode.TEXT)


def test_rare_words_come_from_the_index_and_common_ones_from_the_newest(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(candidates, "FEW", 100)
    query = query_of("배포 나비")
    rare, common = Term("나비"), Term("배포")
    assert ways(query, {rare: 0.5, common: 0.5}, 100) == Ways(None, "'배포' | '나비'")
    assert ways(query, {rare: 0.001, common: 0.002}, 10_000) == Ways("'배포' | '나비'", None)
    assert ways(query, {rare: 0.001, common: 0.5}, 10_000) == Ways("'나비' | ('배포' & '나비')", None)
    assert ways(query, {rare: 0.05, common: 0.1}, 10_000) == Ways("'배포' & '나비'", "'배포' | '나비'")
    assert ways(query, {rare: 0.5, common: 0.5}, 10_000) == Ways(None, "'배포' & '나비'")


async def test_a_search_never_waits_for_who_speaks_or_who_indexes(
    talk: Talk, postgres_database: PostgresDatabase
) -> None:
    async with talk.house.work() as work:
        await work.rooms.lock(talk.one)
        async with asyncio.timeout(5):
            assert await talk.found("나비", talk.one, SearchMode.HYBRID) != []
