"""Signing in and out, and finding one another."""

from datetime import timedelta

import pytest

from application.ports.tokens import Claims
from domain.errors import InvalidInput, InvalidToken
from domain.events import TokenRevoked
from domain.ids import UserId
from domain.users import Actor
from tests.builders import a_user
from tests.in_memory import InMemoryJarvis


async def test_an_email_is_signed_in_as_the_same_person_each_time(jarvis: InMemoryJarvis) -> None:
    token, user = await jarvis.accounts.sign_in_for_development("dev1@local", None)
    again, same = await jarvis.accounts.sign_in_for_development(" dev1@local ", "데브")
    _, unchanged = await jarvis.accounts.sign_in_for_development("dev1@local", " ")
    assert (user.name, same.name, unchanged.name) == ("dev1", "데브", "데브")
    assert user.id == same.id == unchanged.id
    assert token != again
    actor, _ = await jarvis.accounts.authenticate(token)
    assert actor == Actor(user.id, "데브")


@pytest.mark.parametrize("email", [None, "", "  "])
async def test_without_an_email_everybody_is_new(jarvis: InMemoryJarvis, email: str | None) -> None:
    _, one = await jarvis.accounts.sign_in_for_development(email, None)
    _, other = await jarvis.accounts.sign_in_for_development(email, "Kim")
    assert one.id != other.id
    assert one.email != other.email
    assert (one.name, other.name) == ("Guest", "Kim")


@pytest.mark.parametrize(("email", "name"), [("x" * 321, None), ("a\x00", None), ("a@b", "y" * 321), ("a@b", "\ud800")])
async def test_what_cannot_be_kept_signs_nobody_in(jarvis: InMemoryJarvis, email: str, name: str | None) -> None:
    with pytest.raises(InvalidInput):
        await jarvis.accounts.sign_in_for_development(email, name)
    assert await jarvis.accounts.people(Actor(UserId(jarvis.ids.new()), "")) == []


async def test_a_token_is_good_until_sign_out_and_only_that_token(jarvis: InMemoryJarvis) -> None:
    token, user = await jarvis.accounts.sign_in_for_development("a@local", None)
    other, _ = await jarvis.accounts.sign_in_for_development("a@local", None)
    _, claims = await jarvis.accounts.authenticate(token)
    await jarvis.accounts.sign_out(claims)
    assert jarvis.recorder.events == [TokenRevoked(user.id, claims.token_id)]
    with pytest.raises(InvalidToken):
        await jarvis.accounts.authenticate(token)
    await jarvis.accounts.authenticate(other)


async def test_a_token_of_nobody_is_not_good(jarvis: InMemoryJarvis) -> None:
    nobody = a_user("Nobody", jarvis.ids)
    with pytest.raises(InvalidToken):
        await jarvis.accounts.authenticate(jarvis.tokens.issue(nobody))
    with pytest.raises(InvalidToken):
        await jarvis.accounts.authenticate("rubbish")
    until = jarvis.clock.now() + timedelta(days=1)
    with pytest.raises(InvalidToken):
        await jarvis.accounts.identify(Claims(nobody.id, "t", until))


async def test_people_come_online_first_then_by_name(jarvis: InMemoryJarvis) -> None:
    zoe, ana, cho, ben = await jarvis.people("Zoe", "Ana", "Cho", "Ben")
    await jarvis.presence.arrived(zoe, "1")
    await jarvis.presence.arrived(cho, "2")
    people = await jarvis.accounts.people(ben)
    assert [(person.user.name, person.is_online) for person in people] == [
        ("Cho", True),
        ("Zoe", True),
        ("Ana", False),
    ]
    everybody = await jarvis.accounts.people(ben, include_me=True)
    assert [person.user.id for person in everybody] == [cho.id, zoe.id, ana.id, ben.id]


async def test_people_are_searched_by_name_and_email(jarvis: InMemoryJarvis) -> None:
    ana, _ = await jarvis.people("Ana", "Ben")
    assert [person.user.name for person in await jarvis.accounts.people(ana, "BEN@")] == ["Ben"]
    assert [person.user.name for person in await jarvis.accounts.people(ana, "")] == ["Ben"]
    assert await jarvis.accounts.people(ana, "ana") == []
    with pytest.raises(InvalidInput):
        await jarvis.accounts.people(ana, "\x00")


async def test_when_somebody_was_last_seen_is_written_with_their_last_socket(jarvis: InMemoryJarvis) -> None:
    ana, ben = await jarvis.people("Ana", "Ben")

    async def last_seen() -> object:
        (person,) = await jarvis.accounts.people(ben)
        return person.user.last_seen_at

    await jarvis.presence.arrived(ana, "1")
    await jarvis.presence.arrived(ana, "2")
    jarvis.clock.advance(60)
    await jarvis.presence.departed(ana, "1")
    assert await last_seen() is None
    jarvis.clock.advance(60)
    await jarvis.presence.departed(ana, "2")
    assert await last_seen() == jarvis.clock.now()
