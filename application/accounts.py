"""Who people are: signing in and out, and finding one another."""

from collections.abc import Mapping, Sequence
from datetime import timedelta

from application.ports.clock import Clock
from application.ports.ids import IdSource
from application.ports.presence import PresenceBoard
from application.ports.revoked_tokens import RevokedTokens
from application.ports.tokens import Claims, Tokens
from application.ports.unit_of_work import UnitOfWork, Work
from application.publication import Publication
from domain.errors import AccountDisabled, Fault, InvalidInput, InvalidToken
from domain.events import TokenRevoked
from domain.ids import UserId
from domain.presence import UserPresence
from domain.text import storable
from domain.users import Actor, Rights, User, name_from_email

FIELD_LIMIT = 320

CLOCKS_DIFFER_BY = timedelta(hours=1)
"""A token that has expired here may be good for so long on another server."""


class Accounts:
    """Sign-in, sign-out and the directory of people."""

    def __init__(
        self,
        work: Work,
        tokens: Tokens,
        revoked: RevokedTokens,
        presence: PresenceBoard,
        publication: Publication,
        clock: Clock,
        ids: IdSource,
    ) -> None:
        self._work = work
        self._tokens = tokens
        self._revoked = revoked
        self._presence = presence
        self._publication = publication
        self._clock = clock
        self._ids = ids

    async def sign_in_for_development(self, email: str | None, name: str | None) -> tuple[str, User]:
        """A token for the user of this email, who is made or renamed; without an email, for a new user.

        Raises:
            InvalidInput: email or name is longer than 320 characters or cannot be stored.
            AccountDisabled: the user may not get in, or only by the token of a bot.
        """
        email, name = _field(email, "email"), _field(name, "name")
        user_id = UserId(self._ids.new())
        known_by = email or f"user-{user_id}@local"
        user = User(user_id, known_by, name or (name_from_email(email) if email else "Guest"), self._clock.now())
        async with self._work() as work:
            user = await work.users.sign_in(user, rename=name is not None)
            if user.disabled_at is not None or user.is_bot:
                raise AccountDisabled
        return self._tokens.issue(user), user

    async def authenticate(self, token: str) -> tuple[Actor, Claims]:
        """Who holds this token. Raises InvalidToken where it is bad, expired or revoked, or its user is unknown."""
        claims = self._tokens.read(token)
        user = await self.identify(claims)
        return Actor(user.id, user.name, user.rights), claims

    async def identify(self, claims: Claims) -> User:
        """The user that good claims speak of.

        Raises:
            InvalidToken: the token is revoked, its session is over, the user is unknown or disabled, or is a bot that
                another token lets in or whose owner is disabled.
        """
        if claims.session_id is None and await self._revoked.is_revoked(claims.token_id):
            raise InvalidToken
        async with self._work() as work:
            user = await work.users.find(claims.user_id)
            if user is None or user.disabled_at is not None:
                raise InvalidToken
            if claims.session_id is not None:
                session = await work.sessions.find(claims.session_id)
                if session is None or session.user_id != user.id or not session.is_good(self._clock.now()):
                    raise InvalidToken
            if user.is_bot:
                await _check_bot(work, claims)
        return user

    async def may_stay(self, claims: Claims, rights: Rights | None = None) -> bool:
        """Whether a token that was good is still, with these rights. Raises Unavailable where that cannot be told."""
        try:
            user = await self.identify(claims)
        except InvalidToken:
            return False
        return user.rights == rights

    async def sign_out(self, claims: Claims) -> None:
        """Revoke the token these claims came from, on REST and on open sockets, on every server.

        For one that belongs to no session; another ends with its session.
        """
        await self._revoked.revoke(claims.token_id, until=claims.expires_at)
        self._publication.publish([TokenRevoked(claims.user_id, claims.token_id)])

    async def forget_expired_tokens(self) -> None:
        """Remember revoked tokens no longer than they need be."""
        await self._revoked.forget(expired_before=self._clock.now() - CLOCKS_DIFFER_BY)

    async def names_of(self, user_ids: Sequence[UserId]) -> Mapping[UserId, str]:
        """The names of those that exist."""
        if not user_ids:
            return {}
        async with self._work() as work:
            return {user.id: user.name for user in await work.users.existing(user_ids)}

    async def people(
        self, actor: Actor, query: str | None = None, *, include_me: bool = False
    ) -> Sequence[UserPresence]:
        """People whose name or email holds the query in any case; those online first, then by name."""
        if query is not None:
            storable(query, "q")
        async with self._work() as work:
            found = [user for user in await work.users.matching(query or None) if not user.is_bot]
        users = [user for user in found if include_me or user.id != actor.id]
        online = await self._presence.online([user.id for user in users])
        people = [UserPresence(user, user.id in online) for user in users]
        return sorted(people, key=lambda person: (not person.is_online, person.user.name))


async def _check_bot(work: UnitOfWork, claims: Claims) -> None:
    bot = await work.bots.find(claims.user_id)
    if bot is None or claims.session_id is not None or not bot.is_let_in_by(claims.token_id):
        raise InvalidToken
    owner = await work.users.find(bot.owner_id)
    if owner is None or owner.disabled_at is not None:
        raise InvalidToken


def _field(value: str | None, name: str) -> str | None:
    text = storable(value, name).strip() if value is not None else ""
    if len(text) > FIELD_LIMIT:
        raise InvalidInput(details=[Fault(name, f"must have at most {FIELD_LIMIT} characters")])
    return text or None
