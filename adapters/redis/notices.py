"""Notices as they travel through Redis: a short binary head each, and the body as it is.

A payload is a version byte, the 16 bytes of the publishing server's id, and one record a notice. A payload without
records says that something for this channel could not be sent: who hears it should look at the log. A record is two
bytes of flags, the length of the body, the fields that the flags name in the order of the flags, and the body. Numbers
are big-endian; texts are UTF-8 with their length before them.
"""

import struct
from collections.abc import Iterable, Sequence
from functools import lru_cache
from uuid import UUID

from application.ports.event_bus import Notice
from domain.ids import RoomId, UserId

VERSION = 2
HEAD_BYTES = 17

_ROOM, _SEQ, _USERS, _REMOVES, _CLOSES, _REVOKES, _STREAM, _ORIGIN, _UNHEARD, _PRESENCE = (
    1 << bit for bit in range(10)
)
_START = struct.Struct(">HI")
_COUNT = struct.Struct(">I")
_NUMBER = struct.Struct(">q")
_ID_BYTES = 16


class MalformedPayload(ValueError):
    """What came over the channel was not written by a server that speaks this version."""


def head(server_id: UUID) -> bytes:
    """What every payload of a server begins with."""
    return bytes([VERSION]) + server_id.bytes


def record(notice: Notice, user_ids: Sequence[UserId]) -> bytes:
    """A notice for a payload, with these people in the place of its own."""
    flags = 0
    fields: list[bytes] = []
    if notice.room_id is not None:
        flags |= _ROOM
        fields.append(notice.room_id.bytes)
    if notice.seq is not None:
        flags |= _SEQ
        fields.append(_NUMBER.pack(notice.seq))
    if user_ids:
        flags |= _USERS
        fields += [_COUNT.pack(len(user_ids)), *(user_id.bytes for user_id in user_ids)]
    if notice.removes is not None:
        flags |= _REMOVES
        fields += [notice.removes[0].bytes, notice.removes[1].bytes]
    if notice.closes:
        flags |= _CLOSES
    if notice.revokes is not None:
        flags |= _REVOKES
        fields += _text(notice.revokes)
    if notice.stream is not None:
        flags |= _STREAM
        fields += [*_text(notice.stream[0]), _NUMBER.pack(notice.stream[1])]
    if notice.origin is not None:
        flags |= _ORIGIN
        fields += _text(notice.origin)
    if notice.unheard_by is not None or notice.presence is not None:
        more, its_fields = _of_people(notice)
        flags |= more
        fields += its_fields
    return b"".join([_START.pack(flags, len(notice.body)), *fields, notice.body])


def _of_people(notice: Notice) -> tuple[int, list[bytes]]:
    flags = 0
    fields: list[bytes] = []
    if notice.unheard_by is not None:
        flags |= _UNHEARD
        fields.append(notice.unheard_by.bytes)
    if notice.presence is not None:
        flags |= _PRESENCE
        fields += [notice.presence[0].bytes, _NUMBER.pack(notice.presence[1])]
    return flags, fields


def payload(head_: bytes, records: Iterable[bytes]) -> bytes:
    """What is published at once on one channel."""
    return b"".join([head_, *records])


def read(payload_: bytes) -> Sequence[Notice]:
    """The notices of a payload. Raises MalformedPayload."""
    if len(payload_) < HEAD_BYTES or payload_[0] != VERSION:
        raise MalformedPayload("not a payload of this version")
    reader = _Reader(payload_)
    notices = []
    try:
        while reader.at < len(payload_):
            notices.append(_read_record(reader))
    except (struct.error, ValueError) as error:
        raise MalformedPayload("a record is cut off") from error
    return notices


def _text(text: str) -> tuple[bytes, bytes]:
    data = text.encode("utf-8", "surrogatepass")
    return _COUNT.pack(len(data)), data


class _Reader:
    __slots__ = ("_data", "at")

    def __init__(self, data: bytes) -> None:
        self._data = data
        self.at = HEAD_BYTES

    def start(self) -> tuple[int, int]:
        flags, length = _START.unpack_from(self._data, self.at)
        self.at += _START.size
        return flags, length

    def count(self) -> int:
        (value,) = _COUNT.unpack_from(self._data, self.at)
        self.at += _COUNT.size
        return int(value)

    def number(self) -> int:
        (value,) = _NUMBER.unpack_from(self._data, self.at)
        self.at += _NUMBER.size
        return int(value)

    def bytes(self, length: int) -> bytes:
        end = self.at + length
        if end > len(self._data):
            raise ValueError("past the end")
        taken = self._data[self.at : end]
        self.at = end
        return taken

    def id(self) -> UUID:
        return _uuid(self.bytes(_ID_BYTES))

    def text(self) -> str:
        return self.bytes(self.count()).decode("utf-8", "surrogatepass")


@lru_cache(maxsize=4096)
def _uuid(data: bytes) -> UUID:
    return UUID(bytes=data)


def _read_record(reader: _Reader) -> Notice:
    flags, length = reader.start()
    room_id = RoomId(reader.id()) if flags & _ROOM else None
    seq = reader.number() if flags & _SEQ else None
    if not flags & ~(_ROOM | _SEQ):
        return Notice(reader.bytes(length), room_id, seq)
    return Notice(
        room_id=room_id,
        seq=seq,
        user_ids=tuple([UserId(reader.id()) for _ in range(reader.count())]) if flags & _USERS else (),
        removes=(RoomId(reader.id()), UserId(reader.id())) if flags & _REMOVES else None,
        closes=bool(flags & _CLOSES),
        revokes=reader.text() if flags & _REVOKES else None,
        stream=(reader.text(), reader.number()) if flags & _STREAM else None,
        origin=reader.text() if flags & _ORIGIN else None,
        unheard_by=UserId(reader.id()) if flags & _UNHEARD else None,
        presence=(UserId(reader.id()), reader.number()) if flags & _PRESENCE else None,
        body=reader.bytes(length),
    )
