"""From a client's message to the use case it asks for."""

import logging
from asyncio import Future
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from functools import partial
from typing import Any

from adapters.websocket import protocol
from adapters.websocket.bot_rights import require_right
from adapters.websocket.connection import Connection
from adapters.websocket.framing import text_frame
from adapters.websocket.hub import Hub
from adapters.wire.encoder import call_joined
from adapters.wire.shapes import wire_milliseconds
from application.attaching import Attaching
from application.calls import Calls
from application.catching_up import CatchingUp
from application.jarvis.ask import Asking, Question
from application.jarvis.calling import refusal_of_a_call
from application.jarvis.usage import Quotas
from application.messages import Messages
from application.pins import Pins
from application.ports.message_log import Posted
from application.reactions import Reacting
from application.reading import Reading
from application.roles import Roles
from application.rooms import Rooms
from application.throttle import Throttle
from application.typing import Typing
from domain.calls import SignalType
from domain.errors import DomainError, Kind, NotFound, RateLimited
from domain.ids import AttachmentId, MessageId, RoomId, UserId
from domain.jarvis import NAME, Mode, called
from domain.text import storable

_log = logging.getLogger(__name__)


def refusal_code(error: DomainError) -> str:
    """The code by which the socket is told of an error."""
    return "BAD_MESSAGE" if error.kind is Kind.INVALID else error.code


@dataclass(frozen=True, slots=True)
class Capabilities:
    """The use cases that the socket offers."""

    rooms: Rooms
    messages: Messages
    attaching: Attaching
    reacting: Reacting
    pins: Pins
    asking: Asking
    catching_up: CatchingUp
    quotas: Quotas
    calls: Calls
    reading: Reading
    roles: Roles
    typing: Typing


