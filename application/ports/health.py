"""Whether a part that the product stands on is well."""

from typing import Protocol


class HealthProbe(Protocol):
    """Looks after one part."""

    @property
    def service(self) -> str:
        """The name under which it is reported."""

    async def is_well(self) -> bool:
        """Whether it answers now; never raises and never takes longer than a few seconds."""
