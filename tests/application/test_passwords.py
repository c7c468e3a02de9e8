"""Signing in with a password, changing it, and choosing another one by a link."""

import asyncio
from dataclasses import replace
from datetime import timedelta
from unicodedata import normalize

import pytest

from adapters.mail.smtp import NoMailer
from application import recovery
from application.letters import Language
from application.registration import Applicant
from domain.errors import (
    AccountDisabled,
    InvalidCredentials,
    InvalidInput,
    InvalidToken,
    LinkInvalid,
    MailNotConfigured,
)
from domain.users import Actor
from tests.application.people import DEVICE, EMAIL, OTHER, PASSWORD, an_account, run_jobs, secret_in
from tests.builders import eventually
from tests.in_memory import InMemoryJarvis, the_doors


async def test_the_right_password_opens_a_session(jarvis: InMemoryJarvis) -> None:
    user = await an_account(jarvis)
    session = await jarvis.doors.passwords.sign_in(" Ana@CORP.example ", PASSWORD, DEVICE)
    assert session.user == user
    actor, claims = await jarvis.accounts.authenticate(session.token)
    assert (actor.id, claims.session_id) == (user.id, session.session_id)


async def test_a_password_is_the_same_however_its_letters_are_composed(jarvis: InMemoryJarvis) -> None:
    composed = "한글비밀번호는길다요"
    taken_apart = normalize("NFD", composed)
    assert composed != taken_apart
    await jarvis.doors.registration.register(Applicant(EMAIL, composed), Language.KOREAN)
    await run_jobs(jarvis)
    await jarvis.doors.registration.confirm(secret_in(jarvis), DEVICE)
    await jarvis.doors.passwords.sign_in(EMAIL, taken_apart, DEVICE)


@pytest.mark.parametrize(
    ("email", "password"),
    [
        (EMAIL, OTHER),
        (EMAIL, ""),
        (EMAIL, PASSWORD.upper()),
        (EMAIL, "x" * 100_000),
        ("nobody@corp.example", PASSWORD),
        ("no address", PASSWORD),
        ("", PASSWORD),
        ("without@corp.example", PASSWORD),
    ],
)
async def test_unknown_and_wrong_are_told_the_same(jarvis: InMemoryJarvis, email: str, password: str) -> None:
    await an_account(jarvis)
    await an_account(jarvis, "without@corp.example", None)
    with pytest.raises(InvalidCredentials) as refused:
        await jarvis.doors.passwords.sign_in(email, password, DEVICE)
    assert refused.value.message == InvalidCredentials.message
    assert len(jarvis.hasher.asked) == (1 if len(password) < 300 else 0), "a hash is compared whoever is asked for"
    assert len(jarvis.store.sessions) == 0


async def test_a_disabled_account_opens_no_session(jarvis: InMemoryJarvis) -> None:
    user = await an_account(jarvis)
    async with jarvis.work() as work:
        await work.accounts.save(replace(user, disabled_at=jarvis.clock.now()))
    with pytest.raises(InvalidCredentials):
        await jarvis.doors.passwords.sign_in(EMAIL, OTHER, DEVICE)
    with pytest.raises(AccountDisabled):
        await jarvis.doors.passwords.sign_in(EMAIL, PASSWORD, DEVICE)


async def test_a_password_that_changes_while_it_is_compared_is_not_good(jarvis: InMemoryJarvis) -> None:
    user = await an_account(jarvis)
    signing_in = asyncio.ensure_future(jarvis.doors.passwords.sign_in(EMAIL, PASSWORD, DEVICE))
    await eventually(lambda: bool(jarvis.hasher.asked))
    async with jarvis.work() as work:
        await work.accounts.set_password(user.id, "plain:new", jarvis.clock.now())
    with pytest.raises(InvalidCredentials):
        await signing_in


async def test_a_hash_made_otherwise_is_made_anew_when_it_is_used(jarvis: InMemoryJarvis) -> None:
    user = await an_account(jarvis)
    jarvis.hasher.way = "better"
    with pytest.raises(InvalidCredentials):
        await jarvis.doors.passwords.sign_in(EMAIL, OTHER, DEVICE)
    async with jarvis.work() as work:
        assert await work.accounts.password(user.id) == f"plain:{PASSWORD}"
    await jarvis.doors.passwords.sign_in(EMAIL, PASSWORD, DEVICE)
    async with jarvis.work() as work:
        assert await work.accounts.password(user.id) == f"better:{PASSWORD}"


async def test_changing_the_password_ends_all_other_sessions(jarvis: InMemoryJarvis) -> None:
    user = await an_account(jarvis)
    here, there = [await jarvis.doors.passwords.sign_in(EMAIL, PASSWORD, DEVICE) for _ in range(2)]
    actor = Actor(user.id, user.name)
    with pytest.raises(InvalidCredentials):
        await jarvis.doors.passwords.change(actor, OTHER, OTHER, here.session_id)
    with pytest.raises(InvalidInput):
        await jarvis.doors.passwords.change(actor, PASSWORD, "short", here.session_id)
    await jarvis.accounts.authenticate(there.token)
    await jarvis.doors.passwords.change(actor, PASSWORD, OTHER, here.session_id)
    await jarvis.accounts.authenticate(here.token)
    with pytest.raises(InvalidToken):
        await jarvis.accounts.authenticate(there.token)
    with pytest.raises(InvalidCredentials):
        await jarvis.doors.passwords.sign_in(EMAIL, PASSWORD, DEVICE)
    await jarvis.doors.passwords.sign_in(EMAIL, OTHER, DEVICE)


