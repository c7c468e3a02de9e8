"""Making accounts: who may, how an address is confirmed, and what nobody learns by trying."""

import asyncio
from dataclasses import replace
from datetime import timedelta

import pytest

from adapters.mail.smtp import NoMailer
from application import registration
from application.doors import Doors
from application.letters import Language
from application.registration import Applicant, Policy
from domain.errors import InvalidCredentials, InvalidInput, InvitationInvalid, LinkInvalid, RegistrationClosed
from domain.users import Actor
from tests.application.people import DEVICE, EMAIL, OTHER, PASSWORD, an_account, run_jobs, secret_in
from tests.in_memory import InMemoryJarvis, the_doors

WISH = Applicant(EMAIL, PASSWORD, "  Ana   Kim ")


def doors_of(jarvis: InMemoryJarvis, policy: Policy = Policy.OPEN, *, mail: bool = False) -> Doors:
    mailer = jarvis.mailer if mail else NoMailer()
    return the_doors(
        jarvis.work, jarvis.tokens, jarvis.jobs, jarvis.clock, jarvis.ids, mailer=mailer, hasher=jarvis.hasher,
        policy=policy,
    )  # fmt: skip


@pytest.mark.parametrize(
    ("language", "subject"), [(Language.KOREAN, "자비스 가입 확인"), (Language.ENGLISH, "Confirm your Jarvis account")]
)
async def test_a_link_from_a_mail_makes_the_account(jarvis: InMemoryJarvis, language: Language, subject: str) -> None:
    await jarvis.doors.registration.register(WISH, language)
    await run_jobs(jarvis)
    [mail] = jarvis.mailer.sent
    assert (mail.to, mail.subject) == ((EMAIL,), subject)
    assert "Ana Kim" in mail.text
    assert len(jarvis.store.users) == 0, "nobody has an account before their address is confirmed"
    with pytest.raises(InvalidCredentials):
        await jarvis.doors.passwords.sign_in(EMAIL, PASSWORD, DEVICE)
    session = await jarvis.doors.registration.confirm(secret_in(jarvis), DEVICE)
    user = session.user
    assert (user.email, user.name, user.email_verified_at) == (EMAIL, "Ana Kim", jarvis.clock.now())
    await jarvis.accounts.authenticate(session.token)
    await jarvis.doors.passwords.sign_in(EMAIL, PASSWORD, DEVICE)
    with pytest.raises(LinkInvalid):
        await jarvis.doors.registration.confirm(secret_in(jarvis), DEVICE)


async def test_a_link_is_good_for_a_day(jarvis: InMemoryJarvis) -> None:
    await jarvis.doors.registration.register(WISH, Language.KOREAN)
    await run_jobs(jarvis)
    jarvis.clock.advance(timedelta(hours=24).total_seconds())
    with pytest.raises(LinkInvalid):
        await jarvis.doors.registration.confirm(secret_in(jarvis), DEVICE)
    await jarvis.doors.registration.forget_expired()
    jarvis.clock.advance(1)
    await jarvis.doors.registration.forget_expired()
    assert len(jarvis.store.tickets) == 0


