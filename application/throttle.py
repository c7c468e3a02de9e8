"""Holding back who asks too much too fast."""

from collections import OrderedDict
from dataclasses import dataclass
from hashlib import sha256

from application.limits import RateLimit
from application.ports.rate_limits import RateLimits
from domain.errors import RateLimited
from domain.ids import UserId

PORTIONS = 25
"""Into how many portions a full bucket of sends is cut: sends are granted by the portion, so that each need not ask."""

REMEMBERED = 10_000


@dataclass(frozen=True, slots=True)
class Rates:
    """How often each kind of thing may be done.

    ``sign_ins`` and ``calls_from_address`` are for one address, the others for one person, over REST and the socket
    together. ``passwords`` are tries at one account, ``mails`` those that are sent to one address of mail;
    ``hooks`` are posts by one hook.
    """

    sign_ins: RateLimit
    sends: RateLimit
    questions: RateLimit
    calls: RateLimit
    calls_from_address: RateLimit
    passwords: RateLimit
    mails: RateLimit
    hooks: RateLimit


class Throttle:
    """Asks the buckets, which all servers share. Without ``rates`` nobody is held back."""

    def __init__(self, limits: RateLimits, rates: Rates | None) -> None:
        self._limits = limits
        self._rates = rates
        self._sends = _in_portions(rates.sends) if rates is not None else None
        self._granted: OrderedDict[UserId, int] = OrderedDict()

    async def sign_in(self, address: str) -> None:
        """Somebody at this address wants to sign in. Raises RateLimited."""
        if self._rates is not None:
            await self._take("sign-in", address, self._rates.sign_ins)

    async def password(self, account: str) -> None:
        """Somebody tries a password of this account, whether there is such a one or not. Raises RateLimited."""
        if self._rates is not None:
            await self._take("password", _name_of(account), self._rates.passwords)

    async def mail(self, email: str) -> None:
        """Somebody wants mail sent to this address. Raises RateLimited."""
        if self._rates is not None:
            await self._take("mail", _name_of(email), self._rates.mails)

    async def call_from(self, address: str) -> None:
        """A request or a connection from this address, whoever it is. Raises RateLimited."""
        if self._rates is not None:
            await self._take("address", address, self._rates.calls_from_address)

    async def call(self, user_id: UserId) -> None:
        """This person asks for anything that has no bucket of its own. Raises RateLimited."""
        if self._rates is not None:
            await self._take("call", str(user_id), self._rates.calls)

    async def question(self, user_id: UserId) -> None:
        """This person asks Jarvis. Raises RateLimited."""
        if self._rates is not None:
            await self._take("question", str(user_id), self._rates.questions)

    async def hook(self, secret: str) -> None:
        """A program posts by the hook of this secret, whether there is such a one or not. Raises RateLimited."""
        if self._rates is not None:
            await self._take("hook", _name_of(secret), self._rates.hooks)

    async def sends(self, user_id: UserId) -> int:
        """How many messages this person may send before asking again, at least one. Raises RateLimited."""
        if self._sends is None:
            return 1 << 62
        portion, limit = self._sends
        await self._take("send", str(user_id), limit)
        return portion

    async def send(self, user_id: UserId) -> None:
        """This person sends one message, from the same bucket. Raises RateLimited.

        What is left of a portion is kept for the next one, for the people who sent last.
        """
        if self._sends is None:
            return
        left = self._granted.pop(user_id, 0) or await self.sends(user_id)
        # Of two that asked for a portion at once, both got one: what is granted must not be lost.
        self._granted[user_id] = self._granted.get(user_id, 0) + left - 1
        self._granted.move_to_end(user_id)
        while len(self._granted) > REMEMBERED:
            self._granted.popitem(last=False)

    async def _take(self, bucket: str, key: str, limit: RateLimit) -> None:
        wait = await self._limits.take(bucket, key, limit)
        if wait > 0:
            raise RateLimited(retry_after=wait)


def _name_of(account: str) -> str:
    # Whatever was typed: of any length, and nobody's business in another store.
    return sha256(account.strip().lower().encode("utf-8", "surrogatepass")).hexdigest()


def _in_portions(limit: RateLimit) -> tuple[int, RateLimit]:
    portion = max(1, limit.burst // PORTIONS)
    return portion, RateLimit(limit.burst // portion, limit.per_second / portion)
