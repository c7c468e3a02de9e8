"""Saying in a room what none of its people says."""

from dataclasses import dataclass
from datetime import datetime

from application.ports.unit_of_work import UnitOfWork
from domain.citations import Citation
from domain.events import AnswerPosted, MessagePosted
from domain.ids import MessageId
from domain.jarvis import JarvisRequest
from domain.mentions import NOBODY, Mentions
from domain.messages import Message, SenderType
from domain.rooms import Room


@dataclass(frozen=True, slots=True)
class Post:
    """What Jarvis says, or a program under ``sender_name``, or the product itself, which is ``SenderType.SYSTEM``.

    ``answers`` is the question that it answers, and ``citations`` what the answer goes by.
    """

    message_id: MessageId
    text: str
    at: datetime
    sender_type: SenderType = SenderType.BOT
    sender_name: str | None = None
    mentions: Mentions = NOBODY
    answers: JarvisRequest | None = None
    citations: tuple[Citation, ...] = ()


async def post(work: UnitOfWork, room: Room, new: Post) -> Message:
    """Keep it as the next thing in the room, which is locked, and have the room told."""
    message = Message(
        id=new.message_id,
        room_id=room.id,
        seq=room.last_seq + 1,
        sender_type=new.sender_type,
        sender_id=None,
        content=new.text,
        created_at=new.at,
        request_id=None if new.answers is None else new.answers.id,
        mentions=new.mentions,
        citations=new.citations,
        sender_name=new.sender_name,
    )
    await work.messages.add(message)
    if new.answers is None:
        work.record(MessagePosted(room.id, message))
    else:
        work.record(AnswerPosted(room.id, message, new.answers.public_id))
    return message