async def test_the_mail_says_how_long_its_link_is_good(jarvis: InMemoryJarvis, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(registration, "LASTS", timedelta(hours=3))
    await jarvis.doors.registration.register(WISH, Language.ENGLISH)
    await run_jobs(jarvis)
    assert "within 3 hours." in jarvis.mailer.sent[0].text
    jarvis.clock.advance(timedelta(hours=3).total_seconds() - 1)
    await jarvis.doors.registration.confirm(secret_in(jarvis), DEVICE)


async def test_an_address_that_is_taken_answers_alike_and_its_owner_is_told(jarvis: InMemoryJarvis) -> None:
    user = await an_account(jarvis)
    await jarvis.doors.registration.register(Applicant("ANA@corp.example", OTHER, "<a href=x>Evil"), Language.ENGLISH)
    await run_jobs(jarvis)
    [mail] = jarvis.mailer.sent
    assert (mail.to, mail.subject) == ((user.email,), "You already have a Jarvis account")
    assert "Evil" not in mail.text
    await jarvis.doors.passwords.sign_in(EMAIL, PASSWORD, DEVICE)
    with pytest.raises(InvalidCredentials):
        await jarvis.doors.passwords.sign_in(EMAIL, OTHER, DEVICE)


async def test_a_name_brings_no_link_into_somebody_elses_mail(jarvis: InMemoryJarvis) -> None:
    await jarvis.doors.registration.register(Applicant(EMAIL, PASSWORD, "https://evil.example {link}"), Language.KOREAN)
    await run_jobs(jarvis)
    assert jarvis.mailer.sent[0].text.count("://") == 1


async def test_of_two_who_confirm_the_same_address_one_has_the_account(jarvis: InMemoryJarvis) -> None:
    for password in (PASSWORD, OTHER):
        await jarvis.doors.registration.register(Applicant(EMAIL, password), Language.KOREAN)
    await run_jobs(jarvis)
    confirm = jarvis.doors.registration.confirm
    outcomes = await asyncio.gather(
        *(confirm(secret_in(jarvis, number), DEVICE) for number in (0, 1)), return_exceptions=True
    )
    assert [type(outcome).__name__ for outcome in outcomes] == ["SignedIn", "LinkInvalid"]
    assert len(jarvis.store.users) == 1


async def test_without_a_mail_server_the_account_is_there_at_once_and_a_taken_one_left_alone(
    jarvis: InMemoryJarvis,
) -> None:
    doors = doors_of(jarvis)
    await doors.registration.register(WISH, Language.KOREAN)
    await doors.registration.register(replace(WISH, password=OTHER), Language.KOREAN)
    assert len(jarvis.store.users) == 1
    session = await doors.passwords.sign_in(EMAIL, PASSWORD, DEVICE)
    assert session.user.email_verified_at is None
    with pytest.raises(InvalidCredentials):
        await doors.passwords.sign_in(EMAIL, OTHER, DEVICE)


@pytest.mark.parametrize(
    ("applicant", "field"),
    [
        (replace(WISH, password="short"), "password"),
        (replace(WISH, password="x" * 201), "password"),
        (replace(WISH, password="aaaaaaaaaaaa"), "password"),
        (replace(WISH, password="Password123"), "password"),
        (replace(WISH, password=EMAIL.upper()), "password"),
        (replace(WISH, password="correct\x00horse battery"), "password"),
        (replace(WISH, email="no address"), "email"),
        (replace(WISH, email="a@b\r\nBcc: c@d"), "email"),
        (replace(WISH, email="아나@corp.example"), "email"),
        (replace(WISH, email="a" * 250 + "@b.example"), "email"),
        (replace(WISH, name="x" * 101), "name"),
        (replace(WISH, name="\ud800"), "name"),
    ],
)
async def test_what_will_not_do_is_named(jarvis: InMemoryJarvis, applicant: Applicant, field: str) -> None:
    with pytest.raises(InvalidInput) as refused:
        await jarvis.doors.registration.register(applicant, Language.KOREAN)
    assert [fault.field for fault in refused.value.details] == [field]
    assert len(jarvis.store.users) == len(jarvis.store.jobs) == len(jarvis.store.tickets) == 0


async def test_who_may_register_is_a_setting(jarvis: InMemoryJarvis, ana: Actor) -> None:
    room = (await jarvis.room(ana)).room.id
    new = await jarvis.doors.invitations.create(ana, room, most_uses=1)
    for policy, invitation in ((Policy.OFF, None), (Policy.OFF, new.secret), (Policy.INVITE, None)):
        with pytest.raises(RegistrationClosed):
            await doors_of(jarvis, policy).registration.register(replace(WISH, invitation=invitation), Language.KOREAN)
    with pytest.raises(InvitationInvalid):
        await doors_of(jarvis, Policy.INVITE).registration.register(
            replace(WISH, invitation="nonsense\x00"), Language.KOREAN
        )
    assert jarvis.hasher.asked == []
    assert len(jarvis.store.users) == 1


@pytest.mark.parametrize("mail", [True, False])
async def test_who_registers_by_an_invitation_is_in_its_room(jarvis: InMemoryJarvis, ana: Actor, mail: bool) -> None:
    room = (await jarvis.room(ana)).room.id
    new = await jarvis.doors.invitations.create(ana, room, most_uses=1)
    doors = doors_of(jarvis, Policy.INVITE, mail=mail)
    applicants = [Applicant(f"{name}@corp.example", PASSWORD, invitation=new.secret) for name in ("ben", "cho")]
    await doors.registration.register(applicants[0], Language.KOREAN)
    if not mail:
        with pytest.raises(InvitationInvalid):
            await doors.registration.register(applicants[1], Language.KOREAN)
    else:
        await doors.registration.register(applicants[1], Language.KOREAN)
        for job in list(jarvis.store.jobs.values()):
            await doors.registration.send(job.job)
        await doors.registration.confirm(secret_in(jarvis, 0), DEVICE)
        with pytest.raises(InvitationInvalid):
            await doors.registration.confirm(secret_in(jarvis, 1), DEVICE)
    session = await doors.passwords.sign_in("ben@corp.example", PASSWORD, DEVICE)
    members = await jarvis.rooms.members(Actor(session.user.id, session.user.name), room)
    assert [member.user.name for member in members] == ["Ana", "ben"]
    assert len(jarvis.store.users) == 2, "whom the room did not take has no account either"
