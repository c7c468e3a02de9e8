"""A WebSocket client that decides on every byte itself, and on when it reads at all."""

import asyncio
import os
import socket
from urllib.parse import urlsplit

from tests.end_to_end.client import PATIENCE, Person

TEXT, BINARY, CLOSE, PING, PONG, CONTINUED = 1, 2, 8, 9, 10, 0
_HANDSHAKE = (
    "GET /ws?token={token} HTTP/1.1\r\nHost: {host}\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
    "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n\r\n"
)


class RawSocket:
    """A signed-in connection. Nothing is read but by ``frame``."""

    def __init__(self, connection: socket.socket) -> None:
        self._connection = connection
        self._read = bytearray()

    @classmethod
    async def open(cls, person: Person, *, receive_buffer: int | None = None) -> "RawSocket":
        """Connect; ``receive_buffer`` is what the system may take in for it, in bytes."""
        address = urlsplit(person.url)
        connection = socket.socket()
        connection.setblocking(False)
        if receive_buffer is not None:
            connection.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, receive_buffer)
        loop = asyncio.get_running_loop()
        await loop.sock_connect(connection, (address.hostname, address.port))
        raw = cls(connection)
        await raw.write(_HANDSHAKE.format(token=person.token, host=address.netloc).encode())
        while b"\r\n\r\n" not in raw._read:
            await raw._more()
        head, _, rest = bytes(raw._read).partition(b"\r\n\r\n")
        assert head.startswith(b"HTTP/1.1 101 "), head
        raw._read = bytearray(rest)
        return raw

    async def write(self, data: bytes) -> None:
        await asyncio.get_running_loop().sock_sendall(self._connection, data)

    async def send(self, payload: bytes, opcode: int = TEXT, *, final: bool = True) -> None:
        """Send a frame, masked as clients do."""
        await self.write(client_frame(payload, opcode, final=final))

    async def frame(self) -> tuple[int, bytes]:
        """The opcode and payload of the next frame."""
        head = await self._take(2)
        assert head[0] & 0x70 == 0, "nothing was negotiated that the reserved bits could mean"
        assert head[1] & 0x80 == 0, "servers do not mask"
        assert head[0] & 0x80, "the server sends whole frames"
        size = head[1]
        if size >= 126:
            size = int.from_bytes(await self._take(2 if size == 126 else 8))
        return head[0] & 0x0F, await self._take(size)

    def close(self) -> None:
        self._connection.close()

    async def _take(self, size: int) -> bytes:
        while len(self._read) < size:
            await self._more()
        taken = bytes(self._read[:size])
        del self._read[:size]
        return taken

    async def _more(self) -> None:
        async with asyncio.timeout(PATIENCE):
            data = await asyncio.get_running_loop().sock_recv(self._connection, 1 << 18)
        if not data:
            raise ConnectionError("the connection has ended")
        self._read += data


def client_frame(payload: bytes, opcode: int = TEXT, *, final: bool = True) -> bytes:
    """A masked frame."""
    size = len(payload)
    if size < 126:
        length = bytes((0x80 | size,))
    elif size < 1 << 16:
        length = bytes((0x80 | 126,)) + size.to_bytes(2, "big")
    else:
        length = bytes((0x80 | 127,)) + size.to_bytes(8, "big")
    mask = os.urandom(4)
    repeated = mask * (size // 4 + 1)
    masked = (int.from_bytes(payload) ^ int.from_bytes(repeated[:size])).to_bytes(size)
    return bytes((opcode | (0x80 if final else 0),)) + length + mask + masked
