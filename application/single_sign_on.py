"""Getting in by the word of another: single sign-on."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import timedelta
from hmac import compare_digest

from application.links import Links
from application.ports.clock import Clock
from application.ports.identity_providers import IdentityProviders, Provider, Secrets
from application.ports.ids import IdSource
from application.ports.secrets import SecretSource
from application.ports.unit_of_work import UnitOfWork, Work
from application.registration import Policy, open_account
from application.sessions import Sessions, SignedIn, end_all
from domain.errors import (
    AccountDisabled,
    DomainError,
    EmailNotVerified,
    LinkInvalid,
    ProviderUnavailable,
    RegistrationClosed,
    SignOnFailed,
)
from domain.identities import Identity
from domain.ids import UserId
from domain.sessions import Device, Session
from domain.tickets import Purpose, Ticket, digest_of
from domain.users import User, name_from_email

THERE_AND_BACK = timedelta(minutes=10)
CODE_LASTS = timedelta(minutes=1)


@dataclass(frozen=True, slots=True)
class Departure:
    """Where to send somebody, and what their browser has to keep and show when they come back with ``state``."""

    address: str
    state: str = field(repr=False)
    keepsake: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class Return:
    """What a browser brings back. ``keepsake`` is what it was given; ``issuer`` whom it says it comes from."""

    state: str = field(repr=False)
    code: str | None = field(default=None, repr=False)
    keepsake: str | None = field(default=None, repr=False)
    issuer: str | None = None


@dataclass(frozen=True, slots=True)
class SingleSignOn:
    """The way to a provider and back, which ends at the web client with a code that is good for tokens once."""

    work: Work
    providers: IdentityProviders
    sessions: Sessions
    secrets: SecretSource
    links: Links
    clock: Clock
    ids: IdSource
    policy: Policy

    @property
    def offered(self) -> Sequence[Provider]:
        """Whom one may choose."""
        return self.providers.offered

    async def depart(self, provider: str) -> Departure:
        """Set out. Raises NotFound, ProviderUnavailable."""
        state, keepsake = self.secrets.new(), self.secrets.new()
        secrets = Secrets(nonce=self.secrets.new(), verifier=self.secrets.new())
        address = await self.providers.departure(provider, state=state, secrets=secrets)
        now = self.clock.now()
        notes = {
            "provider": provider,
            "nonce": secrets.nonce,
            "verifier": secrets.verifier,
            "keepsake": digest_of(keepsake).hex(),
        }
        async with self.work() as work:
            ticket = Ticket(digest_of(state), Purpose.SINGLE_SIGN_ON, now, now + THERE_AND_BACK, notes=notes)
            await work.tickets.add(ticket)
        return Departure(address, state, keepsake)

    async def come_back(self, provider: str, returned: Return) -> str:
        """The address of the web client to go on at: signed in, or with the code of a refusal."""
        try:
            return self.links.signed_in(await self._code_for(provider, returned))
        except DomainError as error:
            return self.links.not_signed_in(error.code)

    async def redeem(self, code: str, device: Device) -> SignedIn:
        """Tokens for the code from the web client's address. Raises LinkInvalid, AccountDisabled."""
        async with self.work() as work:
            ticket = await work.tickets.take(Purpose.SIGNED_IN, digest_of(code), self.clock.now())
            if ticket is None or ticket.user_id is None:
                raise LinkInvalid
            [user] = await work.accounts.lock([ticket.user_id])
            if user.disabled_at is not None:
                raise AccountDisabled
            notes = ticket.notes
            return await self.sessions.begin(
                work, user, device, provider=notes["provider"], sign_out_hint=notes.get("hint")
            )

    async def sign_out_address(self, session: Session) -> str | None:
        """Where somebody whose session has ended signs out at their provider too, if that can be done now."""
        if session.provider is None:
            return None
        try:
            return await self.providers.sign_out_address(session.provider, session.sign_out_hint)
        except ProviderUnavailable:
            return None

    async def _code_for(self, provider: str, returned: Return) -> str:
        notes = await self._use_up(returned.state)
        # It is the browser that set out: else somebody could be made to sign in as another without knowing it.
        is_theirs = returned.keepsake is not None and compare_digest(
            digest_of(returned.keepsake).hex(), notes["keepsake"]
        )
        if notes["provider"] != provider or not is_theirs or not returned.code:
            raise SignOnFailed
        identity = await self.providers.identify(
            provider,
            code=returned.code,
            issuer=returned.issuer,
            secrets=Secrets(nonce=notes["nonce"], verifier=notes["verifier"]),
        )
        code, now = self.secrets.new(), self.clock.now()
        async with self.work() as work:
            user = await self._account_of(work, provider, identity)
            hint = {"hint": identity.sign_out_hint} if identity.sign_out_hint else {}
            signed_in = {"provider": provider, **hint}
            await work.tickets.add(
                Ticket(digest_of(code), Purpose.SIGNED_IN, now, now + CODE_LASTS, user.id, signed_in)
            )
        return code

    async def _use_up(self, state: str) -> Mapping[str, str]:
        async with self.work() as work:
            ticket = await work.tickets.take(Purpose.SINGLE_SIGN_ON, digest_of(state), self.clock.now())
        if ticket is None:
            raise SignOnFailed
        return ticket.notes

    async def _account_of(self, work: UnitOfWork, provider: str, identity: Identity) -> User:
        known = await work.identities.find(identity.issuer, identity.subject)
        if known is None:
            return await self._link(work, provider, identity)
        [user] = await work.accounts.lock([known])
        if user.disabled_at is not None:
            raise AccountDisabled
        return user

    async def _link(self, work: UnitOfWork, provider: str, identity: Identity) -> User:
        """The account of the identity's address, which is theirs from now on; a new one where they may have one."""
        email, now = identity.email, self.clock.now()
        if email is None:
            raise EmailNotVerified
        user = await work.accounts.by_address(email)
        if user is None:
            user = await self._new_account(work, provider, email, identity.name)
        [user] = await work.accounts.lock([user.id])
        if user.disabled_at is not None:
            raise AccountDisabled
        if await work.identities.find(identity.issuer, identity.subject) is not None:
            return user  # another window of theirs came first
        if user.email_verified_at is None:
            # Whoever made the account never showed that the address is theirs: they must not get in any more.
            await work.accounts.set_password(user.id, None, now)
            await work.tickets.drop(Purpose.RESET, user.id)
            await end_all(work, user.id, now)
        user = replace(user, email_verified_at=now)
        await work.accounts.save(user)
        await work.identities.add(identity.issuer, identity.subject, user.id, now)
        return user

    async def _new_account(self, work: UnitOfWork, provider: str, email: str, name: str | None) -> User:
        if self.policy is not Policy.OPEN and not self.providers.admits(provider, email):
            raise RegistrationClosed
        user = await open_account(work, UserId(self.ids.new()), email, name or name_from_email(email), self.clock)
        if user is None:
            raise SignOnFailed
        return user
