"""Whether all is well, and whether more work may come."""

import asyncio
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from application.ports.health import HealthProbe


@dataclass(frozen=True, slots=True)
class Readiness:
    """Whether this process should be given work, and why not: it is stopping, or a part it cannot do without is away.

    ``parts`` holds every part by name, and whether it is well.
    """

    ready: bool
    draining: bool
    parts: Mapping[str, bool]


class Health:
    """Asks every part how it is. Without the ``needed`` ones nothing works; the others can be away for a while."""

    def __init__(self, probes: Sequence[HealthProbe], *, needed: Collection[str] = ("database",)) -> None:
        self._probes = probes
        self._needed = frozenset(needed)
        self.draining = False

    def drain(self) -> None:
        """From now on, no more work should come."""
        self.draining = True

    async def check(self) -> Mapping[str, bool]:
        """Each part by name, and whether it is well."""
        answers = await asyncio.gather(*(probe.is_well() for probe in self._probes))
        return {probe.service: well for probe, well in zip(self._probes, answers, strict=True)}

    async def readiness(self) -> Readiness:
        """Whether work may come."""
        parts = await self.check()
        well = all(well for name, well in parts.items() if name in self._needed)
        return Readiness(well and not self.draining, self.draining, parts)
