"""A mail server on this machine, which keeps what it is given."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager


class MailServer:
    """Takes one mail after another, and notes what it is told."""

    def __init__(self, *extensions: str) -> None:
        self.extensions = extensions
        self.commands: list[str] = []
        self.mails: list[bytes] = []
        self.refuses: str | None = None
        self._talks: set[asyncio.Task[None]] = set()

    def take(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Talk with somebody who has connected."""
        talk = asyncio.ensure_future(self._serve(reader, writer))
        self._talks.add(talk)
        talk.add_done_callback(self._talks.discard)

    async def hang_up(self) -> None:
        """End all talks."""
        talks = list(self._talks)
        for talk in talks:
            talk.cancel()
        await asyncio.gather(*talks, return_exceptions=True)

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            await self._talk(reader, writer)
        finally:
            writer.close()

    async def _talk(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(b"220 here\r\n")
        while line := (await reader.readline()).decode().rstrip("\r\n"):
            self.commands.append(line)
            verb = line.split()[0].upper()
            if verb == "EHLO":
                names = ["here", *self.extensions]
                for place, name in enumerate(names):
                    writer.write(f"250{' ' if place == len(names) - 1 else '-'}{name}\r\n".encode())
            elif verb == "AUTH":
                writer.write(b"235 welcome\r\n")
            elif verb == self.refuses:
                writer.write(b"550 no such person as Ana\r\n")
            elif verb == "DATA":
                writer.write(b"354 go on\r\n")
                self.mails.append(await reader.readuntil(b"\r\n.\r\n"))
                writer.write(b"250 taken\r\n")
            elif verb == "QUIT":
                writer.write(b"221 bye\r\n")
                break
            else:
                writer.write(b"250 fine\r\n")


@asynccontextmanager
async def mail_server(*extensions: str) -> AsyncIterator[tuple[MailServer, int]]:
    mails = MailServer(*extensions)
    server = await asyncio.start_server(mails.take, "127.0.0.1", 0)
    async with server:
        try:
            yield mails, server.sockets[0].getsockname()[1]
        finally:
            await mails.hang_up()
