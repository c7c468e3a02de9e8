"""The store's journal and its turn-taking."""

import asyncio

import pytest

from adapters.memory.store import InMemoryStore, Journal, Line, Table
from domain.ids import UserId
from tests.builders import FakeClock, SequenceIds, a_user


class Broken(Exception):
    """Ends a unit of work."""


def test_undoing_restores_rows_and_their_order() -> None:
    journal: Journal = []
    table, line = Table[str, int](journal), Line[int](journal)
    for number, key in enumerate("abcd"):
        table.put(key, number)
        line.append(number)
    journal.clear()
    table.put("b", 10)
    table.remove("a", "c", "x")
    table.put("a", 11)
    table.put("e", 12)
    table.remove("e")
    line.append(99)
    while journal:
        journal.pop()()
    assert list(table) == ["a", "b", "c", "d"]
    assert list(table.values()) == [0, 1, 2, 3]
    assert line.items == [0, 1, 2, 3]


async def test_a_change_waits_for_the_unit_that_is_open() -> None:
    store, done = InMemoryStore(FakeClock()), list[str]()
    store.when_free(lambda: done.append("at once"))
    async with store.unit():
        store.when_free(lambda: done.append("after"))
        store.when_free(lambda: done.append("after that"))
        assert done == ["at once"]
    assert done == ["at once", "after", "after that"]


async def test_a_change_that_waited_sees_what_the_unit_left() -> None:
    store, ids = InMemoryStore(FakeClock()), SequenceIds()
    seen: list[UserId] = []
    user = a_user("Ana", ids)
    with pytest.raises(Broken):  # noqa: PT012
        async with store.unit():
            store.users.put(user.id, user)
            store.when_free(lambda: seen.extend(store.users))
            raise Broken
    assert seen == []
    async with store.unit():
        store.users.put(user.id, user)
        store.when_free(lambda: seen.extend(store.users))
        store.commit()
    assert seen == [user.id]


async def test_units_follow_one_another() -> None:
    store, inside = InMemoryStore(FakeClock()), list[int]()

    async def unit(number: int) -> None:
        async with store.unit():
            inside.append(number)
            await asyncio.sleep(0)
            assert inside[-1] == number

    await asyncio.gather(*(unit(number) for number in range(5)))
    assert inside == [0, 1, 2, 3, 4]
