"""A socket that lets who sent too large a frame read why it is closed."""

import asyncio
from typing import Literal

from aiohttp import WSCloseCode, web

from adapters.websocket.framing import close_frame

_QUIET_SECONDS = 0.5
_LONGEST_SECONDS = 30.0


class PatientSocket(web.WebSocketResponse[Literal[False]]):
    """Closed with 1009, it takes in and drops what still comes.

    A connection that is closed with unread data is reset, and the other side, busy sending, never sees the reason.
    """

    async def close(self, *, code: int = WSCloseCode.OK, message: bytes = b"", drain: bool = True) -> bool:
        """As in aiohttp, but patiently where a frame was too large."""
        transport = None if self._req is None else self._req.transport
        if code == WSCloseCode.MESSAGE_TOO_BIG and transport is not None and not transport.is_closing():
            await _see_out(transport, close_frame(code, "the frame is too large"))
        return await super().close(code=code, message=message, drain=drain)


async def _see_out(transport: asyncio.Transport, last: bytes) -> None:
    """Until nothing has come for a moment, or the other side is gone."""
    dropping = _Dropping(transport.get_protocol())
    transport.write(last)
    transport.set_protocol(dropping)
    transport.resume_reading()
    loop = asyncio.get_running_loop()
    limit = loop.time() + _LONGEST_SECONDS
    while not dropping.is_gone and loop.time() < limit:
        before = dropping.dropped
        await asyncio.sleep(_QUIET_SECONDS)
        if dropping.dropped == before:
            break
    transport.close()


class _Dropping(asyncio.Protocol):
    """Stands in for the protocol of a connection whose input no longer matters."""

    def __init__(self, protocol: asyncio.BaseProtocol) -> None:
        self._protocol = protocol
        self.dropped = 0
        self.is_gone = False

    def data_received(self, data: bytes) -> None:
        self.dropped += len(data)

    def pause_writing(self) -> None:
        self._protocol.pause_writing()

    def resume_writing(self) -> None:
        self._protocol.resume_writing()

    def connection_lost(self, exc: Exception | None) -> None:
        self.is_gone = True
        self._protocol.connection_lost(exc)
