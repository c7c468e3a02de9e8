"""Bots: programs that take part in rooms under a name of their own, each in the care of a person."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from domain.errors import DomainError, Fault, InvalidInput, Kind
from domain.ids import UserId
from domain.users import Right, Rights

MOST_OF_A_PERSON = 20
"""Bots that a person may have."""

TOKEN_LASTS = timedelta(days=365)


class BotNotAllowed(DomainError):
    kind, code, message = Kind.FORBIDDEN, "BOT_NOT_ALLOWED", "This bot does not have the right to do this."


class TooManyBots(DomainError):
    kind, code, message = Kind.CONFLICT, "TOO_MANY_BOTS", "You have as many bots as you may have."


@dataclass(frozen=True, slots=True)
class Bot:
    """A user that is a program. Of its tokens the one of ``token_id`` alone is good, until ``expires_at`` and as long
    as the owner may get in."""

    id: UserId
    owner_id: UserId
    name: str
    rights: Rights
    token_id: str
    created_at: datetime
    expires_at: datetime
    revoked_at: datetime | None = None

    def is_let_in_by(self, token_id: str) -> bool:
        """Whether this is the token that is good."""
        return self.revoked_at is None and self.token_id == token_id

    def revoked(self, now: datetime) -> "Bot":
        """The bot once no token lets it in any more."""
        return replace(self, revoked_at=self.revoked_at or now)


def bot_rights(names: Sequence[str]) -> Rights:
    """The rights of these names. Raises InvalidInput where there is none, or one that is unknown."""
    known = {right.value: right for right in Right}
    if not names or set(names) - set(known):
        raise InvalidInput(details=[Fault("rights", f"must name some of {', '.join(known)}")])
    return frozenset(known[name] for name in names)


def bot_address(bot_id: UserId) -> str:
    """What names the bot where people have an email: an address that no mail can reach."""
    return f"bot-{bot_id}@bots.invalid"
