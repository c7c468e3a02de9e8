"""How often somebody may do something."""

from typing import Protocol

from application.limits import RateLimit


class RateLimits(Protocol):
    """Buckets of tokens, one for each pair of a bucket's name and a key, shared by all servers."""

    async def take(self, bucket: str, key: str, limit: RateLimit) -> float:
        """Take one token: 0 when there was one, else the seconds until there is. Never raises.

        ``bucket`` names what is limited (``sign-in``), ``key`` whom (a user's id, an address).
        """
