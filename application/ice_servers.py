"""The servers that help two devices find a way to each other."""

from base64 import b64encode
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from hmac import digest
from math import ceil

from application.ports.clock import Clock
from domain.users import Actor


@dataclass(frozen=True, slots=True)
class IceServer:
    """Addresses of one kind of server, and what it wants to hear; STUN wants nothing."""

    urls: Sequence[str]
    username: str | None = None
    credential: str | None = field(default=None, repr=False)


@dataclass(frozen=True, slots=True)
class Relays:
    """What an installation has. ``secret`` is the one that it shares with its TURN servers, as coturn's
    ``static-auth-secret``; a credential is good for ``lifetime``."""

    stun: Sequence[str] = ()
    turn: Sequence[str] = ()
    secret: str | None = field(default=None, repr=False)
    lifetime: timedelta = timedelta(hours=12)


class IceServers:
    """Hands out TURN credentials that a relay can check without asking anybody: they are named after when they end and
    whose they are, and made of that name and the shared secret."""

    def __init__(self, relays: Relays, clock: Clock) -> None:
        self._relays = relays
        self._clock = clock

    @property
    def good_for(self) -> int:
        """How many seconds what is handed out is good for."""
        return ceil(self._relays.lifetime.total_seconds())

    def of(self, actor: Actor) -> Sequence[IceServer]:
        """The servers for this person, from now on for ``good_for`` seconds; empty where there are none."""
        relays = self._relays
        servers = [IceServer(relays.stun)] if relays.stun else []
        if relays.turn and relays.secret is not None:
            username = f"{int(self._clock.now().timestamp()) + self.good_for}:{actor.id}"
            mac = digest(relays.secret.encode(), username.encode(), "sha1")
            servers.append(IceServer(relays.turn, username, b64encode(mac).decode()))
        return servers
