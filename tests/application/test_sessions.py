"""Sessions: how long they last, and how a stolen one is noticed."""

from datetime import timedelta

import pytest

from application.sessions import SignedIn
from domain.errors import InvalidToken, NotFound
from domain.events import TokenRevoked
from domain.ids import SessionId
from domain.sessions import Device, RefreshTokenReused
from domain.users import Actor
from tests.in_memory import InMemoryJarvis

DEVICE = Device("Firefox", "10.0.0.1")


async def signed_in(jarvis: InMemoryJarvis, ana: Actor, device: Device = DEVICE) -> SignedIn:
    async with jarvis.work() as work:
        user = await work.users.find(ana.id)
        assert user is not None
        return await jarvis.doors.sessions.begin(work, user, device)


async def test_a_session_token_is_good_for_a_while_and_prolonged_by_the_refresh_token(
    jarvis: InMemoryJarvis, ana: Actor
) -> None:
    session = await signed_in(jarvis, ana)
    actor, claims = await jarvis.accounts.authenticate(session.token)
    assert (actor, claims.session_id) == (ana, session.session_id)
    assert session.expires_at == jarvis.clock.now() + timedelta(minutes=15)
    jarvis.clock.advance(15 * 60)
    with pytest.raises(InvalidToken):
        await jarvis.accounts.authenticate(session.token)
    again = await jarvis.doors.sessions.refresh(session.refresh_token, DEVICE)
    assert again.session_id == session.session_id
    await jarvis.accounts.authenticate(again.token)


async def test_the_old_refresh_token_stays_good_until_the_new_one_was_used(jarvis: InMemoryJarvis, ana: Actor) -> None:
    refresh = jarvis.doors.sessions.refresh
    first = await signed_in(jarvis, ana)
    await refresh(first.refresh_token, DEVICE)  # the answer is lost
    jarvis.clock.advance(3600)
    second = await refresh(first.refresh_token, DEVICE)
    third = await refresh(second.refresh_token, DEVICE)
    jarvis.clock.advance(3600)
    fourth = await refresh(third.refresh_token, DEVICE)
    await jarvis.accounts.authenticate(fourth.token)
    assert jarvis.recorder.of(TokenRevoked) == []


async def test_two_windows_that_refresh_at_once_get_the_same_token(jarvis: InMemoryJarvis, ana: Actor) -> None:
    refresh = jarvis.doors.sessions.refresh
    first = await signed_in(jarvis, ana)
    one, other = await refresh(first.refresh_token, DEVICE), await refresh(first.refresh_token, DEVICE)
    assert one.refresh_token == other.refresh_token
    jarvis.clock.advance(60)
    await refresh(one.refresh_token, DEVICE)
    jarvis.clock.advance(60)
    await refresh(other.refresh_token, DEVICE)
    assert jarvis.recorder.of(TokenRevoked) == []


@pytest.mark.parametrize("thief_first", [True, False])
async def test_reuse_of_an_older_refresh_token_ends_the_session(
    jarvis: InMemoryJarvis, ana: Actor, thief_first: bool
) -> None:
    refresh = jarvis.doors.sessions.refresh
    first = await signed_in(jarvis, ana)
    stolen = first.refresh_token
    mine, theirs = None, None
    if thief_first:
        theirs = await refresh(stolen, Device("Thief"))
        jarvis.clock.advance(60)
        mine = await refresh(first.refresh_token, DEVICE)  # as if the answer had been lost
        jarvis.clock.advance(60)
        with pytest.raises(RefreshTokenReused):
            await refresh(theirs.refresh_token, Device("Thief"))
    else:
        mine = await refresh((await refresh(stolen, DEVICE)).refresh_token, DEVICE)
        jarvis.clock.advance(60)
        with pytest.raises(RefreshTokenReused):
            await refresh(stolen, Device("Thief"))
    with pytest.raises(InvalidToken):
        await jarvis.accounts.authenticate(mine.token)
    with pytest.raises(InvalidToken):
        await refresh(mine.refresh_token, DEVICE)
    assert jarvis.recorder.of(TokenRevoked) == [TokenRevoked(ana.id, str(first.session_id))]
    assert await jarvis.doors.sessions.mine(ana) == []


