"""People, as every store keeps them."""

from dataclasses import replace
from datetime import timedelta

import pytest

from domain.ids import UserId
from tests.contracts.stores import Stores


async def test_a_user_comes_back_as_signed_in(stores: Stores) -> None:
    user = replace(stores.user("김하나"), department="연구소", avatar_url="https://example.com/a.png")
    async with stores.work() as work:
        assert await work.users.sign_in(user, rename=True) == user
    assert await stores.find_user(user.id) == user


async def test_an_unknown_user_is_not_found(stores: Stores) -> None:
    assert await stores.find_user(UserId(stores.ids.new())) is None


@pytest.mark.parametrize(("rename", "name"), [(True, "Anna"), (False, "Ana")])
async def test_the_same_email_is_the_same_user(stores: Stores, rename: bool, name: str) -> None:
    first = stores.user("Ana", email="dev1@local")
    again = stores.user("Anna", email="dev1@local")
    async with stores.work() as work:
        await work.users.sign_in(first, rename=False)
    async with stores.work() as work:
        known = await work.users.sign_in(again, rename=rename)
    assert known == replace(first, name=name)
    assert await stores.find_user(first.id) == known
    assert await stores.find_user(again.id) is None


async def test_emails_that_differ_in_case_are_two_people(stores: Stores) -> None:
    async with stores.work() as work:
        one = await work.users.sign_in(stores.user("A", email="a@local"), rename=False)
        other = await work.users.sign_in(stores.user("A", email="A@local"), rename=False)
    assert one.id != other.id


async def test_existing_keeps_the_order_given_and_names_each_once(stores: Stores) -> None:
    ana, ben, cho = [await stores.person(name) for name in ("Ana", "Ben", "Cho")]
    nobody = UserId(stores.ids.new())
    async with stores.work() as work:
        found = await work.users.existing([cho.id, ana.id, nobody, cho.id, ben.id, ana.id])
        assert await work.users.existing([]) == []
    assert [user.id for user in found] == [cho.id, ana.id, ben.id]


async def _matching(stores: Stores, query: str | None) -> list[str]:
    async with stores.work() as work:
        return [user.name for user in await work.users.matching(query)]


async def test_all_users_come_by_name_then_id(stores: Stores) -> None:
    twins = [stores.user("Ben", email="second@local"), stores.user("Ben", email="third@local")]
    async with stores.work() as work:
        for user in (*twins, stores.user("ana"), stores.user("Zoe"), stores.user("가람")):
            await work.users.sign_in(user, rename=False)
        everybody = await work.users.matching(None)
    assert [user.name for user in everybody] == ["Ben", "Ben", "Zoe", "ana", "가람"]
    assert [user.id for user in everybody[:2]] == sorted(user.id for user in twins)


@pytest.mark.parametrize(
    ("query", "names"),
    [
        ("AN", ["Ana", "Hana"]),
        ("na", ["Ana", "Hana", "snake_case"]),
        ("하나", ["김하나"]),
        ("SALES", ["김하나"]),
        ("éloi", ["Éloi"]),
        ("%", ["100%"]),
        ("_", ["snake_case"]),
        ("\\", ["back\\slash"]),
        ("a%", []),
        ("x", []),
    ],
)
async def test_search_takes_any_case_and_every_character_literally(
    stores: Stores, query: str, names: list[str]
) -> None:
    people = {
        "Ana": "1@local",
        "Hana": "2@local",
        "김하나": "kim@Sales.local",
        "Éloi": "4@local",
        "100%": "5@local",
        "snake_case": "6@local",
        "back\\slash": "7@local",
    }
    async with stores.work() as work:
        for name, email in people.items():
            await work.users.sign_in(stores.user(name, email=email), rename=False)
    assert await _matching(stores, query) == names


async def test_last_seen_never_moves_back(stores: Stores) -> None:
    ana = await stores.person("Ana")
    now = stores.clock.now()
    for at in (now, now - timedelta(hours=1)):
        async with stores.work() as work:
            await work.users.seen(ana.id, at)
    user = await stores.find_user(ana.id)
    assert user is not None
    assert user.last_seen_at == now
    async with stores.work() as work:
        await work.users.seen(ana.id, now + timedelta(seconds=1))
        await work.users.seen(UserId(stores.ids.new()), now)
    user = await stores.find_user(ana.id)
    assert user is not None
    assert user.last_seen_at == now + timedelta(seconds=1)
