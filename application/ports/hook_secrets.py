"""What outgoing hooks sign with."""

from typing import Protocol

from domain.ids import HookId


class HookSecrets(Protocol):
    """Knows the signing secret of every hook, though none is kept."""

    def of(self, hook_id: HookId, salt: str) -> str:
        """The secret of the hook; with another salt it is another one."""
