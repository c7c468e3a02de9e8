"""Making accounts."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import timedelta
from enum import Enum

from application.invitations import come_in, good_invitation
from application.letters import Language, Letter, written
from application.links import Links
from application.ports.clock import Clock
from application.ports.ids import IdSource
from application.ports.jobs import JobQueue
from application.ports.mailer import Mailer
from application.ports.passwords import PasswordHasher
from application.ports.secrets import SecretSource
from application.ports.unit_of_work import UnitOfWork, Work
from application.sessions import Sessions, SignedIn
from domain.errors import Fault, InvalidInput, LinkInvalid, RegistrationClosed
from domain.ids import JobId, UserId
from domain.jobs import Job, job_lane
from domain.passwords import address, new_password
from domain.sessions import Device
from domain.text import storable
from domain.tickets import Purpose, Ticket, digest_of
from domain.users import User, name_from_email

REGISTRATION_MAIL = "registration-mail"
LASTS = timedelta(hours=24)
NAME_LIMIT = 100


class Policy(Enum):
    """Who may make an account: anybody, who has an invitation, or nobody."""

    OPEN = "open"
    INVITE = "invite"
    OFF = "off"


@dataclass(frozen=True, slots=True)
class Applicant:
    """What somebody says who wants an account. ``invitation`` is the secret of one."""

    email: str
    password: str
    name: str | None = None
    invitation: str | None = None


@dataclass(frozen=True, slots=True)
class Registration:
    """Making accounts, whose address is confirmed by mail where mail can be sent.

    What is answered does not say whether an address has an account already: with mail, the one who reads the mail of
    that address is told; without, an address that is taken is left alone, and the password just chosen will not do.
    """

    work: Work
    hasher: PasswordHasher
    sessions: Sessions
    secrets: SecretSource
    mailer: Mailer
    queue: JobQueue
    links: Links
    clock: Clock
    ids: IdSource
    policy: Policy

    @property
    def confirms(self) -> bool:
        """Whether addresses are confirmed by mail."""
        return self.mailer.works

    async def register(self, applicant: Applicant, language: Language) -> None:
        """Make an account, or have a mail sent whose link makes it.

        Raises:
            InvalidInput: address, name or password will not do.
            RegistrationClosed: there is no invitation where one is needed, or nobody may register.
            InvitationInvalid: the invitation is not good any more.
        """
        email = address(applicant.email)
        name = clean_name(applicant.name) or name_from_email(email)
        password = new_password(applicant.password, email)
        await self._admit(applicant.invitation)
        notes = {"email": email, "name": name, "password": await self.hasher.hash(password)}
        if applicant.invitation is not None:
            notes["invitation"] = applicant.invitation
        if self.mailer.works:
            await self._ask_for_mail(notes, language)
            return
        async with self.work() as work:
            await self._open_account(work, notes, verified=False)

    async def send(self, job: Job) -> None:
        """Write to who wants an account: how to confirm it, or that they have one. Raises MailFailed."""
        language, secret, now = Language(job.payload["language"]), self.secrets.new(), self.clock.now()
        async with self.work() as work:
            pending = await work.tickets.find(Purpose.PENDING, bytes.fromhex(job.payload["pending"]), now)
            if pending is None:
                return
            email, name = pending.notes["email"], pending.notes["name"]
            known = await work.accounts.by_address(email)
            if known is None:
                ticket = Ticket(digest_of(secret), Purpose.REGISTRATION, now, pending.expires_at, notes=pending.notes)
                await work.tickets.add(ticket)
        if known is None:
            link = self.links.registration(secret)
            mail = written(Letter.CONFIRM, language, to=email, name=name, link=link, lasts=LASTS)
            await self.mailer.send(mail)
        elif known.disabled_at is None:
            mail = written(Letter.KNOWN_ALREADY, language, to=known.email, name=known.name, link=self.links.home)
            await self.mailer.send(mail)

    async def confirm(self, secret: str, device: Device) -> SignedIn:
        """Make the account that a mail's link stands for, and sign in.

        Raises:
            LinkInvalid: the link was used, is too old or was never made, or the address has an account by now.
            InvitationInvalid: it was to be made by an invitation that is not good any more; the link stays.
        """
        async with self.work() as work:
            ticket = await work.tickets.take(Purpose.REGISTRATION, digest_of(secret), self.clock.now())
            user = await self._open_account(work, ticket.notes, verified=True) if ticket is not None else None
            if user is None:
                raise LinkInvalid
            return await self.sessions.begin(work, user, device)

    async def forget_expired(self) -> None:
        """Remember links of every purpose no longer than they are good."""
        async with self.work() as work:
            await work.tickets.forget(expired_before=self.clock.now())

    async def _admit(self, invitation: str | None) -> None:
        if self.policy is Policy.OFF or (self.policy is Policy.INVITE and invitation is None):
            raise RegistrationClosed
        if invitation is not None:
            async with self.work() as work:
                await good_invitation(work, invitation, self.clock)

    async def _ask_for_mail(self, notes: Mapping[str, str], language: Language) -> None:
        now, pending = self.clock.now(), digest_of(self.secrets.new())
        lane = job_lane(REGISTRATION_MAIL, digest_of(notes["email"]).hex()[:16])
        payload = {"pending": pending.hex(), "language": language.value}
        async with self.work() as work:
            await work.tickets.add(Ticket(pending, Purpose.PENDING, now, now + LASTS, notes=notes))
            await work.jobs.add(Job(JobId(self.ids.new()), REGISTRATION_MAIL, lane, payload, now))
        self.queue.ring(lane)

    async def _open_account(self, work: UnitOfWork, notes: Mapping[str, str], *, verified: bool) -> User | None:
        """The account, in the room it was invited to; None where the address has one. Raises InvitationInvalid."""
        now = self.clock.now()
        user = await open_account(work, UserId(self.ids.new()), notes["email"], notes["name"], self.clock)
        if user is None:
            return None
        user = replace(user, email_verified_at=now if verified else None)
        await work.accounts.save(user)
        await work.accounts.set_password(user.id, notes["password"], now)
        if "invitation" in notes:
            invitation = await good_invitation(work, notes["invitation"], self.clock)
            await come_in(work, invitation, user.id, user.name, self.clock)
        return user


async def open_account(work: UnitOfWork, user_id: UserId, email: str, name: str, clock: Clock) -> User | None:
    """A new account of this address; None where there is one."""
    if await work.accounts.by_address(email) is not None:
        return None
    user = await work.users.sign_in(User(user_id, email, name, clock.now()), rename=False)
    return user if user.id == user_id else None


def clean_name(text: str | None) -> str:
    """The name as it is kept, empty where there is none. Raises InvalidInput."""
    name = " ".join(storable(text or "", "name").split())
    if len(name) > NAME_LIMIT:
        raise InvalidInput(details=[Fault("name", f"must have at most {NAME_LIMIT} characters")])
    return name