async def test_a_thief_who_keeps_step_is_noticed_at_the_second_turn(jarvis: InMemoryJarvis, ana: Actor) -> None:
    refresh = jarvis.doors.sessions.refresh
    first = await signed_in(jarvis, ana)
    mine, theirs = first, await refresh(first.refresh_token, Device("Thief"))
    jarvis.clock.advance(60)
    mine = await refresh(mine.refresh_token, DEVICE)
    jarvis.clock.advance(60)
    with pytest.raises(RefreshTokenReused):
        await refresh(theirs.refresh_token, Device("Thief"))
    with pytest.raises(InvalidToken):
        await refresh(mine.refresh_token, DEVICE)


async def test_a_session_that_nobody_comes_back_to_ends(jarvis: InMemoryJarvis, ana: Actor) -> None:
    session = await signed_in(jarvis, ana)
    jarvis.clock.advance(timedelta(days=29).total_seconds())
    session = await jarvis.doors.sessions.refresh(session.refresh_token, DEVICE)
    jarvis.clock.advance(timedelta(days=30).total_seconds())
    with pytest.raises(InvalidToken):
        await jarvis.doors.sessions.refresh(session.refresh_token, DEVICE)
    assert await jarvis.doors.sessions.mine(ana) == []
    await jarvis.doors.sessions.forget_those_long_over()
    assert len(jarvis.store.sessions) == 1
    jarvis.clock.advance(timedelta(days=31).total_seconds())
    await jarvis.doors.sessions.forget_those_long_over()
    assert len(jarvis.store.sessions) == 0


async def test_sessions_are_listed_and_ended_one_by_one(jarvis: InMemoryJarvis, ana: Actor, ben: Actor) -> None:
    phone = await signed_in(jarvis, ana, Device("Phone" * 100, "10.0.0.2"))
    jarvis.clock.advance(1)
    laptop = await signed_in(jarvis, ana, Device("Laptop", "10.0.0.3"))
    bens = await signed_in(jarvis, ben)
    listed = await jarvis.doors.sessions.mine(ana)
    assert [(session.id, session.address) for session in listed] == [
        (laptop.session_id, "10.0.0.3"),
        (phone.session_id, "10.0.0.2"),
    ]
    assert listed[1].device == ("Phone" * 100)[:200]
    for another in (bens.session_id, SessionId(jarvis.ids.new())):
        with pytest.raises(NotFound):
            await jarvis.doors.sessions.end(ana, another)
    await jarvis.doors.sessions.end(ana, phone.session_id)
    with pytest.raises(NotFound):
        await jarvis.doors.sessions.end(ana, phone.session_id)
    with pytest.raises(InvalidToken):
        await jarvis.accounts.authenticate(phone.token)
    await jarvis.accounts.authenticate(laptop.token)
    await jarvis.accounts.authenticate(bens.token)
    assert jarvis.recorder.of(TokenRevoked) == [TokenRevoked(ana.id, str(phone.session_id))]


@pytest.mark.parametrize("token", ["", "jrt", "jrt.a.b.c", "jrt." + "0" * 32 + ".secret-1." + "0" * 64, "\ud800"])
async def test_what_was_not_made_here_is_no_refresh_token(jarvis: InMemoryJarvis, ana: Actor, token: str) -> None:
    session = await signed_in(jarvis, ana)
    with pytest.raises(InvalidToken):
        await jarvis.doors.sessions.refresh(token, DEVICE)
    forged = session.refresh_token[:-1] + ("0" if session.refresh_token[-1] != "0" else "1")
    with pytest.raises(InvalidToken):
        await jarvis.doors.sessions.refresh(forged, DEVICE)
    await jarvis.accounts.authenticate(session.token)
