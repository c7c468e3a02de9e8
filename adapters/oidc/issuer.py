"""What an issuer publishes: where its doors are, and the keys it signs with."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, cast
from urllib.parse import urlsplit

from joserfc.errors import JoseError
from joserfc.jwk import KeySet

from application.ports.clock import Clock
from domain.errors import ProviderUnavailable

KEPT = timedelta(hours=1)
"""After so long what was published is asked for anew."""

PAUSE = timedelta(seconds=30)
"""Keys that are not known are asked for no more often than this, whoever sends proofs with made-up keys."""

Fetch = Callable[[str], Awaitable[Any]]
"""The JSON at an address. Raises ProviderUnavailable."""

_ENDPOINTS = ("authorization_endpoint", "token_endpoint", "jwks_uri")


@dataclass(slots=True)
class _Kept:
    what: Any
    since: datetime


@dataclass(slots=True)
class PublishedByIssuer:
    """Asked for when it is first needed, and kept. Of many who need it at once one asks."""

    issuer: str
    fetch: Fetch
    clock: Clock
    _metadata: _Kept | None = None
    _keys: _Kept | None = None
    _asking: asyncio.Lock = field(default_factory=asyncio.Lock)

    async def metadata(self) -> Mapping[str, Any]:
        """Its configuration, in which it names itself. Raises ProviderUnavailable."""
        async with self._asking:
            if self._metadata is None or self._is_older(self._metadata, KEPT):
                found = await self.fetch(f"{self.issuer.rstrip('/')}/.well-known/openid-configuration")
                self._metadata = _Kept(self._checked(found), self.clock.now())
            return cast("Mapping[str, Any]", self._metadata.what)

    async def keys(self, *, fresh: bool = False) -> KeySet:
        """The keys it signs with; ``fresh`` asks for those that have come since, though not all the time.

        Raises ProviderUnavailable.
        """
        address = str((await self.metadata())["jwks_uri"])
        async with self._asking:
            if self._keys is None or self._is_older(self._keys, PAUSE if fresh else KEPT):
                self._keys = _Kept(_key_set(await self.fetch(address)), self.clock.now())
            return cast("KeySet", self._keys.what)

    def _is_older(self, kept: _Kept, age: timedelta) -> bool:
        return self.clock.now() - kept.since >= age

    def _checked(self, metadata: Any) -> Mapping[str, Any]:
        if not isinstance(metadata, dict) or metadata.get("issuer") != self.issuer:
            raise ProviderUnavailable
        if not all(self._is_address(metadata.get(name)) for name in _ENDPOINTS):
            raise ProviderUnavailable
        return metadata

    def _is_address(self, address: object) -> bool:
        # What was found over TLS must not lead out of it.
        schemes = {"https", urlsplit(self.issuer).scheme}
        return isinstance(address, str) and urlsplit(address).scheme in schemes and bool(urlsplit(address).hostname)


def _key_set(published: Any) -> KeySet:
    try:
        return KeySet.import_key_set(published)
    except (JoseError, AttributeError, KeyError, TypeError, ValueError):
        raise ProviderUnavailable from None
