"""Who writes pulse reports."""

from typing import Protocol

from application.ports.summarizer import Material
from domain.pulse import PulseDraft


class PulseWriter(Protocol):
    """Writes a report of what fits into one question to it."""

    async def report(self, material: Material) -> PulseDraft:
        """What it comes to. Raises ModelFailed and what derives from it, and OpenAiNotConfigured."""
