"""Looking after accounts, and the first one of an installation."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from application.links import Links
from application.ports.clock import Clock
from application.ports.ids import IdSource
from application.ports.passwords import PasswordHasher
from application.ports.secrets import SecretSource
from application.ports.unit_of_work import UnitOfWork, Work
from application.recovery import Recovery
from application.registration import clean_name
from application.sessions import Sessions, SignedIn, end_all
from domain.errors import AdministratorsOnly, Forbidden, LinkInvalid, NotFound
from domain.events import AccessRevoked
from domain.ids import UserId
from domain.passwords import address, new_password
from domain.sessions import Device
from domain.text import storable
from domain.tickets import Purpose, Ticket, digest_of
from domain.users import Actor, User, name_from_email

FIRST_DOOR_STANDS = timedelta(days=365)


@dataclass(frozen=True, slots=True)
class ResetLink:
    """A link that an administrator hands to somebody."""

    link: str
    expires_at: datetime


@dataclass(frozen=True, slots=True)
class Administration:
    """What administrators may do: see all accounts, disable and enable them, make others administrators, and make links
    for a new password. They read nobody's talk by it."""

    work: Work
    hasher: PasswordHasher
    sessions: Sessions
    recovery: Recovery
    secrets: SecretSource
    links: Links
    clock: Clock
    ids: IdSource

    async def open_first_door(self) -> str | None:
        """A link that makes the first administrator, once; None where there is an account. Earlier ones are worthless
        from now on in either case."""
        secret, now = self.secrets.new(), self.clock.now()
        async with self.work() as work:
            await work.tickets.drop(Purpose.SETUP)
            if await work.accounts.any():
                return None
            await work.tickets.add(Ticket(digest_of(secret), Purpose.SETUP, now, now + FIRST_DOOR_STANDS))
        return self.links.setup(secret)

    async def set_up(self, secret: str, email: str, name: str | None, password: str, device: Device) -> SignedIn:
        """Make the administrator by the link from the log, and sign in.

        Raises:
            LinkInvalid: the link was used, or Jarvis was started again since.
            InvalidInput: address, name or password will not do; the link stays good.
        """
        known_by = address(email)
        chosen = new_password(password, known_by)
        called = clean_name(name) or name_from_email(known_by)
        digest = digest_of(secret)
        async with self.work() as work:
            if await work.tickets.find(Purpose.SETUP, digest, self.clock.now()) is None:
                raise LinkInvalid
        password_hash = await self.hasher.hash(chosen)
        async with self.work() as work:
            now = self.clock.now()
            if await work.tickets.take(Purpose.SETUP, digest, now) is None:
                raise LinkInvalid
            new = User(UserId(self.ids.new()), known_by, called, now)
            user = await work.accounts.by_address(known_by) or await work.users.sign_in(new, rename=False)
            # Whoever can read the log is believed about the address: no provider's word takes this account over.
            await work.accounts.save(
                replace(user, is_administrator=True, disabled_at=None, email_verified_at=user.email_verified_at or now)
            )
            await work.accounts.set_password(user.id, password_hash, now)
            await end_all(work, user.id, now)
            return await self.sessions.begin(work, user, device)

    async def accounts(self, actor: Actor, query: str | None = None) -> Sequence[User]:
        """Accounts whose name or email holds the query in any case, by name. Raises AdministratorsOnly."""
        if query is not None:
            storable(query, "q")
        async with self.work() as work:
            await _require_administrator(work, actor)
            return await work.users.matching(query or None)

    async def change(
        self, actor: Actor, user_id: UserId, *, disabled: bool | None = None, administrator: bool | None = None
    ) -> User:
        """Disable or enable an account, make it an administrator's or take that away. A disabled one is signed out
        everywhere at once; what it has said stays.

        Raises:
            AdministratorsOnly: the actor is none.
            Forbidden: it is the actor's own, so that one administrator always is left.
            NotFound: there is no such account.
        """
        async with self.work() as work:
            user = await self._lock_other(work, actor, user_id)
            now = self.clock.now()
            if disabled is not None:
                user = replace(user, disabled_at=(user.disabled_at or now) if disabled else None)
            if administrator is not None:
                user = replace(user, is_administrator=administrator)
            await work.accounts.save(user)
            if disabled:
                await end_all(work, user_id, now)
                await work.tickets.drop(Purpose.RESET, user_id)
                work.announce(AccessRevoked(user_id))
                for bot in await work.bots.of_owner(user_id):
                    work.announce(AccessRevoked(bot.id))
        return user

    async def reset_link(self, actor: Actor, user_id: UserId) -> ResetLink:
        """A link by which this person may choose another password. Raises as ``change`` does."""
        async with self.work() as work:
            await self._lock_other(work, actor, user_id)
            return ResetLink(*await self.recovery.link_for(work, user_id))

    async def appoint(self, email: str) -> ResetLink:
        """Make somebody an administrator on the word of who runs Jarvis, where there is nobody who could: an account
        that was disabled is good again. Answers a link by which they may choose a password; it is the only way in, as
        it is not known who holds the account.

        Raises:
            InvalidInput: this is no address.
            NotFound: nobody has it.
        """
        async with self.work() as work:
            known = await work.accounts.by_address(address(email))
            if known is None:
                raise NotFound
            (user,) = await work.accounts.lock([known.id])
            now = self.clock.now()
            await work.accounts.save(replace(user, is_administrator=True, disabled_at=None))
            await work.accounts.set_password(user.id, None, now)
            await end_all(work, user.id, now)
            work.announce(AccessRevoked(user.id))
            return ResetLink(*await self.recovery.link_for(work, user.id))

    async def _lock_other(self, work: UnitOfWork, actor: Actor, user_id: UserId) -> User:
        # Both are held: of two who would disable one another, the later one may not any more.
        users = {user.id: user for user in await work.accounts.lock([actor.id, user_id])}
        _check_administrator(users.get(actor.id))
        if user_id == actor.id:
            raise Forbidden("Have another administrator change your own account.")
        if user_id not in users:
            raise NotFound
        return users[user_id]


async def _require_administrator(work: UnitOfWork, actor: Actor) -> None:
    _check_administrator(await work.users.find(actor.id))


def _check_administrator(user: User | None) -> None:
    if user is None or not user.is_administrator or user.disabled_at is not None:
        raise AdministratorsOnly
