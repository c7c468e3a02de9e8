"""Local servers and a name service that says what the test wants."""

from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import AsyncExitStack

import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]


class Names:
    """Answers for each name one after the other what was written down for it; the last answer stays."""

    def __init__(self) -> None:
        self.asked: list[str] = []
        self._answers: dict[str, list[Sequence[str]]] = {}

    def say(self, name: str, *answers: Sequence[str]) -> None:
        self._answers[name] = list(answers)

    async def resolve(self, host: str, port: int) -> Sequence[str]:
        self.asked.append(host)
        answers = self._answers.get(host)
        if answers is None:
            raise OSError("no such name")
        return answers.pop(0) if len(answers) > 1 else answers[0]


class Site:
    """A server at an address of this machine, which counts who came."""

    def __init__(self, server: TestServer, visits: list[web.Request]) -> None:
        self._server = server
        self.visits = visits

    @property
    def port(self) -> int:
        assert self._server.port is not None
        return self._server.port

    def url(self, path: str = "/", host: str | None = None) -> str:
        return f"http://{host or self._server.host}:{self.port}{path}"


OpenSite = Callable[..., Awaitable[Site]]


@pytest.fixture
def names() -> Names:
    return Names()


@pytest.fixture
async def open_site() -> AsyncIterator[OpenSite]:
    async with AsyncExitStack() as stack:

        async def open_(handler: Handler, host: str = "127.0.0.1", port: int = 0) -> Site:
            visits: list[web.Request] = []

            async def note(request: web.Request) -> web.StreamResponse:
                visits.append(request)
                return await handler(request)

            app = web.Application()
            app.router.add_route("*", "/{path:.*}", note)
            server = TestServer(app, host=host, port=port)
            await server.start_server(access_log=None)
            stack.push_async_callback(server.close)
            return Site(server, visits)

        yield open_
