"""One open socket."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import suppress
from datetime import datetime
from typing import TYPE_CHECKING, Literal, TypeAlias

from aiohttp import web

from adapters.websocket.framing import PING_FRAME, close_frame, text_frame
from adapters.wire.encoder import frame
from domain.ids import RoomId
from domain.users import Actor

if TYPE_CHECKING:
    from adapters.websocket.channel import Channel

Socket: TypeAlias = "web.WebSocketResponse[Literal[False]]"

SIGNED_OUT = 4001
TOO_SLOW = 4008
GOING_DOWN = 1001
TRY_AGAIN_LATER = 1013

_FLUSH_SECONDS = 10.0
_CLOSE_SECONDS = 2.0


class Connection:
    """A signed-in socket: writes whole frames to the transport, past aiohttp's writer, so that everything that waits in
    one turn of the event loop leaves in one system call.

    ``channels`` are the rooms it hears, ``heard`` the unfinished answers it has been told of from the middle,
    ``is_alive`` whether anything has come from it since it was last asked.
    """

    __slots__ = (
        "_closing",
        "_drain",
        "_settled",
        "_transport",
        "_unsettled",
        "_ws",
        "actor",
        "buffer_limit",
        "channels",
        "expires_at",
        "heard",
        "id",
        "is_alive",
        "token_id",
    )

    def __init__(
        self,
        connection_id: str,
        actor: Actor,
        ws: Socket,
        transport: asyncio.WriteTransport,
        drain: Callable[[], Awaitable[None]],
        *,
        token_id: str,
        expires_at: datetime,
        buffer_limit: int,
    ) -> None:
        self.id = connection_id
        self.actor = actor
        self.token_id = token_id
        self.expires_at = expires_at
        self.buffer_limit = buffer_limit
        self.channels: dict[RoomId, Channel] = {}
        self.heard: set[str] | None = None
        self.is_alive = True
        self._ws = ws
        self._transport = transport
        self._drain = drain
        self._closing = False
        self._unsettled = 0
        self._settled: asyncio.Future[None] | None = None

    @property
    def is_closing(self) -> bool:
        """Whether nothing more will be written."""
        return self._closing

    def write(self, data: bytes) -> bool:
        """Write whole frames; False where the reader is too slow: more than the limit was waiting already."""
        if self._closing:
            return True
        if self._transport.get_write_buffer_size() > self.buffer_limit:
            return False
        self._transport.write(data)
        return True

    def tell(self, type_: str, payload: object) -> None:
        """Send a message to this socket alone."""
        self.write_or_shed(text_frame(frame(type_, payload)))

    def write_or_shed(self, data: bytes) -> None:
        """Write whole frames, or close the socket where its reader is too slow."""
        if not self.write(data):
            self.shed()

    def refuse(self, code: str, **more: object) -> None:
        """Tell this socket that something it asked for was refused."""
        self.tell("error", {"message": code, **{key: value for key, value in more.items() if value is not None}})

    def shed(self) -> None:
        """Close a socket that reads too slowly: what waits is still sent, for a while, and then code 4008."""
        if self._closing:
            return
        self._closing = True
        self._transport.write(close_frame(TOO_SLOW, "too slow: come back with sinceSeq"))
        self._transport.close()
        asyncio.get_running_loop().call_later(_FLUSH_SECONDS, self._transport.abort)

    def ask_whether_alive(self) -> None:
        """Send a ping, or end a connection that has not answered the last one."""
        if not self.is_alive:
            self._transport.abort()
            return
        self.is_alive = False
        self.write_or_shed(PING_FRAME)

    async def close(self, code: int, reason: str) -> None:
        """Close in order, within a few seconds even where the other side does not answer."""
        if self._closing:
            return
        self._closing = True
        try:
            async with asyncio.timeout(_CLOSE_SECONDS):
                await self._ws.close(code=code, message=reason.encode())
        except TimeoutError:
            self._transport.abort()

    async def drained(self) -> None:
        """Wait until the transport takes more; at once where the socket is gone."""
        with suppress(ConnectionError):
            await self._drain()

    def sending(self) -> None:
        """A send has been accepted and is not settled yet."""
        self._unsettled += 1

    def sent(self) -> None:
        """One of the sends is settled."""
        self._unsettled -= 1
        if self._settled is not None and not self._settled.done():
            self._settled.set_result(None)

    async def unsettled_below(self, limit: int) -> None:
        """Wait until fewer than ``limit`` sends are unsettled."""
        while self._unsettled >= limit:
            if self._settled is None or self._settled.done():
                self._settled = asyncio.get_running_loop().create_future()
            await self._settled
