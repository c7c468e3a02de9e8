"""Accounts, sessions, tickets and identities, as every store keeps them."""

import asyncio
from dataclasses import replace
from datetime import timedelta

import pytest

from adapters.memory.job_queue import InMemoryJobQueue
from application.letters import Language
from application.registration import Applicant
from domain.errors import AdministratorsOnly, DuplicateEntry, InvalidCredentials, InvalidToken, NotFound
from domain.events import AccessRevoked, TokenRevoked
from domain.ids import SessionId, UserId
from domain.sessions import Device, RefreshTokenReused, Session
from domain.tickets import Purpose, Ticket, digest_of
from domain.users import Actor
from tests.builders import PlainTokens
from tests.contracts.stores import Stores
from tests.in_memory import the_doors


def a_session(stores: Stores, user: Actor, **changes: object) -> Session:
    now = stores.clock.now()
    session = Session(SessionId(stores.ids.new()), user.id, now, now, now + timedelta(days=30), "newest")
    return replace(session, **changes)  # type: ignore[arg-type]


def a_ticket(stores: Stores, secret: str, purpose: Purpose = Purpose.RESET, user: Actor | None = None) -> Ticket:
    now = stores.clock.now()
    return Ticket(
        digest_of(secret), purpose, now, now + timedelta(hours=1), user.id if user else None, {"name": "하나"}
    )


async def test_an_installation_without_a_user_has_no_account(stores: Stores) -> None:
    async with stores.work() as work:
        assert not await work.accounts.any()
    await stores.person("Ana")
    async with stores.work() as work:
        assert await work.accounts.any()


async def test_an_account_is_found_by_its_address_in_any_case_of_letters(stores: Stores) -> None:
    async with stores.work() as work:
        first = await work.users.sign_in(stores.user("Kim", email="Kim@Corp.example"), rename=False)
    stores.clock.advance(1)
    async with stores.work() as work:
        await work.users.sign_in(stores.user("Kim", email="kim@corp.example"), rename=False)
        await work.users.sign_in(stores.user("Other", email="\u212aim@other.example"), rename=False)  # a Kelvin sign
    async with stores.work() as work:
        assert await work.accounts.by_address("kim@corp.example") == first, "the oldest of several"
        assert await work.accounts.by_address("kim@other.example") is None
        assert await work.accounts.by_address("nobody@corp.example") is None


async def test_what_an_account_may_is_kept_and_nothing_else_with_it(stores: Stores, ana: Actor) -> None:
    now = stores.clock.now()
    async with stores.work() as work:
        [user] = await work.accounts.lock([ana.id, UserId(stores.ids.new())])
        changed = replace(user, is_administrator=True, disabled_at=now, email_verified_at=now)
        await work.accounts.save(replace(changed, name="Other"))
    assert await stores.find_user(ana.id) == changed


async def test_a_password_is_kept_changed_and_taken_away(stores: Stores, ana: Actor, ben: Actor) -> None:
    now = stores.clock.now()
    for kept in ("one", "two", None):
        async with stores.work() as work:
            await work.accounts.set_password(ana.id, kept, now)
        async with stores.work() as work:
            assert await work.accounts.password(ana.id) == kept
            assert await work.accounts.password(ben.id) is None


async def test_a_session_comes_back_as_it_was_kept(stores: Stores, ana: Actor) -> None:
    now = stores.clock.now()
    session = a_session(stores, ana, device="Firefox", address="10.0.0.1", provider="entra", sign_out_hint="hint")
    async with stores.work() as work:
        await work.sessions.add(session)
    changed = replace(session, before="newest", newest="next", rotated_at=now, used_at=now + timedelta(1))
    async with stores.work() as work:
        assert await work.sessions.lock(session.id) == session
        await work.sessions.replace(changed)
    async with stores.work() as work:
        assert await work.sessions.find(session.id) == changed
        assert await work.sessions.find(SessionId(stores.ids.new())) is None
        with pytest.raises(NotFound):
            await work.sessions.lock(SessionId(stores.ids.new()))


