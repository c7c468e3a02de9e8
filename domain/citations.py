"""What an answer rests on."""

from dataclasses import dataclass

from domain.ids import MessageId, RoomId


@dataclass(frozen=True, slots=True)
class Citation:
    """A message that an answer rests on: ``ref`` is the number in the answer's text, as in ``[3]``.

    ``excerpt`` is of the message as it stands now, empty where it was deleted.
    """

    message_id: MessageId
    room_id: RoomId
    ref: int
    excerpt: str
