"""One open socket."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import suppress
from typing import TYPE_CHECKING, Literal, TypeAlias

from aiohttp import web

from adapters.websocket.framing import PING_FRAME, close_frame, text_frame
from adapters.websocket.outbox import Outbox
from adapters.wire.encoder import frame
from application.ports.event_bus import Notice
from application.ports.tokens import Claims
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
    """A signed-in socket: writes whole frames to the transport, past aiohttp's writer, through the server's outbox.

    ``channels`` are the rooms it hears, ``heard`` the unfinished answers it has been told of from the middle,
    ``is_alive`` whether anything has come from it since it was last asked, ``unsettled`` how many of its sends wait for
    their commit, ``is_retiring`` whether its messages are no longer taken in.
    """

    __slots__ = (
        "_buffer_limit",
        "_closing",
        "_drain",
        "_ended",
        "_large",
        "_outbox",
        "_progressed",
        "_transport",
        "_waiting",
        "_ws",
        "actor",
        "channels",
        "expires_at",
        "found_at",
        "heard",
        "id",
        "is_alive",
        "is_handling",
        "is_retiring",
        "sends_granted",
        "session_id",
        "token_id",
        "unsettled",
    )

    def __init__(
        self,
        connection_id: str,
        actor: Actor,
        claims: Claims,
        ws: Socket,
        transport: asyncio.WriteTransport,
        drain: Callable[[], Awaitable[None]],
        outbox: Outbox,
        buffer_limit: int,
    ) -> None:
        self.id = connection_id
        self.actor = actor
        self.token_id = claims.token_id
        self.session_id = claims.session_id
        self.expires_at = claims.expires_at
        self._buffer_limit = buffer_limit
        self._large = 0
        self.channels: dict[RoomId, Channel] = {}
        self.heard: set[str] | None = None
        self.is_alive = True
        self._ws = ws
        self._transport = transport
        self._drain = drain
        self._outbox = outbox
        self._waiting: list[bytes] | None = None
        self._closing = False
        self.unsettled = 0
        self.sends_granted = 0
        self.found_at = ""
        self.is_handling = False
        self.is_retiring = False
        self._progressed: asyncio.Future[None] | None = None
        self._ended: asyncio.Future[None] | None = None

    @property
    def is_closing(self) -> bool:
        """Whether nothing more will be written."""
        return self._closing

    @property
    def claims(self) -> Claims:
        """What the token said that it was opened with."""
        return Claims(self.actor.id, self.token_id, self.expires_at, self.session_id)

    def is_opened_with(self, token_or_session: str) -> bool:
        """Whether it was opened with this token, or one of this session."""
        return token_or_session == self.token_id or (
            self.session_id is not None and token_or_session == str(self.session_id)
        )

    def hears(self, notice: Notice) -> bool:
        """Whether this is not the connection, nor its user the person, that a notice passes by."""
        return notice.origin != self.id and notice.unheard_by != self.actor.id

    def write(self, data: bytes) -> None:
        """Send whole frames, with all else that this turn of the event loop brings; nothing once it is closing."""
        waiting = self._waiting
        if waiting is not None:
            waiting.append(data)
        elif not self._closing:
            self._waiting = [data]
            self._outbox.add_connection(self)

    def flush(self) -> None:
        """Hand what waits to the transport now, or close the socket where more than the limit was waiting there.

        What was larger than the limit when it was handed over does not count: a file alone overflows nothing.
        """
        waiting, self._waiting = self._waiting, None
        # uvloop's transports raise when they are written to once closed, which is before their reader has noticed.
        if waiting is None or self._closing or self._transport.is_closing():
            return
        data = waiting[0] if len(waiting) == 1 else b"".join(waiting)
        behind = self._transport.get_write_buffer_size()
        if behind <= self._buffer_limit:
            self._large = len(data) if len(data) > self._buffer_limit else 0
        elif behind > self._buffer_limit + self._large:
            self._shed()
            return
        self._transport.write(data)

    def tell(self, type_: str, payload: object) -> None:
        """Send a message to this socket alone."""
        self.write(text_frame(frame(type_, payload)))

    def refuse(self, code: str, **more: object) -> None:
        """Tell this socket that something it asked for was refused."""
        self._outbox.tally.refused[code] += 1
        self.tell("error", {"message": code, **{key: value for key, value in more.items() if value is not None}})

    def _shed(self) -> None:
        self._outbox.tally.readers_shed += 1
        # A reader that is too slow: what its transport holds is still sent, for a while, and then the reason.
        self._closing = True
        for channel in list(self.channels.values()):
            channel.drop(self)
        self._transport.write(close_frame(TOO_SLOW, "too slow: come back with sinceSeq"))
        self._transport.close()
        asyncio.get_running_loop().call_later(_FLUSH_SECONDS, self._transport.abort)

    def ask_whether_alive(self) -> None:
        """Send a ping, or end a connection that has not answered the last one."""
        if not self.is_alive:
            self._transport.abort()
            return
        self.is_alive = False
        self.write(PING_FRAME)

    async def close(self, code: int, reason: str) -> None:
        """Say that this is the end, and wait for the other side to agree, though not for long."""
        self.flush()
        if self._closing or self._transport.is_closing():
            return
        self._closing = True
        self._transport.write(close_frame(code, reason))
        self._ended = asyncio.get_running_loop().create_future()
        await asyncio.wait({self._ended}, timeout=_CLOSE_SECONDS)
        if not self._ended.done():
            self._transport.abort()

    async def end(self) -> None:
        """The other side has closed or is gone."""
        if not self._closing:
            self.flush()
            self._closing = True
            await self._ws.close(drain=False)
        self._transport.close()
        if self._ended is not None and not self._ended.done():
            self._ended.set_result(None)

    async def drained(self) -> None:
        """Wait until the transport takes more; at once where the socket is gone."""
        self.flush()
        with suppress(ConnectionError):
            await self._drain()

    def handled(self) -> None:
        """The message that was being handled is dealt with."""
        self.is_handling = False
        self._note_progress()

    def sending(self) -> None:
        """A send has been accepted and is not settled yet."""
        self.unsettled += 1

    def sent(self) -> None:
        """One of the sends is settled."""
        self.unsettled -= 1
        self._note_progress()

    async def unsettled_below(self, limit: int) -> None:
        """Wait until fewer than ``limit`` sends are unsettled."""
        while self.unsettled >= limit:
            await self._progress()

    async def at_rest(self) -> None:
        """Wait until no message is being handled and every send is settled."""
        while self.is_handling or self.unsettled:
            await self._progress()

    async def _progress(self) -> None:
        if self._progressed is None or self._progressed.done():
            self._progressed = asyncio.get_running_loop().create_future()
        await asyncio.shield(self._progressed)

    def _note_progress(self) -> None:
        if self._progressed is not None and not self._progressed.done():
            self._progressed.set_result(None)
