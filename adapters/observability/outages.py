"""Parts that are away: noticed, measured, and reported when they stay away."""

import logging
from collections.abc import Awaitable, Callable, Mapping

from application.ports.clock import Clock

_log = logging.getLogger(__name__)

_LOOK_SECONDS = 5.0


class OutageWatch:
    """Looks again and again how every part is. One that is away for ``patience`` seconds is an error, once."""

    def __init__(
        self, check: Callable[[], Awaitable[Mapping[str, bool]]], clock: Clock, *, patience: float = 30.0
    ) -> None:
        self._check = check
        self._clock = clock
        self._patience = patience
        self._away_since: dict[str, float] = {}
        self._reported: set[str] = set()
        self.parts: Mapping[str, bool] = {}
        """How each part was when it was last looked at."""

    async def run(self) -> None:
        """Look until cancelled."""
        while True:
            await self.look()
            await self._clock.sleep(_LOOK_SECONDS)

    async def look(self) -> None:
        """Look once."""
        self.parts = await self._check()
        now = self._clock.now().timestamp()
        for service, well in self.parts.items():
            if not well:
                self._note_absence(service, now)
            elif self._away_since.pop(service, None) is not None:
                self._reported.discard(service)
                _log.warning("%s is back", service)

    def _note_absence(self, service: str, now: float) -> None:
        if service not in self._away_since:
            self._away_since[service] = now
            _log.warning("%s does not answer", service)
        seconds = now - self._away_since[service]
        if seconds >= self._patience and service not in self._reported:
            self._reported.add(service)
            _log.error("%s has been away for %d seconds", service, seconds, extra={"alarm": f"{service}-away"})
