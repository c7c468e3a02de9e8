"""Who is signed in where, and for how long."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from application.ports.clock import Clock
from application.ports.ids import IdSource
from application.ports.refresh_tokens import RefreshTokens
from application.ports.secrets import SecretSource
from application.ports.tokens import Tokens
from application.ports.unit_of_work import UnitOfWork, Work
from domain.errors import InvalidToken, NotFound
from domain.events import TokenRevoked
from domain.ids import SessionId, UserId
from domain.sessions import DEVICE_LIMIT, Device, RefreshTokenReused, Session
from domain.users import Actor, User

SESSION_LASTS = timedelta(days=30)
REMEMBERED = timedelta(days=30)
"""For so long a session that is over is still known, so that reuse of its refresh tokens is told from nonsense."""


@dataclass(frozen=True, slots=True)
class SignedIn:
    """What somebody who has signed in goes on with: a short-lived token, and what to get the next one with."""

    user: User
    session_id: SessionId
    token: str = field(repr=False)
    expires_at: datetime
    refresh_token: str = field(repr=False)


class Sessions:
    """Beginning, prolonging, listing and ending sessions.

    ``lifetime`` is how long one lasts that is not refreshed.
    """

    def __init__(
        self,
        work: Work,
        tokens: Tokens,
        refresh_tokens: RefreshTokens,
        secrets: SecretSource,
        clock: Clock,
        ids: IdSource,
        lifetime: timedelta = SESSION_LASTS,
    ) -> None:
        self._work = work
        self._tokens = tokens
        self._refresh_tokens = refresh_tokens
        self._secrets = secrets
        self._clock = clock
        self._ids = ids
        self._lifetime = lifetime

    async def begin(
        self,
        work: UnitOfWork,
        user: User,
        device: Device,
        *,
        provider: str | None = None,
        sign_out_hint: str | None = None,
    ) -> SignedIn:
        """Sign the user in, within the transaction that has found out who it is."""
        now = self._clock.now()
        session = Session(
            id=SessionId(self._ids.new()),
            user_id=user.id,
            created_at=now,
            used_at=now,
            expires_at=now + self._lifetime,
            newest=self._secrets.new(),
            device=device.name[:DEVICE_LIMIT],
            address=device.address,
            provider=provider,
            sign_out_hint=sign_out_hint,
        )
        await work.sessions.add(session)
        return self._signed_in(user, session)

    async def refresh(self, refresh_token: str, device: Device) -> SignedIn:
        """New tokens for the ones of a session. The old refresh token stays good until the new one was used.

        Raises:
            InvalidToken: it is no refresh token, its session is over, or its user may not get in any more.
            RefreshTokenReused: it was succeeded long ago; its session is over now, since somebody has stolen it.
        """
        session_id, name = self._refresh_tokens.read(refresh_token)
        async with self._work() as work:
            try:
                session = await work.sessions.lock(session_id)
            except NotFound:
                raise InvalidToken from None
            user = await work.users.find(session.user_id)
            if user is None or user.disabled_at is not None:
                raise InvalidToken
            try:
                session = session.refreshed(name, self._secrets.new(), self._clock.now(), self._lifetime)
            except RefreshTokenReused:
                await _end(work, session, self._clock.now())
            else:
                session = replace(session, device=device.name[:DEVICE_LIMIT], address=device.address)
                await work.sessions.replace(session)
                return self._signed_in(user, session)
        raise RefreshTokenReused

    async def mine(self, actor: Actor) -> Sequence[Session]:
        """Where the actor is signed in, the session used last first."""
        async with self._work() as work:
            return await work.sessions.of_user(actor.id, self._clock.now())

    async def end(self, actor: Actor, session_id: SessionId) -> Session:
        """Sign the actor out there, on REST and on open sockets, on every server. Raises NotFound."""
        async with self._work() as work:
            session = await work.sessions.lock(session_id)
            if session.user_id != actor.id or not session.is_good(self._clock.now()):
                raise NotFound
            await _end(work, session, self._clock.now())
        return session

    async def forget_those_long_over(self) -> None:
        """Remember sessions no longer than they may be of use."""
        async with self._work() as work:
            await work.sessions.forget(over_before=self._clock.now() - REMEMBERED)

    def _signed_in(self, user: User, session: Session) -> SignedIn:
        token = self._tokens.issue(user, session.id)
        return SignedIn(
            user=user,
            session_id=session.id,
            token=token,
            expires_at=self._tokens.read(token).expires_at,
            refresh_token=self._refresh_tokens.seal(session.id, session.newest),
        )


async def end_all(work: UnitOfWork, user_id: UserId, now: datetime, *, but: SessionId | None = None) -> None:
    """End the user's sessions, save one, and close their sockets."""
    for session_id in await work.sessions.revoke_all(user_id, now, but=but):
        work.announce(TokenRevoked(user_id, str(session_id)))


async def _end(work: UnitOfWork, session: Session, now: datetime) -> None:
    if session.revoked_at is None:
        await work.sessions.replace(session.revoked(now))
        work.announce(TokenRevoked(session.user_id, str(session.id)))