async def test_good_sessions_are_listed_ended_and_forgotten(stores: Stores, ana: Actor, ben: Actor) -> None:
    now = stores.clock.now()
    old, new, other = a_session(stores, ana), a_session(stores, ana, used_at=now + timedelta(1)), a_session(stores, ben)
    over = a_session(stores, ana, expires_at=now)
    revoked = a_session(stores, ana, revoked_at=now - timedelta(1))
    async with stores.work() as work:
        for session in (old, new, other, over, revoked):
            await work.sessions.add(session)
    async with stores.work() as work:
        assert [session.id for session in await work.sessions.of_user(ana.id, now)] == [new.id, old.id]
        assert list(await work.sessions.revoke_all(ana.id, now, but=new.id)) == [old.id]
    async with stores.work() as work:
        assert [session.id for session in await work.sessions.of_user(ana.id, now)] == [new.id]
        assert [session.id for session in await work.sessions.of_user(ben.id, now)] == [other.id]
        await work.sessions.forget(over_before=now)
    async with stores.work() as work:
        assert await work.sessions.find(revoked.id) is None
        assert (await work.sessions.find(old.id)) == replace(old, revoked_at=now)
        await work.sessions.forget(over_before=now + timedelta(seconds=1))
    async with stores.work() as work:
        assert await work.sessions.find(old.id) is None
        assert await work.sessions.find(over.id) is None
        assert await work.sessions.find(new.id) == new
        assert set(await work.sessions.revoke_all(ana.id, now)) == {new.id}


async def test_a_ticket_is_good_once_for_its_purpose_until_it_expires(stores: Stores, ana: Actor) -> None:
    now, ticket = stores.clock.now(), a_ticket(stores, "secret", user=ana)
    async with stores.work() as work:
        await work.tickets.add(ticket)
    late = ticket.expires_at
    async with stores.work() as work:
        assert await work.tickets.find(Purpose.RESET, ticket.digest, now) == ticket
        assert await work.tickets.take(Purpose.SETUP, ticket.digest, now) is None
        assert await work.tickets.take(Purpose.RESET, digest_of("other"), now) is None
        assert await work.tickets.take(Purpose.RESET, ticket.digest, late) is None
        assert await work.tickets.take(Purpose.RESET, ticket.digest, now) == ticket
        assert await work.tickets.take(Purpose.RESET, ticket.digest, now) is None
        assert await work.tickets.find(Purpose.RESET, ticket.digest, now) is None


async def test_of_several_who_take_a_ticket_at_once_one_gets_it(stores: Stores) -> None:
    now, ticket = stores.clock.now(), a_ticket(stores, "secret")
    async with stores.work() as work:
        await work.tickets.add(ticket)

    async def take() -> bool:
        async with stores.work() as work:
            return await work.tickets.take(Purpose.RESET, ticket.digest, now) is not None

    assert sorted(await asyncio.gather(*(take() for _ in range(8)))) == [False] * 7 + [True]


async def test_a_ticket_whose_taking_is_undone_stays_good(stores: Stores) -> None:
    now, ticket = stores.clock.now(), a_ticket(stores, "secret")
    async with stores.work() as work:
        await work.tickets.add(ticket)

    async def take_and_fail() -> None:
        async with stores.work() as work:
            assert await work.tickets.take(Purpose.RESET, ticket.digest, now)
            raise NotFound

    with pytest.raises(NotFound):
        await take_and_fail()
    async with stores.work() as work:
        assert await work.tickets.find(Purpose.RESET, ticket.digest, now) == ticket


