"""The first administrator, and what administrators may do."""

import asyncio
from dataclasses import replace

import pytest

from domain.errors import (
    AdministratorsOnly,
    Forbidden,
    InvalidCredentials,
    InvalidInput,
    InvalidToken,
    LinkInvalid,
    NotFound,
)
from domain.events import AccessRevoked
from domain.ids import UserId
from domain.users import Actor
from tests.application.people import DEVICE, EMAIL, OTHER, PASSWORD, an_account
from tests.in_memory import InMemoryJarvis


async def first_door(jarvis: InMemoryJarvis) -> str:
    link = await jarvis.doors.administration.open_first_door()
    assert link is not None
    assert link.startswith("https://jarvis.example/#/setup/")
    return link.rpartition("/")[2]


@pytest.fixture
async def root(jarvis: InMemoryJarvis) -> Actor:
    secret = await first_door(jarvis)
    session = await jarvis.doors.administration.set_up(secret, "root@corp.example", None, PASSWORD, DEVICE)
    return Actor(session.user.id, session.user.name)


async def test_the_link_from_the_log_makes_the_administrator_once(jarvis: InMemoryJarvis) -> None:
    secret = await first_door(jarvis)
    for email, password in (("no address", PASSWORD), (EMAIL, "short")):
        with pytest.raises(InvalidInput):
            await jarvis.doors.administration.set_up(secret, email, None, password, DEVICE)
    session = await jarvis.doors.administration.set_up(secret, EMAIL, "Root", PASSWORD, DEVICE)
    actor, _ = await jarvis.accounts.authenticate(session.token)
    [account] = await jarvis.doors.administration.accounts(actor)
    assert (account.email, account.name, account.is_administrator) == (EMAIL, "Root", True)
    with pytest.raises(LinkInvalid):
        await jarvis.doors.administration.set_up(secret, "evil@corp.example", None, OTHER, DEVICE)
    assert await jarvis.doors.administration.open_first_door() is None
    await jarvis.doors.passwords.sign_in(EMAIL, PASSWORD, DEVICE)


async def test_of_several_who_open_the_link_at_once_one_is_the_administrator(jarvis: InMemoryJarvis) -> None:
    secret, set_up = await first_door(jarvis), jarvis.doors.administration.set_up
    tries = [set_up(secret, f"a{number}@corp.example", None, PASSWORD, DEVICE) for number in range(4)]
    outcomes = await asyncio.gather(*tries, return_exceptions=True)
    assert sum(isinstance(outcome, LinkInvalid) for outcome in outcomes) == 3
    assert len(jarvis.store.users) == 1


@pytest.mark.parametrize("somebody_came", [False, True])
async def test_the_link_dies_at_the_next_start(jarvis: InMemoryJarvis, somebody_came: bool) -> None:
    first = await first_door(jarvis)
    if somebody_came:
        await jarvis.person("Ana")
        assert await jarvis.doors.administration.open_first_door() is None
    else:
        assert await first_door(jarvis) != first
    with pytest.raises(LinkInvalid):
        await jarvis.doors.administration.set_up(first, EMAIL, None, PASSWORD, DEVICE)


async def test_nobody_else_may_look_after_accounts(jarvis: InMemoryJarvis, root: Actor, ana: Actor) -> None:
    administration = jarvis.doors.administration
    ben = await jarvis.person("Ben")
    for attempt in (
        administration.accounts(ana),
        administration.change(ana, ben.id, disabled=True),
        administration.change(ana, ana.id, administrator=True),
        administration.reset_link(ana, ben.id),
        administration.change(ana, UserId(jarvis.ids.new()), disabled=True),
    ):
        with pytest.raises(AdministratorsOnly):
            await attempt
    assert jarvis.recorder.of(AccessRevoked) == []


async def test_a_disabled_account_is_out_at_once_and_comes_back_when_enabled(
    jarvis: InMemoryJarvis, root: Actor
) -> None:
    user = await an_account(jarvis)
    session = await jarvis.doors.passwords.sign_in(EMAIL, PASSWORD, DEVICE)
    own = jarvis.tokens.issue(user)
    disabled = await jarvis.doors.administration.change(root, user.id, disabled=True)
    assert disabled.disabled_at == jarvis.clock.now()
    for token in (session.token, own):
        with pytest.raises(InvalidToken):
            await jarvis.accounts.authenticate(token)
    with pytest.raises(InvalidToken):
        await jarvis.doors.sessions.refresh(session.refresh_token, DEVICE)
    assert jarvis.recorder.of(AccessRevoked) == [AccessRevoked(user.id)]
    assert (await jarvis.doors.administration.change(root, user.id, disabled=False)).disabled_at is None
    with pytest.raises(InvalidToken):
        await jarvis.accounts.authenticate(session.token)
    await jarvis.accounts.authenticate(own)
    await jarvis.doors.passwords.sign_in(EMAIL, PASSWORD, DEVICE)


