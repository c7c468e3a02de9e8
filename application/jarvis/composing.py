"""What the model is given for a question: where it is asked, by whom, and what was said that may bear on it."""

from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import tzinfo

from application.jarvis.budget import fitting, names_fitting
from application.limits import AnswerPace
from application.membership import require_member
from application.ports.chat_model import Conversation, Said
from application.ports.clock import Clock
from application.ports.unit_of_work import UnitOfWork, Work
from domain.errors import Forbidden, NotFound
from domain.ids import MessageId, RoomId, UserId
from domain.jarvis import JarvisRequest
from domain.messages import Message, text_of
from domain.users import Actor

FOUND = 8
"""Messages that are looked up in the room's memory for a question."""

_MEMBERS_SHARE = 8
"""The names of a room's members take this part of the tokens at the most."""

Recall = Callable[[Actor, str, RoomId | None, int], Awaitable[Sequence[Message]]]
"""Looks up at most so many messages that bear on a text: in one room, or in all the actor is in; the best first.

Raises Forbidden where the actor is no member of the room."""


@dataclass(frozen=True, slots=True)
class Composed:
    """A conversation, and the messages that its answer may cite, by their numbers."""

    conversation: Conversation
    sources: Mapping[int, Said]


@dataclass(frozen=True, slots=True)
class Composing:
    """Gathers what the model may know.

    For a public answer that is what the room itself has said, which every member may read; for a personal one also what
    was said in the asker's other rooms.
    """

    work: Work
    recall: Recall
    names_of: Callable[[Sequence[UserId]], Awaitable[Mapping[UserId, str]]]
    clock: Clock
    time_zone: tzinfo
    pace: AnswerPace

    async def compose(self, request: JarvisRequest) -> Composed:
        """All that belongs to the question.

        Raises:
            NotFound: the room is gone.
            Forbidden: the question is personal, and the asker no longer in the room.
        """
        async with self.work() as work:
            title = await work.titles.of(request.room_id, request.asker_id)
            if request.personal:
                # In a personal answer somebody who was taken out would hear what was said after.
                await require_member(work, request.room_id, request.asker_id)
            profiles = await work.members.profiles(request.room_id)
            talk = await work.messages.page(request.room_id, before=None, take=self.pace.talk)
            replied_to = await _replied_to(work, request)
            asker = await work.users.find(request.asker_id)
        names = {user.id: user.name for _, user in profiles}
        name = asker.name if asker is not None else ""
        shown = {message.id for message in talk} | {request.message_id}
        found = [m for m in await self._found(request, name) if m.id not in shown and m.deleted_at is None]
        names |= await self.names_of([m.sender_id for m in found if m.sender_id is not None])
        numbering = _Numbering(names, {user.id for _, user in profiles})
        tokens = self.pace.context_tokens
        members, left = names_fitting([user.name for _, user in profiles], tokens // _MEMBERS_SHARE)
        tokens -= tokens // _MEMBERS_SHARE - left
        replied, tokens = fitting(numbering.said([replied_to] if replied_to else []), tokens)
        memory, _ = fitting(numbering.said(reversed(found)), tokens // 2)
        recent = numbering.said(m for m in talk if m.deleted_at is None and m.id != request.message_id)
        recent, _ = fitting(recent, tokens - tokens // 2 if memory else tokens)
        conversation = Conversation(
            room_title=title,
            asker=name,
            prompt=request.prompt,
            mode=request.mode,
            talk=recent,
            now=self.clock.now().astimezone(self.time_zone),
            members=members,
            more_members=len(profiles) - len(members),
            found=memory,
            replied_to=replied[0] if replied else None,
            personal=request.personal,
        )
        cited = [*replied, *memory, *recent]
        return Composed(conversation, {said.ref: said for said in cited if said.ref is not None})

    async def _found(self, request: JarvisRequest, asker_name: str) -> Sequence[Message]:
        room_id = None if request.personal else request.room_id
        try:
            return await self.recall(Actor(request.asker_id, asker_name), request.prompt, room_id, FOUND)
        except Forbidden:
            return ()  # who has left since is answered from what was said last, which the room reads anyway


class _Numbering:
    """Turns messages into what the model is shown; those of people get a number to be cited by."""

    def __init__(self, names: Mapping[UserId, str], members: set[UserId]) -> None:
        self._names = names
        self._members = members
        self._refs: dict[MessageId, int] = {}

    def said(self, messages: Iterable[Message]) -> list[Said]:
        return [self._said(message) for message in messages]

    def _said(self, message: Message) -> Said:
        said = Said(None, text_of(message.content), message.created_at, message.id, message.room_id)
        sender = message.sender_id
        speaker = message.sender_name if sender is None else self._names.get(sender, "?")
        if speaker is None:
            return said
        ref = self._refs.setdefault(message.id, len(self._refs) + 1)
        return replace(said, speaker=speaker, ref=ref)


async def _replied_to(work: UnitOfWork, request: JarvisRequest) -> Message | None:
    """The message that the question's message replies to, where both are still there."""
    if request.message_id is None:
        return None
    try:
        asking = await work.messages.get(request.room_id, request.message_id)
        replied_to = await work.messages.get(request.room_id, asking.reply_to) if asking.reply_to is not None else None
    except NotFound:
        return None
    return replied_to if replied_to is not None and replied_to.deleted_at is None else None