async def test_who_has_no_password_cannot_change_it(jarvis: InMemoryJarvis) -> None:
    user = await an_account(jarvis, password=None)
    with pytest.raises(InvalidCredentials):
        await jarvis.doors.passwords.change(Actor(user.id, user.name), "", OTHER, None)


@pytest.mark.parametrize(("language", "subject"), [(Language.KOREAN, "비밀번호"), (Language.ENGLISH, "password")])
async def test_a_link_from_a_mail_is_good_for_one_new_password(
    jarvis: InMemoryJarvis, language: Language, subject: str
) -> None:
    user = await an_account(jarvis)
    before = await jarvis.doors.passwords.sign_in(EMAIL, PASSWORD, DEVICE)
    await jarvis.doors.recovery.ask("ANA@corp.example", language)
    await run_jobs(jarvis)
    [mail] = jarvis.mailer.sent
    assert (mail.to, subject in mail.subject) == ((EMAIL,), True)
    secret = secret_in(jarvis)
    for bad in ("short", EMAIL, "1234567890"):
        with pytest.raises(InvalidInput):
            await jarvis.doors.recovery.reset(secret, bad, DEVICE)
    session = await jarvis.doors.recovery.reset(secret, OTHER, DEVICE)
    assert session.user.id == user.id
    with pytest.raises(LinkInvalid):
        await jarvis.doors.recovery.reset(secret, OTHER, DEVICE)
    with pytest.raises(InvalidToken):
        await jarvis.accounts.authenticate(before.token)
    await jarvis.accounts.authenticate(session.token)
    await jarvis.doors.passwords.sign_in(EMAIL, OTHER, DEVICE)
    async with jarvis.work() as work:
        found = await work.users.find(user.id)
    assert found is not None
    assert found.email_verified_at == jarvis.clock.now(), "who reads the mail has shown that it is theirs"


async def test_of_several_who_use_a_link_at_once_one_chooses_the_password(jarvis: InMemoryJarvis) -> None:
    await an_account(jarvis)
    await jarvis.doors.recovery.ask(EMAIL, Language.KOREAN)
    await run_jobs(jarvis)
    secret = secret_in(jarvis)
    tries = [jarvis.doors.recovery.reset(secret, f"password number {number}", DEVICE) for number in range(4)]
    outcomes = await asyncio.gather(*tries, return_exceptions=True)
    assert sum(isinstance(outcome, LinkInvalid) for outcome in outcomes) == 3


async def test_a_link_ends_with_its_hour_and_with_the_next_one(jarvis: InMemoryJarvis) -> None:
    await an_account(jarvis)
    for _ in range(2):
        await jarvis.doors.recovery.ask(EMAIL, Language.KOREAN)
        await run_jobs(jarvis)
    with pytest.raises(LinkInvalid):
        await jarvis.doors.recovery.reset(secret_in(jarvis, 0), OTHER, DEVICE)
    jarvis.clock.advance(timedelta(hours=1).total_seconds())
    with pytest.raises(LinkInvalid):
        await jarvis.doors.recovery.reset(secret_in(jarvis, 1), OTHER, DEVICE)


async def test_the_mail_says_how_long_its_link_is_good(jarvis: InMemoryJarvis, monkeypatch: pytest.MonkeyPatch) -> None:
    await an_account(jarvis)
    monkeypatch.setattr(recovery, "RESET_LASTS", timedelta(minutes=20))
    await jarvis.doors.recovery.ask(EMAIL, Language.KOREAN)
    await run_jobs(jarvis)
    assert "20분 안에" in jarvis.mailer.sent[0].text
    jarvis.clock.advance(timedelta(minutes=20).total_seconds() - 1)
    await jarvis.doors.recovery.reset(secret_in(jarvis), OTHER, DEVICE)


async def test_asking_for_a_link_is_the_same_for_who_has_no_account(jarvis: InMemoryJarvis) -> None:
    await an_account(jarvis)
    disabled = await an_account(jarvis, "off@corp.example")
    async with jarvis.work() as work:
        await work.accounts.save(replace(disabled, disabled_at=jarvis.clock.now()))
    for email in (EMAIL, "nobody@corp.example", "off@corp.example"):
        before = len(jarvis.store.jobs)
        await jarvis.doors.recovery.ask(email, Language.KOREAN)
        assert len(jarvis.store.jobs) == before + 1, "the same is written down for everybody; a worker looks them up"
    await run_jobs(jarvis)
    assert [mail.to for mail in jarvis.mailer.sent] == [(EMAIL,)]


async def test_without_a_mail_server_no_link_is_promised(jarvis: InMemoryJarvis) -> None:
    doors = the_doors(jarvis.work, jarvis.tokens, jarvis.jobs, jarvis.clock, jarvis.ids, mailer=NoMailer())
    for email in (EMAIL, "nobody@corp.example"):
        with pytest.raises(MailNotConfigured):
            await doors.recovery.ask(email, Language.KOREAN)
    with pytest.raises(InvalidInput):
        await doors.recovery.ask("no address", Language.KOREAN)
