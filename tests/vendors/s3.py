"""A small store that speaks the protocol of S3, as far as files need it."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from email.utils import format_datetime
from hashlib import md5
from urllib.parse import unquote

from aiohttp import web
from aiohttp.test_utils import TestServer

from tests.builders import FakeClock


class S3:
    """One bucket, ``files``. ``uploads`` are those of several parts that were not ended; ``failing`` refuses all."""

    def __init__(self, clock: FakeClock) -> None:
        self.clock = clock
        self.objects: dict[str, tuple[bytes, object]] = {}
        self.uploads: dict[str, dict[int, bytes]] = {}
        self.parts: list[int] = []
        self.failing = False
        self.unsigned = 0
        self.url = ""
        self._count = 0

    @asynccontextmanager
    async def serving(self) -> AsyncIterator[None]:
        app = web.Application(client_max_size=64 * 1024 * 1024)
        app.router.add_route("*", "/files", self._bucket)
        app.router.add_route("*", "/files/{key:.*}", self._object)
        server = TestServer(app, host="127.0.0.1")
        await server.start_server(access_log=None)
        self.url = f"http://127.0.0.1:{server.port}"
        try:
            yield
        finally:
            await server.close()

    async def _bucket(self, request: web.Request) -> web.Response:
        if self.failing:
            return _error(403, "AccessDenied")
        rows = "".join(
            f'<Contents><Key>{key}</Key><LastModified>{since.isoformat()}</LastModified><ETag>"e"</ETag>'  # type: ignore[attr-defined]
            f"<Size>{len(content)}</Size></Contents>"
            for key, (content, since) in self.objects.items()
        )
        return web.Response(
            text=f"<ListBucketResult><IsTruncated>false</IsTruncated>{rows}</ListBucketResult>",
            content_type="application/xml",
        )

    async def _object(self, request: web.Request) -> web.StreamResponse:
        self.unsigned += "Authorization" not in request.headers
        if self.failing:
            return _error(403, "AccessDenied")
        key = unquote(request.match_info["key"])
        answer = await getattr(self, f"_{request.method.lower()}")(request, key)
        assert isinstance(answer, web.StreamResponse)
        return answer

    async def _put(self, request: web.Request, key: str) -> web.Response:
        body = await request.read()
        if "uploadId" in request.query:
            self.parts.append(len(body))
            self.uploads[request.query["uploadId"]][int(request.query["partNumber"])] = body
        else:
            self.objects[key] = body, self.clock.now()
        return web.Response(headers={"ETag": f'"{md5(body).hexdigest()}"'})

    async def _post(self, request: web.Request, key: str) -> web.Response:
        if "uploads" in request.query:
            self._count += 1
            upload = f"upload-{self._count}"
            self.uploads[upload] = {}
            text = f"<InitiateMultipartUploadResult><UploadId>{upload}</UploadId></InitiateMultipartUploadResult>"
        else:
            parts = self.uploads.pop(request.query["uploadId"])
            self.objects[key] = b"".join(parts[number] for number in sorted(parts)), self.clock.now()
            text = '<CompleteMultipartUploadResult><ETag>"whole"</ETag></CompleteMultipartUploadResult>'
        return web.Response(text=text, content_type="application/xml")

    async def _delete(self, request: web.Request, key: str) -> web.Response:
        if "uploadId" in request.query:
            self.uploads.pop(request.query["uploadId"], None)
        else:
            self.objects.pop(key, None)
        return web.Response(status=204)

    async def _head(self, request: web.Request, key: str) -> web.StreamResponse:
        return await self._get(request, key)

    async def _get(self, request: web.Request, key: str) -> web.StreamResponse:
        await asyncio.sleep(0)
        if key not in self.objects:
            return _error(404, "NoSuchKey")
        content, since = self.objects[key]
        headers = {"ETag": '"e"', "Last-Modified": format_datetime(since, usegmt=True)}  # type: ignore[arg-type]
        wanted = request.http_range
        if request.method == "HEAD":
            return web.Response(headers=headers | {"Content-Length": str(len(content))})
        if wanted.start is None and wanted.stop is None:
            return web.Response(body=content, headers=headers)
        start, stop, _ = wanted.indices(len(content))
        headers["Content-Range"] = f"bytes {start}-{stop - 1}/{len(content)}"
        return web.Response(status=206, body=content[start:stop], headers=headers)


def _error(status: int, code: str) -> web.Response:
    return web.Response(status=status, text=f"<Error><Code>{code}</Code></Error>", content_type="application/xml")
