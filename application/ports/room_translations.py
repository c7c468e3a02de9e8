"""Who reads which room in which language, and what has been translated, as it is kept."""

from collections.abc import Mapping, Sequence
from typing import Protocol

from domain.ids import MessageId, RoomId, UserId
from domain.translation import Behind, Shown


class RoomTranslationRepository(Protocol):
    """Choices of members, which end with their membership, and translations, which end with what they translate: a
    message that is changed or deleted loses its own."""

    async def find(self, room_id: RoomId, user_id: UserId) -> str | None:
        """The tag of the language that this member has chosen, or None."""

    async def choose(self, room_id: RoomId, user_id: UserId, language: str, *, after: int) -> None:
        """Keep a member's choice; what comes after this seq is to be translated. Raises NotFound for who is none."""

    async def forget(self, room_id: RoomId, user_id: UserId) -> None:
        """Keep it no longer."""

    async def behind(self, *, take: int) -> Sequence[Behind]:
        """Rooms and languages in which there is something new, at most ``take``."""

    async def readers(self, room_id: RoomId, language: str) -> Sequence[UserId]:
        """The members who have chosen this language."""

    async def keep(self, room_id: RoomId, language: str, texts: Mapping[MessageId, str], *, up_to: int) -> None:
        """Keep translations, and that this is all there is up to this seq."""

    async def shown(self, room_id: RoomId, user_id: UserId, message_ids: Sequence[MessageId]) -> Shown | None:
        """What the member is shown of these messages, or None where no language was chosen."""