async def test_tickets_are_dropped_by_purpose_and_person_and_forgotten_by_time(
    stores: Stores, ana: Actor, ben: Actor
) -> None:
    now = stores.clock.now()
    anas, bens = a_ticket(stores, "a", user=ana), a_ticket(stores, "b", user=ben)
    setup = a_ticket(stores, "s", Purpose.SETUP)

    async def left() -> list[Ticket]:
        async with stores.work() as work:
            found = [await work.tickets.find(t.purpose, t.digest, now) for t in (anas, bens, setup)]
        return [ticket for ticket in found if ticket]

    async with stores.work() as work:
        for ticket in (anas, bens, setup):
            await work.tickets.add(ticket)
        await work.tickets.drop(Purpose.RESET, ana.id)
    assert await left() == [bens, setup]
    async with stores.work() as work:
        await work.tickets.forget(expired_before=bens.expires_at)
        await work.tickets.drop(Purpose.SETUP)
    assert await left() == [bens]
    async with stores.work() as work:
        await work.tickets.forget(expired_before=bens.expires_at + timedelta(seconds=1))
    assert await left() == []


async def test_an_identity_is_one_persons(stores: Stores, ana: Actor, ben: Actor) -> None:
    now = stores.clock.now()
    async with stores.work() as work:
        await work.identities.add("https://one.example", "subject", ana.id, now)
        await work.identities.add("https://two.example", "subject", ben.id, now)
    with pytest.raises(DuplicateEntry):
        async with stores.work() as work:
            await work.identities.add("https://one.example", "subject", ben.id, now)
    async with stores.work() as work:
        assert await work.identities.find("https://one.example", "subject") == ana.id
        assert await work.identities.find("https://two.example", "subject") == ben.id
        assert await work.identities.find("https://one.example", "Subject") is None


async def test_of_two_administrators_who_disable_one_another_at_once_one_is_left(stores: Stores) -> None:
    doors = the_doors(stores.work, PlainTokens(stores.clock), InMemoryJobQueue(), stores.clock, stores.ids)
    link = await doors.administration.open_first_door()
    assert link is not None
    secret = link.rpartition("/")[2]
    session = await doors.administration.set_up(secret, "root@corp.example", None, "correct horse", Device())
    root, other = Actor(session.user.id, session.user.name), await stores.person("Other")
    await doors.administration.change(root, other.id, administrator=True)
    outcomes = await asyncio.gather(
        doors.administration.change(root, other.id, disabled=True),
        doors.administration.change(other, root.id, disabled=True),
        return_exceptions=True,
    )
    assert [isinstance(outcome, AdministratorsOnly) for outcome in outcomes].count(True) == 1
    assert stores.recorder.of(AccessRevoked) in ([AccessRevoked(root.id)], [AccessRevoked(other.id)])


async def test_of_two_who_register_the_same_address_at_once_one_has_it(stores: Stores) -> None:
    doors = the_doors(stores.work, PlainTokens(stores.clock), InMemoryJobQueue(), stores.clock, stores.ids)
    passwords = [f"password number {number}" for number in range(4)]
    tries = [doors.registration.register(Applicant("a@b.example", text), Language.KOREAN) for text in passwords]
    assert await asyncio.gather(*tries) == [None] * 4, "all are answered alike"
    outcomes = await asyncio.gather(
        *(doors.passwords.sign_in("a@b.example", text, Device()) for text in passwords), return_exceptions=True
    )
    assert sum(not isinstance(outcome, InvalidCredentials) for outcome in outcomes) == 1


async def test_refreshing_at_once_and_a_stolen_token_end_alike_in_every_store(stores: Stores) -> None:
    doors = the_doors(stores.work, PlainTokens(stores.clock), InMemoryJobQueue(), stores.clock, stores.ids)
    await doors.registration.register(Applicant("a@b.example", "correct horse"), Language.KOREAN)
    first = await doors.passwords.sign_in("a@b.example", "correct horse", Device())
    refresh = doors.sessions.refresh
    again = await asyncio.gather(*(refresh(first.refresh_token, Device()) for _ in range(4)))
    assert len({session.refresh_token for session in again}) == 1, "windows that come at once get the same"
    later = await refresh(again[0].refresh_token, Device())
    with pytest.raises(RefreshTokenReused):
        await refresh(first.refresh_token, Device())
    with pytest.raises(InvalidToken):
        await refresh(later.refresh_token, Device())
    assert stores.recorder.of(TokenRevoked) == [TokenRevoked(first.user.id, str(first.session_id))]
