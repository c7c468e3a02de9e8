"""Saying things in a room."""

from asyncio import Future
from collections.abc import Sequence
from functools import partial

from application.cards import have_cards_follow
from application.limits import Limits
from application.matters import follow_source
from application.membership import require_member, require_member_and_lock
from application.ports.clock import Clock
from application.ports.ids import IdSource
from application.ports.jobs import JobQueue
from application.ports.message_log import MessageLog, NewMessage, Posted
from application.ports.unit_of_work import UnitOfWork, Work
from domain.attachments import Attachment
from domain.blocks import files_named_in
from domain.events import Mentioned, MessageDeleted, MessageEdited
from domain.ids import AttachmentId, MessageId, RequestId, RoomId, UserId
from domain.jarvis import JarvisRequest, Mode, called
from domain.mentions import may_mention, mentions_in
from domain.messages import Message, client_temp_id, fingerprint, message_content, text_of
from domain.text import in_pieces
from domain.users import Actor, Right

PAGE_DEFAULT = 50
PAGE_LIMIT = 200


class Messages:
    """Sending, editing, deleting and reading messages."""

    def __init__(
        self,
        work: Work,
        log: MessageLog,
        jobs: JobQueue,
        clock: Clock,
        ids: IdSource,
        limits: Limits | None = None,
    ) -> None:
        self._work = work
        self._log = log
        self._jobs = jobs
        self._clock = clock
        self._ids = ids
        self._text_limit = (limits or Limits()).message_text
        self._prompt_limit = (limits or Limits()).prompt

    def send(
        self,
        actor: Actor,
        room_id: RoomId,
        content: str,
        client_temp_id_: str | None = None,
        *,
        reply_to: MessageId | None = None,
        attachments: tuple[Attachment, ...] = (),
        ask: bool = True,
        sent_print: bytes | None = None,
    ) -> "Future[Posted]":
        """Say something. The future is done once the message is kept for good; sends take effect in call order.

        The same ``client_temp_id_`` of the same sender in the same room is accepted once, however often it is sent. A
        message that calls Jarvis also asks him, in mode chat, unless ``ask`` is False or the actor may not.
        ``reply_to`` is the message of the room that it answers, ``attachments`` are the sender's files. ``sent_print``
        is the fingerprint of what the client has sent, where that is not this.

        Raises:
            InvalidInput: content or client id is empty or cannot be stored.
            MessageTooLong: the text is longer than the limit.

        The future raises Forbidden, NotFound, AttachmentInUse, ClientTempIdReused or Unavailable, as MessageLog says.
        """
        content = message_content(content, limit=self._text_limit, has_files=bool(attachments))
        client_id = client_temp_id(client_temp_id_)
        message_id = MessageId(self._ids.new())
        now = self._clock.now()
        prompt = called(content) if ask else None
        request = None
        if prompt is not None and actor.may(Right.ASK):
            request = self._request(actor, room_id, message_id, prompt)
        print_ = sent_print or fingerprint(content, reply_to, [attachment.id for attachment in attachments])
        posted = self._log.append(
            NewMessage(message_id, room_id, actor.id, content, print_, now, client_id, request, reply_to, attachments)
        )
        if request is not None:
            posted.add_done_callback(partial(self._ring, request.lane))
        return posted

    def portions(self, text: str) -> Sequence[str]:
        """A text, however long, as the contents of as many messages as it takes."""
        return [content for piece in in_pieces(text, self._text_limit) if (content := piece.strip())]

    def check(self, content: str, *, has_files: bool = False) -> None:
        """Raise what ``send`` raises of this content: InvalidInput, MessageTooLong."""
        message_content(content, limit=self._text_limit, has_files=has_files)

    async def edit(
        self,
        actor: Actor,
        room_id: RoomId,
        message_id: MessageId,
        content: str,
        *,
        brings: tuple[Attachment, ...] = (),
    ) -> Message:
        """Put other content in the place of the old. Who is mentioned only now is told so.

        ``brings`` are files that the content names and that hang on no message yet. Those that the old content named
        and the new one does not are removed.

        Raises:
            InvalidInput, MessageTooLong: as for send.
            Forbidden: the actor is no member, or somebody else wrote it.
            NotFound: there is no such message in the room.
            AlreadyDeleted: it was deleted.
        """
        self.check(content)
        async with self._work() as work:
            await require_member_and_lock(work, room_id, actor.id)
            message = await work.messages.lock(room_id, message_id)
            members = await _names(work, room_id) if may_mention(text_of(content)) else []
            files, gone = _files_after(message, content, brings)
            mentions = mentions_in(text_of(content), members)
            edited = message.edited_by(actor.id, content, self._clock.now(), mentions, files)
            if brings:
                await work.files.claim(room_id, message_id, [file.id for file in brings])
            if gone:
                await work.files.drop(gone, used=True)
            await work.messages.replace(edited)
            work.record(MessageEdited(room_id, edited))
            await follow_source(work, edited, self._clock.now())
            await have_cards_follow(work, edited, self._clock.now())
            if told := _newly_told(message, edited, [user_id for user_id, _ in members]):
                work.announce(Mentioned(told, room_id, message_id, edited.seq, actor.id))
        return edited

    async def delete(self, actor: Actor, room_id: RoomId, message_id: MessageId) -> Message:
        """Take a message's text away; its place stays. Twice is the same as once.

        Raises:
            Forbidden: the actor is no member, or somebody else wrote it.
            NotFound: there is no such message in the room.
        """
        async with self._work() as work:
            await require_member_and_lock(work, room_id, actor.id)
            message = await work.messages.lock(room_id, message_id)
            deleted = message.deleted_by_author(actor.id, self._clock.now())
            if deleted is not message:
                if message.attachments:
                    await work.files.drop([file.id for file in message.attachments], used=True)
                await work.messages.replace(deleted)
                work.record(MessageDeleted(room_id, message_id))
                await follow_source(work, deleted, self._clock.now())
                await have_cards_follow(work, deleted, self._clock.now())
        return deleted

    async def find(self, actor: Actor, room_id: RoomId, message_id: MessageId) -> Message:
        """A message as it stands now.

        Raises:
            Forbidden: the actor is no member.
            NotFound: there is no such message in the room.
        """
        async with self._work() as work:
            await require_member(work, room_id, actor.id)
            return await work.messages.get(room_id, message_id)

    async def history(
        self, actor: Actor, room_id: RoomId, *, before: MessageId | None = None, take: int = PAGE_DEFAULT
    ) -> Sequence[Message]:
        """A page of what was said, oldest first; ``take`` is brought into 1 to 200. Raises Forbidden."""
        async with self._work() as work:
            await require_member(work, room_id, actor.id)
            return await work.messages.page(room_id, before=before, take=min(max(take, 1), PAGE_LIMIT))

    async def thread(
        self,
        actor: Actor,
        room_id: RoomId,
        message_id: MessageId,
        *,
        before: MessageId | None = None,
        take: int = PAGE_LIMIT,
    ) -> Sequence[Message]:
        """The message that the thread of this one began with, and then its replies, oldest first.

        Of more than ``take`` replies (brought into 1 to 200) it has the newest, or those just before the reply
        ``before``.

        Raises:
            Forbidden: the actor is no member.
            NotFound: there is no such message in the room.
        """
        async with self._work() as work:
            await require_member(work, room_id, actor.id)
            return await work.messages.thread(room_id, message_id, before=before, take=min(max(take, 1), PAGE_LIMIT))

    def _request(self, actor: Actor, room_id: RoomId, message_id: MessageId, prompt: str) -> JarvisRequest:
        request_id = RequestId(self._ids.new())
        return JarvisRequest(
            id=request_id,
            public_id=str(request_id),
            room_id=room_id,
            asker_id=actor.id,
            prompt=prompt.encode()[: self._prompt_limit].decode(errors="ignore"),
            mode=Mode.CHAT,
            personal=False,
            created_at=self._clock.now(),
            message_id=message_id,
        )

    def _ring(self, lane: str, posted: "Future[Posted]") -> None:
        if not posted.cancelled() and posted.exception() is None:
            self._jobs.ring(lane)


def _files_after(
    message: Message, content: str, brings: tuple[Attachment, ...]
) -> tuple[tuple[Attachment, ...], Sequence[AttachmentId]]:
    """The files that a message has with other content, and those that go."""
    if not message.attachments:
        return brings, ()
    gone = files_named_in(message.content) - files_named_in(content)
    stay = tuple(file for file in message.attachments if file.id not in gone)
    return stay + brings, [file.id for file in message.attachments if file.id in gone]


async def _names(work: UnitOfWork, room_id: RoomId) -> Sequence[tuple[UserId, str]]:
    return [(user.id, user.name) for _, user in await work.members.profiles(room_id)]


def _newly_told(before: Message, after: Message, members: Sequence[UserId]) -> tuple[UserId, ...]:
    author = after.sender_id
    if author is None or before.mentions.room:
        return ()
    known = set(before.mentions.user_ids)
    return tuple(user_id for user_id in after.mentions.told(members, author) if user_id not in known)
