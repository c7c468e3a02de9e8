"""Redis as a place for keys: one client, and the knowledge of whether it is away."""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from hashlib import sha1
from typing import Any, TypeVar

from redis.asyncio import BlockingConnectionPool, Redis, RedisCluster
from redis.asyncio.retry import Retry
from redis.backoff import NoBackoff
from redis.exceptions import ConnectionError as ConnectionLost
from redis.exceptions import NoScriptError

from adapters.redis.failures import FAILURES
from adapters.redis.nodes import cluster_client, connection_options, is_cluster
from adapters.redis.pauses import Pauses
from application.ports.clock import Clock

_log = logging.getLogger(__name__)
_FIRST_PAUSE = 0.05

T = TypeVar("T")


class Away(Exception):
    """Redis does not answer, or not in time, or refuses. Stays within this folder: everybody knows what to do then."""


@dataclass(frozen=True, slots=True)
class Script:
    """A piece of Lua, known to Redis by its digest once it has run."""

    text: str
    digest: str

    @classmethod
    def of(cls, text: str) -> "Script":
        return cls(text, sha1(text.encode(), usedforsecurity=False).hexdigest())


class RedisDatabase:
    """Runs commands, each of which may take ``patience`` seconds. All keys begin with ``prefix``.

    Once one has failed Redis counts as away: every other command fails at once, until Redis answers a question that is
    put to it in the background, after pauses that grow to ``longest_pause`` seconds.
    """

    def __init__(
        self,
        url: str,
        clock: Clock,
        *,
        prefix: str = "jarvis",
        patience: float = 1.0,
        longest_pause: float = 1.0,
        connections: int = 32,
    ) -> None:
        self._client = _client(url, connections, patience)
        self._prefix = prefix
        self._patience = patience
        self._clock = clock
        self._longest_pause = longest_pause
        self._asking: asyncio.Task[None] | None = None
        self._on_return: list[Callable[[], None]] = []

    @property
    def is_away(self) -> bool:
        return self._asking is not None

    def key(self, *parts: object) -> str:
        """A key of this product."""
        return ":".join([self._prefix, *map(str, parts)])

    def on_return(self, call: Callable[[], None]) -> None:
        """Have this called when Redis was away and answers again, perhaps with nothing left in it."""
        self._on_return.append(call)

    async def close(self) -> None:
        if self._asking is not None:
            self._asking.cancel()
            await asyncio.wait({self._asking})
        try:
            await self._client.aclose()
        except FAILURES as error:
            _log.debug("the connections to Redis did not close well: %s", type(error).__name__)

    async def command(self, *words: str | bytes | float) -> Any:
        """Run one command and answer what Redis does. Raises Away."""
        return await self._attempt(lambda: self._client.execute_command(*words))

    async def run(self, script: Script, keys: Sequence[str], *arguments: str | bytes | float) -> Any:
        """Run a script on keys of one slot and answer what it returns. Raises Away."""

        async def call() -> Any:
            try:
                return await self._client.evalsha(script.digest, len(keys), *keys, *arguments)
            except NoScriptError:
                return await self._client.eval(script.text, len(keys), *keys, *arguments)

        return await self._attempt(call)

    async def _attempt(self, call: Callable[[], Awaitable[T]]) -> T:
        if self._asking is not None:
            raise Away
        try:
            async with asyncio.timeout(self._patience):
                return await call()
        except FAILURES as error:
            if self._asking is None:
                _log.warning("Redis does not serve: %s", type(error).__name__)
                self._asking = asyncio.create_task(self._ask_until_it_answers())
            raise Away from None

    async def _ask_until_it_answers(self) -> None:
        pauses = Pauses(_FIRST_PAUSE, self._longest_pause)
        while True:
            await self._clock.sleep(pauses.next())
            try:
                async with asyncio.timeout(self._patience):
                    await self._client.ping()
            except FAILURES as error:
                _log.debug("Redis does not answer: %s", type(error).__name__)
            else:
                break
        _log.info("Redis serves again")
        self._asking = None
        for told in self._on_return:
            told()


def _client(url: str, connections: int, patience: float) -> Redis | RedisCluster:
    if is_cluster(url):
        return cluster_client(url)
    # A connection that a restart has cut is found out when it is used: then the command is tried on a new one.
    options = {**connection_options(), "retry": Retry(NoBackoff(), 1, supported_errors=(ConnectionLost,))}
    pool = BlockingConnectionPool.from_url(url, max_connections=connections, timeout=patience, **options)
    return Redis.from_pool(pool)
