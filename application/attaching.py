"""Saying things with files, by their ids or inside the text as the installed desktop client has them."""

import asyncio
from collections.abc import AsyncIterator, Collection, Sequence
from hashlib import sha256
from uuid import UUID

from application.files import Files
from application.membership import require_member
from application.messages import Messages
from application.ports.message_log import Posted
from application.ports.unit_of_work import Work
from domain.attachments import Attachment, StoredFile
from domain.blocks import MOST_FILES, OPENS, Block, read_blocks, rewritten
from domain.errors import ClientTempIdReused, Fault, InvalidInput, NotFound
from domain.ids import AttachmentId, MessageId, RoomId, UserId
from domain.messages import Message, fingerprint
from domain.users import Actor

_SLICE = 256 * 1024


class Attaching:
    """Sending and editing messages that have files.

    ``home`` is where people find Jarvis, which the addresses in desktop clients' blocks begin with; where it is None,
    the caller tells where the client has found it.
    """

    def __init__(self, work: Work, files: Files, messages: Messages, home: str | None = None) -> None:
        self._work = work
        self._files = files
        self._messages = messages
        self._home = home

    @staticmethod
    def concerns(content: str, attachment_ids: Collection[UUID]) -> bool:
        """Whether a message brings files, or may."""
        return bool(attachment_ids) or OPENS in content

    async def send(
        self,
        actor: Actor,
        room_id: RoomId,
        content: str,
        client_temp_id: str | None = None,
        *,
        reply_to: MessageId | None = None,
        attachment_ids: Sequence[AttachmentId] = (),
        found_at: str = "",
        ask: bool = True,
    ) -> Posted:
        """Say something, with files or without; done once all of it is kept for good.

        Files named by id are the sender's own uploads, each for one message. Files that a block of the desktop client
        brings are taken out of it and kept, and their signed addresses put in their places. A repeated send is known
        by what the client sent, and makes no file anew.

        Raises:
            NotFound: one of the files is not there or somebody else's, or what it replies to is not there.
            AttachmentInUse: one of them hangs on another message.
            PayloadTooLarge, FileTypeNotAllowed, TooManyUploads: as Files.keep says of the files of a block.
            InvalidInput, MessageTooLong, Forbidden, ClientTempIdReused, Unavailable: as for Messages.send.
        """
        if not self.concerns(content, attachment_ids):
            return await self._messages.send(actor, room_id, content, client_temp_id, reply_to=reply_to, ask=ask)
        self._check(attachment_ids)
        # Megabytes, perhaps: not on the loop, where everybody waits.
        await asyncio.to_thread(self._messages.check, content, has_files=bool(attachment_ids))
        print_, blocks = await asyncio.to_thread(_examine, content, reply_to, attachment_ids)
        async with self._work() as work:
            await require_member(work, room_id, actor.id)
            if blocks and client_temp_id:
                sent = await work.sent.find(room_id, actor.id, client_temp_id)
                if sent is not None and sent.fingerprint != print_:
                    raise ClientTempIdReused
                if sent is not None:
                    return Posted(sent.message_id, sent.seq, repeated=True)
            found = await work.files.find(attachment_ids) if attachment_ids else ()
        attached = _in_order(attachment_ids, found, actor.id)
        made: list[Attachment] = []
        try:
            content = await self._taken_apart(actor, content, blocks, made, (), found_at)
            posted = await self._messages.send(
                actor,
                room_id,
                content,
                client_temp_id,
                reply_to=reply_to,
                attachments=(*attached, *made),
                ask=ask,
                sent_print=print_,
            )
        except BaseException:
            # What was committed all the same hangs on its message, and stays.
            await asyncio.shield(self._files.discard([file.id for file in made]))
            raise
        if posted.repeated:
            await self._files.discard([file.id for file in made])
        return posted

    async def edit(
        self, actor: Actor, room_id: RoomId, message_id: MessageId, content: str, *, found_at: str = ""
    ) -> Message:
        """Put other content in the place of the old. Files of a block stay that the new one brings back, by their
        addresses or once more as a whole; the others go. Files that were named by id stay.

        Raises what Messages.edit and Files.keep raise.
        """
        if OPENS not in content:
            return await self._messages.edit(actor, room_id, message_id, content)
        await asyncio.to_thread(self._messages.check, content)
        blocks = await asyncio.to_thread(_readable, content)
        known: Sequence[StoredFile] = ()
        if blocks:
            message = await self._messages.find(actor, room_id, message_id)
            async with self._work() as work:
                known = await work.files.find([file.id for file in message.attachments]) if message.attachments else ()
        made: list[Attachment] = []
        try:
            content = await self._taken_apart(actor, content, blocks, made, known, found_at)
            return await self._messages.edit(actor, room_id, message_id, content, brings=tuple(made))
        except BaseException:
            await asyncio.shield(self._files.discard([file.id for file in made]))
            raise

    def _check(self, attachment_ids: Sequence[AttachmentId]) -> None:
        most = self._files.limits.at_once
        if len(attachment_ids) > most:
            raise InvalidInput(details=[Fault("attachmentIds", f"must be at most {most}")])
        if len(set(attachment_ids)) < len(attachment_ids):
            raise InvalidInput(details=[Fault("attachmentIds", "must not name a file twice")])

    async def _taken_apart(
        self,
        actor: Actor,
        content: str,
        blocks: Sequence[Block],
        made: list[Attachment],
        known: Sequence[StoredFile],
        found_at: str,
    ) -> str:
        """The content with addresses in the places of files; ``made`` gets those that are new, as they come to be."""
        by_digest = {file.digest: file.attachment.id for file in known if file.digest is not None}
        changed: list[tuple[Block, Sequence[str | None]]] = []
        for block in blocks:
            urls: list[str | None] = []
            for entry in block.entries:
                if entry.data is None:
                    urls.append(None)
                    continue
                digest = await asyncio.to_thread(_digest, entry.data)
                attachment_id = by_digest.pop(digest, None)
                if attachment_id is None:
                    made.append(await self._files.keep(actor, entry.name, _sliced(entry.data), digest=digest))
                    attachment_id = made[-1].id
                urls.append((self._home or found_at) + self._files.links.path(attachment_id))
            changed.append((block, urls))
        return rewritten(content, changed) if any(url for _, urls in changed for url in urls) else content


def _examine(
    content: str, reply_to: MessageId | None, attachment_ids: Sequence[AttachmentId]
) -> tuple[bytes, Sequence[Block]]:
    return fingerprint(content, reply_to, attachment_ids), _readable(content)


def _readable(content: str) -> Sequence[Block]:
    """The blocks that bring files with them; none where they are more than anybody sends."""
    blocks = read_blocks(content)
    bringing = [block for block in blocks if any(entry.data is not None for entry in block.entries)]
    return bringing if sum(len(block.entries) for block in blocks) <= MOST_FILES else ()


def _in_order(
    attachment_ids: Sequence[AttachmentId], found: Sequence[StoredFile], owner: UserId
) -> Sequence[Attachment]:
    """Raises NotFound where one is missing, not all there yet, or somebody else's."""
    own = {file.attachment.id: file.attachment for file in found if file.is_kept and file.uploader_id == owner}
    if any(attachment_id not in own for attachment_id in attachment_ids):
        raise NotFound("There is no such file of yours.")
    return [own[attachment_id] for attachment_id in attachment_ids]


def _digest(data: bytes) -> bytes:
    return sha256(data).digest()


async def _sliced(data: bytes) -> AsyncIterator[bytes]:
    for at in range(0, len(data), _SLICE):
        yield data[at : at + _SLICE]
