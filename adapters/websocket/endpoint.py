"""The socket's way in: the upgrade, signing in, and the loop that reads."""

import logging
from contextlib import suppress
from dataclasses import dataclass

from aiohttp import WSMsgType, web

from adapters.websocket.connection import GOING_DOWN, SIGNED_OUT, TRY_AGAIN_LATER, Connection, Socket
from adapters.websocket.dispatch import Dispatch
from adapters.websocket.hub import Hub
from adapters.websocket.protocol import BadFrame, Hello, parse
from adapters.wire.encoder import frame
from application.accounts import Accounts
from application.ports.ids import IdSource
from application.ports.tokens import Claims
from application.presence import Presence
from domain.errors import DomainError, InvalidToken, Kind
from domain.users import Actor

SUBPROTOCOL = "jarvis"
_BEARER = "bearer."
_SPOKEN = (WSMsgType.TEXT, WSMsgType.BINARY)
_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class SocketOptions:
    """Sizes in bytes, times in seconds.

    ``frame`` holds for sockets that come with a token, ``frame_before_hello`` for those that sign in by
    ``client.hello``: the size is fixed when a socket opens. ``buffer`` is what may wait for a slow reader.
    """

    frame: int = 24 * 1024 * 1024
    frame_before_hello: int = 512 * 1024
    buffer: int = 4 * 1024 * 1024
    hello_within: float = 10.0
    heartbeat: float = 30.0


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
        """Speak the protocol until the socket closes. The app's middleware has checked the Origin before."""
        token = _token(request)
        ws: Socket = web.WebSocketResponse(
            protocols=(SUBPROTOCOL,),
            compress=False,
            heartbeat=self.options.heartbeat or None,
            max_msg_size=self.options.frame_before_hello if token is None else self.options.frame,
            decode_text=False,
        )
        writer = await ws.prepare(request)
        transport = request.transport
        if transport is None:
            return ws
        try:
            claims, actor = await self._sign_in(ws, token)
            connection = Connection(
                str(self.ids.new()),
                actor,
                ws,
                transport,
                writer.drain,
                token_id=claims.token_id,
                expires_at=claims.expires_at,
                buffer_limit=self.options.buffer,
            )
            await self._serve(ws, connection, claims)
        except DomainError as error:
            await _turn_away(ws, error)
        return ws

    async def _sign_in(self, ws: Socket, token: str | None) -> tuple[Claims, Actor]:
        if token is None:
            token = await self._hello(ws)
        actor, claims = await self.accounts.authenticate(token)
        return claims, actor

    async def _hello(self, ws: Socket) -> str:
        try:
            message = await ws.receive(timeout=self.options.hello_within)
            hello = parse(message.data) if message.type in _SPOKEN else None
        except (TimeoutError, BadFrame):
            hello = None
        if not isinstance(hello, Hello):
            raise InvalidToken
        return hello.token

    async def _serve(self, ws: Socket, connection: Connection, claims: Claims) -> None:
        await self.hub.enter(connection)
        try:
            await self.accounts.require_good(claims)
            await self.presence.arrived(connection.actor, connection.id)
            await self._read(ws, connection)
        finally:
            await self.hub.leave(connection)
            await self._departed(connection)

    async def _read(self, ws: Socket, connection: Connection) -> None:
        while not self.hub.is_closing and not connection.is_closing:
            message = await ws.receive()
            if message.type not in _SPOKEN:
                return
            await self.dispatch.handle(connection, message.data)
        await connection.unsettled_below(1)
        await connection.close(GOING_DOWN, "the server is going down")

    async def _departed(self, connection: Connection) -> None:
        try:
            await self.presence.departed(connection.actor, connection.id)
        except DomainError as error:
            _log.warning("when a user was last seen could not be written down: %s", error.code)


async def _turn_away(ws: Socket, error: DomainError) -> None:
    code = SIGNED_OUT if error.kind is Kind.UNAUTHENTICATED else TRY_AGAIN_LATER
    with suppress(ConnectionError):
        await ws.send_frame(frame("error", {"message": error.code}), WSMsgType.TEXT)
    await ws.close(code=code)


def _token(request: web.Request) -> str | None:
    """The token that came with the upgrade: in the query, as a subprotocol, or in the Authorization header."""
    token = request.query.get("token")
    if token is not None:
        return token
    for offered in request.headers.get("Sec-WebSocket-Protocol", "").split(","):
        if offered.strip().startswith(_BEARER):
            return offered.strip().removeprefix(_BEARER)
    scheme, _, credentials = request.headers.get("Authorization", "").partition(" ")
    return credentials.strip() if scheme.lower() == "bearer" else None
