"""The socket's way in: the upgrade, signing in, and the loop that reads."""

import asyncio
import logging
from contextlib import suppress
from dataclasses import dataclass

from aiohttp import WSMsgType, web
from aiohttp.abc import AbstractStreamWriter

from adapters.websocket.bot_rights import SOCKET, require_right
from adapters.websocket.connection import SIGNED_OUT, TRY_AGAIN_LATER, Connection, Socket
from adapters.websocket.dispatch import Dispatch
from adapters.websocket.framing import pong_frame
from adapters.websocket.hub import Hub
from adapters.websocket.patience import PatientSocket
from adapters.websocket.protocol import BadFrame, Hello, parse
from adapters.wire.encoder import frame
from adapters.wire.found_at import found_at
from application.accounts import Accounts
from application.ports.ids import IdSource
from application.presence import Presence
from domain.errors import DomainError, InvalidToken, Kind

SUBPROTOCOL = "jarvis"
_BEARER = "bearer."
_SPOKEN = (WSMsgType.TEXT, WSMsgType.BINARY)
_KEPT_ALIVE = (WSMsgType.PING, WSMsgType.PONG)
_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class SocketOptions:
    """Sizes in bytes, times in seconds.

    ``frame`` holds for sockets that come with a token, ``frame_before_hello`` for those that sign in by
    ``client.hello``: the size is fixed when a socket opens. ``buffer`` is what may wait for a slow reader.
    """

    frame: int
    frame_before_hello: int
    buffer: int
    hello_within: float


@dataclass(frozen=True, slots=True)
class Endpoint:
    """Handles ``GET /ws``."""

    accounts: Accounts
    presence: Presence
    dispatch: Dispatch
    hub: Hub
    ids: IdSource
    options: SocketOptions

    async def handle(self, request: web.Request) -> web.StreamResponse:
        """Speak the protocol until the socket closes. The Origin has been checked before.

        The frame of this coroutine lives as long as its socket: what an idle one costs is decided here.
        """
        token = _token(request)
        ws: Socket = PatientSocket(
            protocols=(SUBPROTOCOL,),
            compress=False,
            autoclose=False,
            autoping=False,
            # aiohttp refuses a frame of exactly this size.
            max_msg_size=1 + (self.options.frame_before_hello if token is None else self.options.frame),
            decode_text=False,
        )
        writer = await ws.prepare(request)
        try:
            connection = await self._admit(ws, request.transport, writer, token)
            connection.found_at = found_at(request.headers, request.scheme)
        except DomainError as error:
            await _turn_away(ws, error)
            return ws
        del request, writer, token
        try:
            while True:
                message = await ws.receive()
                connection.is_alive = True
                if message.type in _SPOKEN:
                    # On a closing socket, what still comes is taken in and dropped: a connection with unread data is
                    # reset, and the other side may then never see why it was closed.
                    if not connection.is_retiring and not connection.is_closing:
                        connection.is_handling = True
                        await self.dispatch.handle(connection, message.data)
                        connection.handled()
                elif message.type is WSMsgType.PING:
                    connection.write(pong_frame(message.data))
                elif message.type is not WSMsgType.PONG:
                    return ws
        finally:
            await connection.end()
            await self._depart(connection)

    async def _admit(
        self,
        ws: Socket,
        transport: asyncio.Transport | None,
        writer: AbstractStreamWriter,
        token: str | None,
    ) -> Connection:
        """The signed-in connection, which hears what concerns its user from now on."""
        if token is None:
            token = await self._hello(ws)
        actor, claims = await self.accounts.authenticate(token)
        require_right(actor, SOCKET)
        if transport is None:
            raise InvalidToken
        connection = Connection(
            str(self.ids.new()),
            actor,
            claims,
            ws,
            transport,
            writer.drain,
            self.hub.outbox,
            self.options.buffer,
        )
        await self.hub.enter(connection)
        try:
            # Once more, now that a revocation would reach the connection: one may have come in between.
            if not await self.accounts.may_stay(claims, actor.rights):
                raise InvalidToken
            await self.presence.arrived(actor, connection.id)
        except BaseException:
            await self._depart(connection)
            raise
        return connection

    async def _hello(self, ws: Socket) -> str:
        self.hub.greeted(ws)
        try:
            async with asyncio.timeout(self.options.hello_within):
                message = await ws.receive()
                while message.type in _KEPT_ALIVE:
                    if message.type is WSMsgType.PING:
                        await ws.pong(message.data)
                    message = await ws.receive()
            hello = parse(message.data) if message.type in _SPOKEN else None
        except (TimeoutError, BadFrame):
            hello = None
        finally:
            self.hub.introduced(ws)
        if not isinstance(hello, Hello):
            raise InvalidToken
        return hello.token

    async def _depart(self, connection: Connection) -> None:
        await self.hub.leave(connection)
        self.dispatch.forget(connection)
        try:
            if self.hub.is_closing:
                await self.presence.moved_on(connection.actor)
            else:
                await self.presence.departed(connection.actor, connection.id)
        except DomainError as error:
            _log.warning("when a user was last seen could not be written down: %s", error.code)


async def _turn_away(ws: Socket, error: DomainError) -> None:
    code = SIGNED_OUT if error.kind in (Kind.UNAUTHENTICATED, Kind.FORBIDDEN) else TRY_AGAIN_LATER
    with suppress(ConnectionError):
        await ws.send_frame(frame("error", {"message": error.code}), WSMsgType.TEXT)
    await ws.close(code=code)


def _token(request: web.Request) -> str | None:
    """The token that came with the upgrade: in the query, as a subprotocol, or in the Authorization header."""
    token = request.query.get("token")
    if token is not None:
        return token.strip()
    for offered in request.headers.get("Sec-WebSocket-Protocol", "").split(","):
        if offered.strip().startswith(_BEARER):
            return offered.strip().removeprefix(_BEARER)
    scheme, _, credentials = request.headers.get("Authorization", "").partition(" ")
    return credentials.strip() if scheme.lower() == "bearer" else None
