"""Choosing another password by a link, for who has forgotten theirs."""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from application.letters import Language, Letter, written
from application.links import Links
from application.ports.clock import Clock
from application.ports.ids import IdSource
from application.ports.jobs import JobQueue
from application.ports.mailer import Mailer
from application.ports.passwords import PasswordHasher
from application.ports.secrets import SecretSource
from application.ports.unit_of_work import UnitOfWork, Work
from application.sessions import Sessions, SignedIn, end_all
from domain.errors import LinkInvalid, MailNotConfigured
from domain.ids import JobId, UserId
from domain.jobs import Job, job_lane
from domain.passwords import address, new_password
from domain.sessions import Device
from domain.tickets import Purpose, Ticket, digest_of

RESET_MAIL = "reset-mail"
RESET_LASTS = timedelta(hours=1)
_BY_MAIL = "by_mail"


@dataclass(frozen=True, slots=True)
class Recovery:
    """Links for another password: by mail to whoever asks, and through the hands of an administrator."""

    work: Work
    hasher: PasswordHasher
    sessions: Sessions
    secrets: SecretSource
    mailer: Mailer
    queue: JobQueue
    links: Links
    clock: Clock
    ids: IdSource

    @property
    def by_mail(self) -> bool:
        """Whether links can be had by mail."""
        return self.mailer.works

    async def ask(self, email: str, language: Language) -> None:
        """Have a link sent to this address, where somebody has it. Whether anybody does shows neither here nor in the
        time it takes: a worker looks it up.

        Raises:
            MailNotConfigured: no mail can be sent.
            InvalidInput: it is no address.
        """
        known_by = address(email)
        if not self.mailer.works:
            raise MailNotConfigured
        lane = job_lane(RESET_MAIL, digest_of(known_by).hex()[:16])
        payload = {"email": known_by, "language": language.value}
        async with self.work() as work:
            await work.jobs.add(Job(JobId(self.ids.new()), RESET_MAIL, lane, payload, self.clock.now()))
        self.queue.ring(lane)

    async def send(self, job: Job) -> None:
        """Do what was asked for. Raises MailFailed."""
        async with self.work() as work:
            user = await work.accounts.by_address(job.payload["email"])
            if user is None or user.disabled_at is not None:
                return
            secret = await self._new_link(work, user.id, {_BY_MAIL: "yes"})
        language = Language(job.payload["language"])
        link = self.links.reset(secret)
        mail = written(Letter.RESET, language, to=user.email, name=user.name, link=link, lasts=RESET_LASTS)
        await self.mailer.send(mail)

    async def link_for(self, work: UnitOfWork, user_id: UserId) -> tuple[str, datetime]:
        """A link to be handed to the user by other means, and until when it is good. Earlier ones are not any more."""
        secret = await self._new_link(work, user_id, {})
        return self.links.reset(secret), self.clock.now() + RESET_LASTS

    async def reset(self, secret: str, password: str, device: Device) -> SignedIn:
        """Take another password by a link, and sign in. All other sessions of the user end.

        Raises:
            LinkInvalid: the link was used, is too old or was never made, or its user may not get in.
            InvalidInput: the password may not be chosen; the link stays good.
        """
        digest = digest_of(secret)
        async with self.work() as work:
            ticket = await work.tickets.find(Purpose.RESET, digest, self.clock.now())
            user = await work.users.find(ticket.user_id) if ticket is not None and ticket.user_id else None
        if user is None:
            raise LinkInvalid
        password_hash = await self.hasher.hash(new_password(password, user.email))
        async with self.work() as work:
            [user] = await work.accounts.lock([user.id])
            now = self.clock.now()
            ticket = await work.tickets.take(Purpose.RESET, digest, now)
            if ticket is None or user.disabled_at is not None:
                raise LinkInvalid
            if _BY_MAIL in ticket.notes:
                await work.accounts.save(replace(user, email_verified_at=now))
            await work.accounts.set_password(user.id, password_hash, now)
            await end_all(work, user.id, now)
            return await self.sessions.begin(work, user, device)

    async def _new_link(self, work: UnitOfWork, user_id: UserId, notes: dict[str, str]) -> str:
        secret, now = self.secrets.new(), self.clock.now()
        await work.tickets.drop(Purpose.RESET, user_id)
        ticket = Ticket(digest_of(secret), Purpose.RESET, now, now + RESET_LASTS, user_id, notes)
        await work.tickets.add(ticket)
        return secret
