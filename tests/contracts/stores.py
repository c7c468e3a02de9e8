"""One store as the contracts see it, whichever it is."""

from asyncio import Future
from dataclasses import dataclass, replace
from datetime import timedelta

from application.messages import Messages
from application.ports.message_log import MessageLog, NewMessage, Posted
from application.ports.revoked_tokens import RevokedTokens
from application.ports.unit_of_work import Work
from application.reading import Reading
from application.roles import Roles
from application.rooms import Rooms
from domain.attachments import Attachment, AttachmentKind, StoredFile
from domain.events import LoggedEvent, MessageDeleted, MessageEdited
from domain.ids import AttachmentId, MessageId, RequestId, RoomId, UserId
from domain.jarvis import JarvisRequest, Mode
from domain.messages import Message, fingerprint
from domain.rooms import Member, Role, Room, RoomType
from domain.users import Actor, User
from tests.builders import EventRecorder, FakeClock, SequenceIds, a_user, signed_in

LEASE = timedelta(seconds=15)
"""How long a question is held by who has taken it up."""


@dataclass
class Stores:
    """The ports under test, what they published, and short ways to fill them."""

    work: Work
    message_log: MessageLog
    revoked_tokens: RevokedTokens
    recorder: EventRecorder
    clock: FakeClock
    ids: SequenceIds
    rooms: Rooms
    messages: Messages
    reading: Reading
    roles: Roles
    serial: bool
    """Whether a unit of work begins only when the one before has ended."""

    async def person(self, name: str) -> Actor:
        return await signed_in(self.work, self.user(name))

    def user(self, name: str, email: str | None = None) -> User:
        return a_user(name, self.ids, email=email, at=self.clock.now())

    async def room(self, owner: Actor, *members: Actor, title: str = "Room") -> RoomId:
        room = self.a_room(owner, title)
        now = self.clock.now()
        async with self.work() as work:
            await work.rooms.add(room)
            await work.members.add(
                [
                    Member(room.id, owner.id, Role.OWNER, now),
                    *(Member(room.id, member.id, Role.MEMBER, now) for member in members),
                ]
            )
        return room.id

    def a_room(self, owner: Actor, title: str = "Room") -> Room:
        return Room(RoomId(self.ids.new()), RoomType.GROUP, title, owner.id, self.clock.now())

    def new_message(
        self,
        room_id: RoomId,
        sender: Actor,
        content: str,
        client_temp_id: str | None = None,
        request: JarvisRequest | None = None,
        *,
        reply_to: MessageId | None = None,
        attachments: tuple[Attachment, ...] = (),
    ) -> NewMessage:
        return NewMessage(
            MessageId(self.ids.new()),
            room_id,
            sender.id,
            content,
            fingerprint(content, reply_to, [attachment.id for attachment in attachments]),
            self.clock.now(),
            client_temp_id,
            request,
            reply_to,
            attachments,
        )

    def say(self, room_id: RoomId, sender: Actor, content: str, client_temp_id: str | None = None) -> "Future[Posted]":
        return self.message_log.append(self.new_message(room_id, sender, content, client_temp_id))

    def reply(
        self, room_id: RoomId, sender: Actor, content: str, reply_to: MessageId, client_temp_id: str | None = None
    ) -> "Future[Posted]":
        return self.message_log.append(self.new_message(room_id, sender, content, client_temp_id, reply_to=reply_to))

    def an_attachment(self, name: str, **known: int) -> Attachment:
        kind = AttachmentKind.IMAGE if known else AttachmentKind.FILE
        return Attachment(AttachmentId(self.ids.new()), name, "image/png", 12_345, kind, **known)

    async def a_file(self, owner: Actor, name: str = "file", **known: int) -> Attachment:
        """A file of this person's that hangs on nothing yet."""
        attachment = self.an_attachment(name, **known)
        async with self.work() as work:
            await work.files.add(StoredFile(attachment, owner.id, self.clock.now(), is_kept=True))
        return attachment

    def a_request(
        self,
        room_id: RoomId,
        asker: Actor,
        *,
        personal: bool = False,
        public_id: str | None = None,
        message_id: MessageId | None = None,
    ) -> JarvisRequest:
        """A question; each is a millisecond younger than the one before."""
        self.clock.advance(0.001)
        request_id = RequestId(self.ids.new())
        return JarvisRequest(
            id=request_id,
            public_id=public_id or str(request_id),
            room_id=room_id,
            asker_id=asker.id,
            prompt="언제?",
            mode=Mode.CHAT,
            personal=personal,
            created_at=self.clock.now(),
            message_id=message_id,
        )

    async def ask(self, request: JarvisRequest) -> bool:
        async with self.work() as work:
            return await work.requests.add(request)

    async def claim(self, lane: str) -> JarvisRequest | None:
        """Take up the next question of a lane."""
        now = self.clock.now()
        async with self.work() as work:
            return await work.requests.claim(lane, now=now, until=now + LEASE)

    async def taken(self, lane: str) -> JarvisRequest:
        """Take up the next question of a lane, which there is."""
        request = await self.claim(lane)
        assert request is not None
        return request

    async def edit(self, room_id: RoomId, message_id: MessageId, author: Actor, content: str) -> Message:
        async with self.work() as work:
            await work.rooms.lock(room_id)
            edited = (await work.messages.lock(room_id, message_id)).edited_by(author.id, content, self.clock.now())
            await work.messages.replace(edited)
            work.record(MessageEdited(room_id, edited))
        return edited

    async def delete(self, room_id: RoomId, message_id: MessageId, author: Actor) -> Message:
        async with self.work() as work:
            await work.rooms.lock(room_id)
            deleted = (await work.messages.lock(room_id, message_id)).deleted_by_author(author.id, self.clock.now())
            await work.messages.replace(deleted)
            work.record(MessageDeleted(room_id, message_id))
        return deleted

    async def page(self, room_id: RoomId, before: MessageId | None = None, take: int = 200) -> list[Message]:
        async with self.work() as work:
            return list(await work.messages.page(room_id, before=before, take=take))

    async def log(self, room_id: RoomId, after: int = 0, take: int = 10_000) -> list[LoggedEvent]:
        async with self.work() as work:
            return list(await work.log.after(room_id, after, take=take))

    async def find_user(self, user_id: UserId) -> User | None:
        async with self.work() as work:
            return await work.users.find(user_id)

    async def find_member(self, room_id: RoomId, user_id: UserId) -> Member | None:
        async with self.work() as work:
            return await work.members.find(room_id, user_id)

    async def find_room(self, room_id: RoomId) -> Room:
        async with self.work() as work:
            return await work.rooms.lock(room_id)


def as_new(event: LoggedEvent) -> LoggedEvent:
    """A published event as the log would show it: the time is the store's own affair, and so is to the millisecond."""
    return replace(event, at=event.at.replace(microsecond=0))