async def test_an_administrators_link_chooses_another_password_but_proves_no_address(
    jarvis: InMemoryJarvis, root: Actor
) -> None:
    user = await an_account(jarvis)
    made = await jarvis.doors.administration.reset_link(root, user.id)
    again = await jarvis.doors.administration.reset_link(root, user.id)
    with pytest.raises(LinkInvalid):
        await jarvis.doors.recovery.reset(made.link.rpartition("/")[2], OTHER, DEVICE)
    session = await jarvis.doors.recovery.reset(again.link.rpartition("/")[2], OTHER, DEVICE)
    async with jarvis.work() as work:
        found = await work.users.find(session.user.id)
    assert found == replace(user, email_verified_at=None)
    with pytest.raises(InvalidCredentials):
        await jarvis.doors.passwords.sign_in(EMAIL, PASSWORD, DEVICE)


async def test_a_link_dies_with_the_account_that_is_disabled(jarvis: InMemoryJarvis, root: Actor) -> None:
    user = await an_account(jarvis)
    made = await jarvis.doors.administration.reset_link(root, user.id)
    await jarvis.doors.administration.change(root, user.id, disabled=True)
    with pytest.raises(LinkInvalid):
        await jarvis.doors.recovery.reset(made.link.rpartition("/")[2], OTHER, DEVICE)


async def test_nobody_changes_their_own_account_or_one_that_is_not_there(jarvis: InMemoryJarvis, root: Actor) -> None:
    with pytest.raises(Forbidden):
        await jarvis.doors.administration.change(root, root.id, administrator=False)
    with pytest.raises(NotFound):
        await jarvis.doors.administration.change(root, UserId(jarvis.ids.new()), disabled=True)


async def test_of_two_administrators_who_disable_one_another_one_is_left(jarvis: InMemoryJarvis, root: Actor) -> None:
    user = await an_account(jarvis)
    other = Actor(user.id, user.name)
    await jarvis.doors.administration.change(root, user.id, administrator=True)
    outcomes = await asyncio.gather(
        jarvis.doors.administration.change(root, other.id, disabled=True),
        jarvis.doors.administration.change(other, root.id, disabled=True),
        return_exceptions=True,
    )
    assert [isinstance(outcome, AdministratorsOnly) for outcome in outcomes].count(True) == 1


async def test_who_runs_jarvis_appoints_an_administrator_where_none_is_left(jarvis: InMemoryJarvis) -> None:
    user = await an_account(jarvis)
    async with jarvis.work() as work:
        await work.accounts.save(replace(user, disabled_at=jarvis.clock.now()))
    made = await jarvis.doors.administration.appoint(f" {EMAIL.upper()} ")
    assert made.expires_at > jarvis.clock.now()
    session = await jarvis.doors.recovery.reset(made.link.rpartition("/")[2], OTHER, DEVICE)
    actor, _ = await jarvis.accounts.authenticate(session.token)
    [account] = await jarvis.doors.administration.accounts(actor)
    assert (account.id, account.is_administrator, account.disabled_at) == (user.id, True, None)
    for email, refusal in (("nobody@corp.example", NotFound), ("no address", InvalidInput)):
        with pytest.raises(refusal):
            await jarvis.doors.administration.appoint(email)


async def test_who_held_an_account_before_it_was_appointed_holds_it_no_more(jarvis: InMemoryJarvis) -> None:
    user = await an_account(jarvis)
    squatter = await jarvis.doors.passwords.sign_in(EMAIL, PASSWORD, DEVICE)
    await jarvis.doors.administration.appoint(EMAIL)
    with pytest.raises(InvalidToken):
        await jarvis.accounts.authenticate(squatter.token)
    with pytest.raises(InvalidCredentials):
        await jarvis.doors.passwords.sign_in(EMAIL, PASSWORD, DEVICE)
    assert jarvis.recorder.of(AccessRevoked) == [AccessRevoked(user.id)]
