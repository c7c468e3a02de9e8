"""Files in any store that speaks the protocol of S3."""

import logging
from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

import obstore
from obstore.exceptions import BaseError, NotFoundError
from obstore.store import S3Store

from application.ports.blobs import Kept
from domain.errors import NotFound, Unavailable

_log = logging.getLogger(__name__)

_PART = 5 * 1024 * 1024
"""The smallest that S3 takes for a part; at most three are in memory."""

_PIECE = 256 * 1024
_ABSENT = (NotFoundError, FileNotFoundError)


@dataclass(frozen=True, slots=True)
class Bucket:
    """Where it is, and who asks. Without an ``endpoint`` it is Amazon's."""

    name: str
    region: str = "us-east-1"
    endpoint: str | None = None
    key_id: str | None = None
    secret_key: str | None = field(default=None, repr=False)
    seconds: float = 30.0


class S3Blobs:
    """A BlobStore in a bucket. It is there for whoever has its keys, and nothing of it is public."""

    def __init__(self, bucket: Bucket) -> None:
        named: dict[str, Any] = {
            "endpoint": bucket.endpoint,
            "access_key_id": bucket.key_id,
            "secret_access_key": bucket.secret_key,
        }
        self._store = S3Store(
            bucket.name,
            region=bucket.region,
            disable_bulk_delete=True,  # not all that speak S3 know it
            client_options={
                "allow_http": True,
                "connect_timeout": timedelta(seconds=5),
                "read_timeout": timedelta(seconds=bucket.seconds),
                "timeout": timedelta(hours=1),
            },
            retry_config={"max_retries": 3, "retry_timeout": timedelta(seconds=bucket.seconds)},
            **{name: value for name, value in named.items() if value},
        )

    async def write(self, key: str, chunks: AsyncIterator[bytes]) -> int:
        counted = _Counted(chunks)
        try:
            with _translating():
                await obstore.put_async(self._store, key, counted, chunk_size=_PART, max_concurrency=2)
        except BaseException as failed:
            if counted.failure is not None and failed is not counted.failure:
                raise counted.failure from None
            raise
        return counted.size

    async def read(self, key: str, *, start: int = 0, length: int | None = None) -> AsyncIterator[bytes]:
        if length == 0:
            return
        wanted: Any = {"offset": start} if length is None else (start, start + length)
        with _translating():
            whole = start == 0 and length is None
            found = await obstore.get_async(self._store, key, options={} if whole else {"range": wanted})
            async for piece in found.stream(min_chunk_size=_PIECE):
                yield bytes(piece)

    async def size(self, key: str) -> int | None:
        with suppress(NotFound), _translating():
            return (await obstore.head_async(self._store, key))["size"]
        return None

    async def delete(self, key: str) -> None:
        with suppress(NotFound), _translating():
            await obstore.delete_async(self._store, key)

    async def everything(self) -> AsyncIterator[Kept]:
        with _translating():
            async for page in obstore.list(self._store, chunk_size=500):
                for found in page:
                    yield Kept(found["path"], found["last_modified"])


class _Counted:
    """Chunks, how many bytes they were, and what broke them off: the library tells that in words of its own."""

    def __init__(self, chunks: AsyncIterator[bytes]) -> None:
        self._chunks = chunks
        self.size = 0
        self.failure: BaseException | None = None

    def __aiter__(self) -> "_Counted":
        return self

    async def __anext__(self) -> bytes:
        try:
            chunk = await anext(self._chunks)
        except StopAsyncIteration:
            raise
        except BaseException as error:
            self.failure = error
            raise
        self.size += len(chunk)
        return chunk


@contextmanager
def _translating() -> Iterator[None]:
    try:
        yield
    except _ABSENT:
        raise NotFound from None
    except (BaseError, OSError) as error:
        _log.error("the store of files fails: %s", type(error).__name__)
        raise Unavailable("Files cannot be reached. Try again in a moment.") from None
