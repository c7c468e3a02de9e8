"""Reacting to messages."""

from collections.abc import Callable

from application.membership import require_member_and_lock
from application.ports.emoji import EmojiSet
from application.ports.unit_of_work import Work
from domain.errors import Fault, InvalidInput
from domain.events import ReactionsChanged
from domain.ids import MessageId, RoomId
from domain.messages import Message
from domain.users import Actor


class Reacting:
    """Adding reactions to messages, and taking them back. Both may be done twice, which is the same as once."""

    def __init__(self, work: Work, emoji: EmojiSet) -> None:
        self._work = work
        self._emoji = emoji

    async def add(self, actor: Actor, room_id: RoomId, message_id: MessageId, emoji: str) -> Message:
        """React to a message; answers it as it is then.

        Raises:
            InvalidInput: this is not one emoji.
            Forbidden: the actor is no member.
            NotFound: there is no such message in the room.
            AlreadyDeleted: it was deleted.
            TooManyReactions: it has as many as it may have.
        """
        canonical = self._canonical(emoji)
        return await self._change(actor, room_id, message_id, lambda message: message.reacted(actor.id, canonical))

    async def remove(self, actor: Actor, room_id: RoomId, message_id: MessageId, emoji: str) -> Message:
        """Take a reaction back; answers the message as it is then.

        Raises:
            InvalidInput, Forbidden, NotFound: as for add.
        """
        canonical = self._canonical(emoji)
        return await self._change(actor, room_id, message_id, lambda message: message.unreacted(actor.id, canonical))

    async def _change(
        self, actor: Actor, room_id: RoomId, message_id: MessageId, change: Callable[[Message], Message]
    ) -> Message:
        async with self._work() as work:
            await require_member_and_lock(work, room_id, actor.id)
            message = await work.messages.lock(room_id, message_id)
            changed = change(message)
            if changed is not message:
                await work.messages.mark(changed)
                work.record(ReactionsChanged(room_id, message_id, changed.reactions))
        return changed

    def _canonical(self, emoji: str) -> str:
        canonical = self._emoji.canonical(emoji)
        if canonical is None:
            raise InvalidInput(details=[Fault("emoji", "must be one emoji")])
        return canonical
