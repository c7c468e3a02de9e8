"""Getting in with a password."""

from contextlib import suppress
from uuid import UUID

from application.ports.clock import Clock
from application.ports.passwords import PasswordHasher
from application.ports.unit_of_work import Work
from application.sessions import Sessions, SignedIn, end_all
from domain.errors import AccountDisabled, InvalidCredentials, InvalidInput
from domain.ids import SessionId, UserId
from domain.passwords import PASSWORD_MOST, address, new_password, normal
from domain.sessions import Device
from domain.users import Actor

_NOBODY = UserId(UUID(int=0))
"""Whose password is looked up where nobody has the address, so that this takes as long."""


class Passwords:
    """Signing in with a password, and changing it."""

    def __init__(self, work: Work, hasher: PasswordHasher, sessions: Sessions, clock: Clock) -> None:
        self._work = work
        self._hasher = hasher
        self._sessions = sessions
        self._clock = clock

    async def sign_in(self, email: str, password: str, device: Device) -> SignedIn:
        """A session for whoever has this address and this password.

        It takes as long, and says the same, whether the address is unknown, has no password or another one.

        Raises:
            InvalidCredentials: not both are right.
            AccountDisabled: both are right, but the account was disabled.
            Unavailable: too many sign in at the same time.
        """
        text = normal(password)
        if len(text) > PASSWORD_MOST:
            raise InvalidCredentials
        user, known = None, None
        async with self._work() as work:
            with suppress(InvalidInput):
                user = await work.accounts.by_address(address(email))
            known = await work.accounts.password(_NOBODY if user is None else user.id)
        if not await self._hasher.verify(text, known) or user is None or known is None:
            raise InvalidCredentials
        better = await self._hasher.hash(text) if self._hasher.is_outdated(known) else None
        async with self._work() as work:
            # Held, so that a change of password or a disabling that comes in between is either seen here or ends this
            # session with the others.
            [user] = await work.accounts.lock([user.id])
            if await work.accounts.password(user.id) != known:
                raise InvalidCredentials
            if user.disabled_at is not None:
                raise AccountDisabled
            if better is not None:
                await work.accounts.set_password(user.id, better, self._clock.now())
            return await self._sessions.begin(work, user, device)

    async def change(self, actor: Actor, current: str, new: str, session_id: SessionId | None) -> None:
        """Take another password. Every other session of the actor's ends.

        Raises:
            InvalidCredentials: ``current`` is not the password, or there is none.
            InvalidInput: ``new`` may not be chosen.
        """
        async with self._work() as work:
            user = await work.users.find(actor.id)
            known = await work.accounts.password(actor.id)
        chosen = new_password(new, user.email if user is not None else "")
        if not await self._hasher.verify(normal(current), known):
            raise InvalidCredentials
        changed = await self._hasher.hash(chosen)
        async with self._work() as work:
            await work.accounts.lock([actor.id])
            if await work.accounts.password(actor.id) != known:
                raise InvalidCredentials
            await work.accounts.set_password(actor.id, changed, self._clock.now())
            await end_all(work, actor.id, self._clock.now(), but=session_id)
