"""Serving the app, such that also what is no HTTP is refused as the wire contract words it."""

from http import HTTPStatus
from typing import Any

from aiohttp import web
from aiohttp.web_request import BaseRequest

from adapters.http.errors import unreadable
from application.ports.ids import IdSource


class HttpRunner(web.AppRunner):
    """aiohttp answers what it cannot parse by itself, before the app: with its own text, in which is what was sent."""

    __slots__ = ("_ids",)

    def __init__(self, app: web.Application, ids: IdSource, *, shutdown_timeout: float = 60.0) -> None:
        super().__init__(app, access_log=None, handle_signals=False, shutdown_timeout=shutdown_timeout)
        self._ids = ids

    async def _make_server(self) -> web.Server:
        made = await super()._make_server()
        return _Server(made, self._ids)


class _Server(web.Server):
    def __init__(self, made: web.Server, ids: IdSource) -> None:
        super().__init__(
            made.request_handler,
            request_factory=made.request_factory,
            handler_cancellation=made.handler_cancellation,
            **made._kwargs,  # noqa: SLF001 - there is no other way to have a handler of one's own
        )
        self.ids = ids

    def __call__(self) -> web.RequestHandler:
        return _Handler(self, loop=self._loop, **self._kwargs)


class _Handler(web.RequestHandler):
    __slots__ = ("_ids",)

    def __init__(self, server: _Server, **options: Any) -> None:
        super().__init__(server, **options)
        self._ids = server.ids

    def handle_error(
        self, request: BaseRequest, status: int = 500, exc: BaseException | None = None, message: str | None = None
    ) -> web.StreamResponse:
        if status == HTTPStatus.INTERNAL_SERVER_ERROR or request.writer.output_size > 0:
            return super().handle_error(request, status, exc, message)
        return unreadable(str(self._ids.new()), status)
