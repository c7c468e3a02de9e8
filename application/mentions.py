"""Where one is spoken to."""

from collections.abc import Sequence

from application.ports.unit_of_work import Work
from domain.ids import MessageId
from domain.messages import Message
from domain.users import Actor

PAGE_DEFAULT = 50
PAGE_LIMIT = 200


class Mentioning:
    """What others have said to a person by name, or to everybody in a room."""

    def __init__(self, work: Work) -> None:
        self._work = work

    async def of(self, actor: Actor, *, before: MessageId | None = None, take: int = PAGE_DEFAULT) -> Sequence[Message]:
        """The messages in the actor's rooms that mention them, newest first; ``take`` is brought into 1 to 200."""
        async with self._work() as work:
            return await work.mentions.of_user(actor.id, before=before, take=min(max(take, 1), PAGE_LIMIT))
