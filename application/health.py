"""Whether all is well."""

import asyncio
from collections.abc import Mapping, Sequence

from application.ports.health import HealthProbe


class Health:
    """Asks every part how it is."""

    def __init__(self, probes: Sequence[HealthProbe]) -> None:
        self._probes = probes

    async def check(self) -> Mapping[str, bool]:
        """Each part by name, and whether it is well."""
        answers = await asyncio.gather(*(probe.is_well() for probe in self._probes))
        return {probe.service: well for probe, well in zip(self._probes, answers, strict=True)}
