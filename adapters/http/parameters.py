"""What stands in an address: ids in the path, options in the query."""

import re
from uuid import UUID, uuid5

from aiohttp import web

from domain.errors import Fault, InvalidInput
from domain.ids import MessageId, RoomId, UserId

_UUID = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}", re.ASCII | re.IGNORECASE)
_WHOLE_NUMBER = re.compile(r"\s*([+-]?)0*([0-9]+)\s*", re.ASCII)
_LONGEST_NUMBER = 20
_NOBODY = UUID(int=0)


def id_or_nobody(text: str) -> UUID:
    """The id; for a text that is none, an id of its own that nothing has."""
    return UUID(text) if _UUID.fullmatch(text) else uuid5(_NOBODY, text)


def room_id_of(request: web.Request) -> RoomId:
    """``{room_id}`` of the path. Raises InvalidInput."""
    return RoomId(id_of(request, "room_id", "roomId"))


def user_id_of(request: web.Request) -> UserId:
    """``{user_id}`` of the path. Raises InvalidInput."""
    return UserId(id_of(request, "user_id", "userId"))


def id_of(request: web.Request, part: str, field: str) -> UUID:
    """The id that stands in this part of the path; ``field`` is what it is called where it is refused.

    Raises InvalidInput.
    """
    text = request.match_info[part]
    if not _UUID.fullmatch(text):
        raise InvalidInput(details=[Fault(field, "must be a UUID")])
    return UUID(text)


def number(request: web.Request, name: str) -> int | None:
    """An option that is a whole number, None where it is not given. Raises InvalidInput where it is no such number."""
    text = request.query.get(name)
    if not text:
        return None
    if len(text) > _LONGEST_NUMBER or not _WHOLE_NUMBER.fullmatch(text):
        raise InvalidInput(details=[Fault(name, "must be a whole number")])
    return int(text)


def optional_room_id(request: web.Request) -> RoomId | None:
    """``roomId`` of the query, None where it is not given or empty. Raises InvalidInput."""
    text = request.query.get("roomId")
    if not text:
        return None
    if not _UUID.fullmatch(text):
        raise InvalidInput(details=[Fault("roomId", "must be a UUID")])
    return RoomId(UUID(text))


def message_id_of(request: web.Request) -> MessageId:
    """``{message_id}`` of the path. Raises InvalidInput."""
    return MessageId(id_of(request, "message_id", "messageId"))


def whole_number(request: web.Request, name: str, *, default: int, limit: int) -> int:
    """An option that counts something, brought into 1 to ``limit``. Raises InvalidInput where it is no whole number."""
    text = request.query.get(name)
    if text is None:
        return default
    number = _WHOLE_NUMBER.fullmatch(text)
    if number is None:
        raise InvalidInput(details=[Fault(name, "must be a whole number")])
    sign, digits = number.groups()
    if sign == "-":
        return 1
    return limit if len(digits) > len(str(limit)) else min(max(int(digits), 1), limit)
