"""What all stand-ins have in common: a server of this machine that notes who came, and can be made to fail."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager

from aiohttp import web
from aiohttp.test_utils import TestServer

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]


class StandIn:
    """``instead`` answers in the place of everything else while it is there; ``silent`` lets callers wait for ever."""

    def __init__(self) -> None:
        self.asked: list[web.Request] = []
        self.instead: Callable[[], web.StreamResponse] | None = None
        self.silent = False
        self.url = ""
        self._stopped = asyncio.Event()

    async def answer(self, request: web.Request) -> web.StreamResponse:
        """What the vendor says when all is well."""
        raise NotImplementedError

    @asynccontextmanager
    async def serving(self) -> AsyncIterator[None]:
        """Be there, at ``url``."""
        app = web.Application()
        app.router.add_route("*", "/{path:.*}", self._handle)
        server = TestServer(app, host="127.0.0.1")
        await server.start_server(access_log=None)
        self.url = f"http://127.0.0.1:{server.port}"
        try:
            yield
        finally:
            self._stopped.set()
            await server.close()

    async def _handle(self, request: web.Request) -> web.StreamResponse:
        self.asked.append(request)
        if self.silent:
            await self._stopped.wait()
        if self.instead is not None:
            return self.instead()
        return await self.answer(request)
