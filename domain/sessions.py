"""Sessions: a person signed in on one device, for as long as it comes back now and then."""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from domain.errors import InvalidToken
from domain.ids import SessionId, UserId

DEVICE_LIMIT = 200
TOGETHER = timedelta(seconds=10)
"""Who comes with the same refresh token so shortly after one another, as two windows do, gets the same new one."""


class RefreshTokenReused(InvalidToken):
    """A refresh token came back after its successor had been used: one of the two who had it is a thief."""


@dataclass(frozen=True, slots=True)
class Device:
    """What somebody signs in from: what it calls itself, and its address."""

    name: str = ""
    address: str = ""


@dataclass(frozen=True, slots=True)
class Session:
    """``newest`` and ``before`` name the two refresh tokens that are good: the one handed out last, and the one that it
    was handed out for, until the newest one is used. ``device`` and ``address`` say where it was last used.

    ``provider`` is who said who the person is, where that was another, and ``sign_out_hint`` what it wants to hear when
    they sign out.
    """

    id: SessionId
    user_id: UserId
    created_at: datetime
    used_at: datetime
    expires_at: datetime
    newest: str
    before: str | None = None
    rotated_at: datetime | None = None
    device: str = ""
    address: str = ""
    provider: str | None = None
    sign_out_hint: str | None = None
    revoked_at: datetime | None = None

    def is_good(self, now: datetime) -> bool:
        """Whether its tokens are accepted."""
        return self.revoked_at is None and self.expires_at > now

    def refreshed(self, presented: str, fresh: str, now: datetime, lifetime: timedelta) -> "Session":
        """The session after a refresh token has come in, whose ``newest`` is to be handed out.

        Raises:
            InvalidToken: the session is over.
            RefreshTokenReused: the token was already succeeded by one that has been used.
        """
        if not self.is_good(now):
            raise InvalidToken
        used = replace(self, used_at=now, expires_at=now + lifetime)
        if presented == self.newest:
            return replace(used, newest=fresh, before=presented, rotated_at=now)
        if presented != self.before:
            raise RefreshTokenReused
        if self.rotated_at is not None and now - self.rotated_at <= TOGETHER:
            return used
        # The answer with the newest one was lost; should it turn up after all, it is reuse.
        return replace(used, newest=fresh, rotated_at=now)

    def revoked(self, now: datetime) -> "Session":
        """The session from now on over."""
        return replace(self, revoked_at=self.revoked_at or now)
