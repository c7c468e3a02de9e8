"""People, as they are kept."""

from collections.abc import Sequence
from datetime import datetime
from typing import Protocol

from domain.ids import UserId
from domain.users import User


class UserRepository(Protocol):
    """All users."""

    async def find(self, user_id: UserId) -> User | None:
        """The user, or None."""

    async def sign_in(self, user: User, *, rename: bool) -> User:
        """Add the user, or find the one with the same email, who takes the new name if ``rename``."""

    async def existing(self, user_ids: Sequence[UserId]) -> Sequence[User]:
        """Those of the users that exist, in the order given, each once."""

    async def matching(self, query: str | None) -> Sequence[User]:
        """Users whose name or email holds ``query`` in any case, all where it is None; by name, then id."""

    async def seen(self, user_id: UserId, at: datetime) -> None:
        """Write down when the user was last online; never moves back."""
