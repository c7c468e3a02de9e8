"""What clients send: each message a model, parsed and checked once."""

import json
from contextlib import suppress
from typing import Annotated, Any, Literal
from uuid import UUID

import orjson
from pydantic import AfterValidator, BaseModel, ConfigDict, Field, TypeAdapter, ValidationError
from pydantic.alias_generators import to_camel

from domain.jarvis import Mode
from domain.rooms import Role


class BadFrame(Exception):
    """A message that cannot be understood: why, and the client's id of the send it was where that can be told."""

    def __init__(self, code: str, client_temp_id: str | None = None) -> None:
        super().__init__(code)
        self.code = code
        self.client_temp_id = client_temp_id


def _forwardable(value: Any) -> Any:
    try:
        orjson.dumps(value)
    except orjson.JSONEncodeError as error:
        raise ValueError("cannot be passed on") from error
    json.dumps(value, allow_nan=False)  # a number past all bounds would be passed on as null
    return value


_Forwarded = Annotated[Any, AfterValidator(_forwardable)]
_Seq = Annotated[int, Field(ge=0, lt=1 << 63)]


class _Frame(BaseModel):
    model_config = ConfigDict(alias_generator=to_camel, strict=True, extra="ignore")


class Hello(_Frame):
    type: Literal["client.hello"]
    token: str


class _RoomFrame(_Frame):
    room_id: UUID


class JoinRoom(_RoomFrame):
    type: Literal["room.join"]
    since_seq: _Seq | None = None


class LeaveRoom(_RoomFrame):
    type: Literal["room.leave"]


class SendMessage(_RoomFrame):
    type: Literal["message.send"]
    content: str = ""
    client_temp_id: str | None = None
    reply_to_id: UUID | None = None
    attachment_ids: list[UUID] | None = None


class EditMessage(_RoomFrame):
    type: Literal["message.edit"]
    message_id: UUID
    content: str


class DeleteMessage(_RoomFrame):
    type: Literal["message.delete"]
    message_id: UUID


class ChangeReaction(_RoomFrame):
    type: Literal["reaction.add", "reaction.remove"]
    message_id: UUID
    emoji: str


class ChangePin(_RoomFrame):
    type: Literal["pin.add", "pin.remove"]
    message_id: UUID


class AskJarvis(_RoomFrame):
    type: Literal["jarvis.request"]
    prompt: str
    message_id: UUID | None = None
    is_personal: bool | None = None
    request_id: str | None = None
    mode: Mode | None = None


class CancelAnswer(_Frame):
    type: Literal["jarvis.cancel"]
    request_id: str


class Confirm(_Frame):
    type: Literal["jarvis.confirm"]
    request_id: str
    call_id: str
    approve: bool


class RenameRoom(_RoomFrame):
    type: Literal["room.rename"]
    title: str


class DeleteRoom(_RoomFrame):
    type: Literal["room.delete"]


class GiveRole(_RoomFrame):
    type: Literal["room.member.update"]
    user_id: UUID
    role: Role


class RemoveMember(_RoomFrame):
    type: Literal["room.member.remove"]
    user_id: UUID


class MarkRead(_RoomFrame):
    type: Literal["read.mark"]
    seq: _Seq


class Type(_RoomFrame):
    type: Literal["typing"]
    is_typing: bool


class _SignalFrame(_RoomFrame):
    to_user_id: UUID | None = None


class SignalDescription(_SignalFrame):
    type: Literal["rtc.offer", "rtc.answer"]
    sdp: _Forwarded


class SignalCandidate(_SignalFrame):
    type: Literal["rtc.ice"]
    candidate: _Forwarded


class SignalHangup(_SignalFrame):
    type: Literal["rtc.hangup"]


class JoinCall(_RoomFrame):
    type: Literal["call.join"]


class LeaveCall(_RoomFrame):
    type: Literal["call.leave"]


Signal = SignalDescription | SignalCandidate | SignalHangup

ClientFrame = (
    SendMessage
    | JoinRoom
    | Hello
    | LeaveRoom
    | EditMessage
    | DeleteMessage
    | ChangeReaction
    | ChangePin
    | AskJarvis
    | CancelAnswer
    | Confirm
    | RenameRoom
    | DeleteRoom
    | GiveRole
    | RemoveMember
    | MarkRead
    | Type
    | SignalDescription
    | SignalCandidate
    | SignalHangup
    | JoinCall
    | LeaveCall
)

_parser: TypeAdapter[ClientFrame] = TypeAdapter(Annotated[ClientFrame, Field(discriminator="type")])


def parse(data: bytes | str) -> ClientFrame:
    """The message in a frame. Raises BadFrame: BAD_JSON where it is no JSON, BAD_MESSAGE where it is no message."""
    text = data.encode() if isinstance(data, str) else data
    try:
        message = _parser.validate_json(text)
    except ValidationError as error:
        is_json = error.errors(include_url=False, include_input=False)[0]["type"] != "json_invalid"
    else:
        if not (b"NaN" in text or b"Infinity" in text) or _is_json(text):
            return message
        is_json = False
    raise BadFrame("BAD_MESSAGE" if is_json else "BAD_JSON", _client_temp_id(text))


def _is_json(text: bytes) -> bool:
    # The parser takes NaN and Infinity for numbers, which JSON does not know.
    with suppress(orjson.JSONDecodeError):
        orjson.loads(text)
        return True
    return False


def _client_temp_id(text: bytes) -> str | None:
    """The client's id of a send that cannot be understood; also where the send holds half a surrogate pair, as texts do
    that a client has cut in the middle of an emoji."""
    with suppress(ValueError, RecursionError):
        found = json.loads(text.decode())
        client_temp_id = found.get("clientTempId") if isinstance(found, dict) else None
        if isinstance(client_temp_id, str) and client_temp_id.encode():
            return client_temp_id
    return None