class Dispatch:
    """Carries out the messages of a socket in the order in which they came.

    Sends do not wait for one another's commit, since the log keeps their order; everything else waits until the sends
    before it are settled. ``sends_ahead`` is how many sends of one socket may be unsettled.
    """

    def __init__(self, capabilities: Capabilities, hub: Hub, throttle: Throttle, *, sends_ahead: int) -> None:
        self._do = capabilities
        self._throttle = throttle
        self._hub = hub
        self._sends_ahead = sends_ahead
        self._handlers: dict[type, Callable[[Connection, Any], Awaitable[None]]] = {
            protocol.JoinRoom: self._join,
            protocol.LeaveRoom: self._leave,
            protocol.EditMessage: self._edit,
            protocol.DeleteMessage: self._delete,
            protocol.ChangeReaction: self._react,
            protocol.ChangePin: self._pin,
            protocol.AskJarvis: self._ask,
            protocol.CancelAnswer: self._cancel,
            protocol.Confirm: self._confirm,
            protocol.RenameRoom: self._rename,
            protocol.DeleteRoom: self._delete_room,
            protocol.GiveRole: self._give_role,
            protocol.RemoveMember: self._remove_member,
            protocol.MarkRead: self._mark_read,
            protocol.Type: self._type,
            protocol.SignalDescription: self._signal,
            protocol.SignalCandidate: self._signal,
            protocol.SignalHangup: self._signal,
            protocol.JoinCall: self._join_call,
            protocol.LeaveCall: self._leave_call,
        }

    def forget(self, connection: Connection) -> None:
        """The socket has closed."""
        self._do.typing.gone(connection.actor, connection.id)

    async def handle(self, connection: Connection, data: bytes | str) -> None:
        """Do what the frame says, or tell the socket why not. Never raises for what a client can send."""
        try:
            asked = protocol.parse(data)
        except protocol.BadFrame as bad:
            connection.refuse(bad.code, clientTempId=bad.client_temp_id)
            return
        try:
            if connection.actor.rights is not None:
                require_right(connection.actor, asked.type)
            if type(asked) is protocol.SendMessage:
                await self._send(connection, asked)
            else:
                await self._carry_out(connection, asked)
        except DomainError as error:
            _refuse(connection, asked, error)
        except Exception:  # noqa: BLE001 - whatever goes wrong inside, the socket stays usable and its user is told
            _log.exception("a message of type %s failed", asked.type)
            _refuse(connection, asked, None)

    async def _carry_out(self, connection: Connection, asked: protocol.ClientFrame) -> None:
        await connection.unsettled_below(1)
        await self._throttle.call(connection.actor.id)
        handler = self._handlers.get(type(asked))
        if handler is None:
            connection.refuse("BAD_MESSAGE")
        else:
            await handler(connection, asked)

    async def _send(self, connection: Connection, asked: protocol.SendMessage) -> None:
        if connection.unsettled >= self._sends_ahead:
            await connection.unsettled_below(self._sends_ahead)
        room_id = RoomId(asked.room_id)
        if connection.sends_granted == 0:
            connection.sends_granted = await self._throttle.sends(connection.actor.id)
        connection.sends_granted -= 1
        asks = NAME in asked.content and called(asked.content) is not None
        if asks:
            refusal = await refusal_of_a_call(connection.actor, self._throttle, self._do.quotas)
            if refusal is not None:
                connection.refuse(refusal.code, roomId=room_id, retryAfterMs=wire_milliseconds(refusal))
                asks = False
        if room_id not in connection.channels:
            await connection.unsettled_below(1)
            await self._hub.subscribe(connection, room_id)
        reply_to = None if asked.reply_to_id is None else MessageId(asked.reply_to_id)
        if Attaching.concerns(asked.content, asked.attachment_ids or ()):
            await self._send_files(connection, asked, reply_to, asks=asks)
            return
        posted = self._do.messages.send(
            connection.actor, room_id, asked.content, asked.client_temp_id, reply_to=reply_to, ask=asks
        )
        connection.sending()
        posted.add_done_callback(partial(_settle, connection, room_id, asked.client_temp_id))

    async def _send_files(
        self, connection: Connection, asked: protocol.SendMessage, reply_to: MessageId | None, *, asks: bool
    ) -> None:
        room_id = RoomId(asked.room_id)
        place = await self._do.attaching.send(
            connection.actor,
            room_id,
            asked.content,
            asked.client_temp_id,
            reply_to=reply_to,
            attachment_ids=[AttachmentId(id_) for id_ in asked.attachment_ids or ()],
            found_at=connection.found_at,
            ask=asks,
        )
        _acknowledge(connection, room_id, asked.client_temp_id, place)

    async def _join(self, connection: Connection, asked: protocol.JoinRoom) -> None:
        await self._hub.join(connection, RoomId(asked.room_id), asked.since_seq)

    async def _leave(self, connection: Connection, asked: protocol.LeaveRoom) -> None:
        await self._do.rooms.leave(connection.actor, RoomId(asked.room_id))

    async def _edit(self, connection: Connection, asked: protocol.EditMessage) -> None:
        room_id, message_id = RoomId(asked.room_id), MessageId(asked.message_id)
        await self._hub.subscribe(connection, room_id)
        await self._do.attaching.edit(
            connection.actor, room_id, message_id, asked.content, found_at=connection.found_at
        )

    async def _delete(self, connection: Connection, asked: protocol.DeleteMessage) -> None:
        room_id, message_id = RoomId(asked.room_id), MessageId(asked.message_id)
        await self._hub.subscribe(connection, room_id)
        await self._do.messages.delete(connection.actor, room_id, message_id)

    async def _react(self, connection: Connection, asked: protocol.ChangeReaction) -> None:
        room_id, message_id = RoomId(asked.room_id), MessageId(asked.message_id)
        await self._hub.subscribe(connection, room_id)
        change = self._do.reacting.add if asked.type == "reaction.add" else self._do.reacting.remove
        await change(connection.actor, room_id, message_id, asked.emoji)

    async def _pin(self, connection: Connection, asked: protocol.ChangePin) -> None:
        room_id, message_id = RoomId(asked.room_id), MessageId(asked.message_id)
        await self._hub.subscribe(connection, room_id)
        change = self._do.pins.add if asked.type == "pin.add" else self._do.pins.remove
        await change(connection.actor, room_id, message_id)

    async def _ask(self, connection: Connection, asked: protocol.AskJarvis) -> None:
        room_id = RoomId(asked.room_id)
        await self._throttle.question(connection.actor.id)
        await self._hub.subscribe(connection, room_id)
        await self._do.asking.ask(
            connection.actor,
            room_id,
            Question(
                prompt=asked.prompt,
                personal=bool(asked.is_personal),
                mode=asked.mode or Mode.CHAT,
                message_id=MessageId(asked.message_id) if asked.message_id is not None else None,
                request_id=asked.request_id,
            ),
        )

    async def _cancel(self, connection: Connection, asked: protocol.CancelAnswer) -> None:
        request_id = storable(asked.request_id, "requestId")
        try:
            await self._do.asking.cancel(connection.actor, request_id)
        except NotFound:
            await self._do.catching_up.cancel(connection.actor, request_id)

    async def _confirm(self, connection: Connection, asked: protocol.Confirm) -> None:
        request_id, call_id = storable(asked.request_id, "requestId"), storable(asked.call_id, "callId")
        await self._do.asking.confirm(connection.actor, request_id, call_id, approve=asked.approve)

    async def _rename(self, connection: Connection, asked: protocol.RenameRoom) -> None:
        await self._hub.subscribe(connection, RoomId(asked.room_id))
        await self._do.rooms.rename(connection.actor, RoomId(asked.room_id), asked.title)

    async def _delete_room(self, connection: Connection, asked: protocol.DeleteRoom) -> None:
        await self._do.rooms.delete(connection.actor, RoomId(asked.room_id))

    async def _give_role(self, connection: Connection, asked: protocol.GiveRole) -> None:
        room_id = RoomId(asked.room_id)
        await self._hub.subscribe(connection, room_id)
        await self._do.roles.give(connection.actor, room_id, UserId(asked.user_id), asked.role)

    async def _remove_member(self, connection: Connection, asked: protocol.RemoveMember) -> None:
        room_id, user_id = RoomId(asked.room_id), UserId(asked.user_id)
        if user_id != connection.actor.id:
            await self._hub.subscribe(connection, room_id)
        await self._do.roles.remove(connection.actor, room_id, user_id)

    async def _mark_read(self, connection: Connection, asked: protocol.MarkRead) -> None:
        room_id = RoomId(asked.room_id)
        await self._hub.subscribe(connection, room_id)
        await self._do.reading.mark(connection.actor, room_id, asked.seq)

    async def _type(self, connection: Connection, asked: protocol.Type) -> None:
        room_id = RoomId(asked.room_id)
        await self._hub.subscribe(connection, room_id)
        if asked.is_typing:
            self._do.typing.begins(connection.actor, room_id, connection.id)
        else:
            self._do.typing.ends(connection.actor, room_id, connection.id)

    async def _signal(self, connection: Connection, asked: protocol.Signal) -> None:
        room_id = RoomId(asked.room_id)
        await self._hub.subscribe(connection, room_id)
        signal = SignalType(asked.type.removeprefix("rtc."))
        body = asked.model_dump(exclude={"type", "room_id", "to_user_id"})
        to = None if asked.to_user_id is None else UserId(asked.to_user_id)
        await self._do.calls.signal(connection.actor, room_id, signal, body, connection.id, to)
        await self._seated(connection, room_id)

    async def _join_call(self, connection: Connection, asked: protocol.JoinCall) -> None:
        room_id = RoomId(asked.room_id)
        await self._hub.subscribe(connection, room_id)
        there = await self._do.calls.join(connection.actor, room_id, connection.id)
        if there is not None:
            connection.write(text_frame(call_joined(there, connection.actor.id)))
        await self._seated(connection, room_id)

    async def _leave_call(self, connection: Connection, asked: protocol.LeaveCall) -> None:
        room_id = RoomId(asked.room_id)
        await self._hub.subscribe(connection, room_id)
        await self._do.calls.leave(room_id, connection.id)

    async def _seated(self, connection: Connection, room_id: RoomId) -> None:
        """Who was taken out of the room meanwhile is not in its call either."""
        if room_id not in connection.channels:
            await self._do.calls.leave(room_id, connection.id)


def _refuse(connection: Connection, asked: protocol.ClientFrame, error: DomainError | None) -> None:
    connection.refuse(
        "INTERNAL_ERROR" if error is None else refusal_code(error),
        roomId=getattr(asked, "room_id", None),
        clientTempId=getattr(asked, "client_temp_id", None),
        requestId=getattr(asked, "request_id", None),
        retryAfterMs=wire_milliseconds(error) if isinstance(error, RateLimited) else None,
    )


def _settle(connection: Connection, room_id: RoomId, client_temp_id: str | None, posted: "Future[Posted]") -> None:
    connection.sent()
    error = None if posted.cancelled() else posted.exception()
    if posted.cancelled() or error is not None:
        code = refusal_code(error) if isinstance(error, DomainError) else "SERVICE_UNAVAILABLE"
        connection.refuse(code, roomId=room_id, clientTempId=client_temp_id)
        return
    _acknowledge(connection, room_id, client_temp_id, posted.result())


def _acknowledge(connection: Connection, room_id: RoomId, client_temp_id: str | None, place: Posted) -> None:
    if client_temp_id is not None:
        connection.tell(
            "message.ack",
            {"roomId": room_id, "clientTempId": client_temp_id, "messageId": place.message_id, "seq": place.seq},
        )
