"""Hashes of passwords by Argon2id."""

import asyncio
import os
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from secrets import token_urlsafe
from threading import get_native_id
from typing import TypeVar

from argon2 import PasswordHasher, Type
from argon2.exceptions import Argon2Error, InvalidHashError

from domain.errors import Unavailable

T = TypeVar("T")

MEMORY_KIB = 64 * 1024
PASSES = 3
_YIELDS_TO_OTHERS = 19


class Argon2Passwords:
    """Argon2id, ``memory_kib`` and ``passes`` for each hash.

    Hashes are made by ``at_once`` threads, so that so many times that memory is all that sign-ins ever take; up to
    ``waiting`` more wait for their turn. The threads get the processor when nobody else wants it: what goes on
    meanwhile is not held up.
    """

    def __init__(
        self, *, memory_kib: int = MEMORY_KIB, passes: int = PASSES, at_once: int = 2, waiting: int = 200
    ) -> None:
        self._argon2 = PasswordHasher(time_cost=passes, memory_cost=memory_kib, parallelism=1, type=Type.ID)
        self._at_once = at_once
        self._threads: ThreadPoolExecutor | None = None
        self._most = at_once + waiting
        self._pending = 0
        self._nobodys: str | None = None

    async def hash(self, password: str) -> str:
        return await self._run(lambda: self._argon2.hash(password))

    async def verify(self, password: str, password_hash: str | None) -> bool:
        return await self._run(lambda: self._verify(password, password_hash))

    def is_outdated(self, password_hash: str) -> bool:
        try:
            return self._argon2.check_needs_rehash(password_hash)
        except InvalidHashError:
            return False

    async def close(self) -> None:
        """Let the threads end once what they are at is done."""
        threads, self._threads = self._threads, None
        if threads is not None:
            threads.shutdown(wait=False, cancel_futures=True)

    def _verify(self, password: str, password_hash: str | None) -> bool:
        # Where there is no hash, one is compared with that nobody has the password of: it takes as long.
        try:
            self._argon2.verify(password_hash or self._of_nobody(), password)
        except (Argon2Error, InvalidHashError):
            return False
        return password_hash is not None

    def _of_nobody(self) -> str:
        if self._nobodys is None:
            self._nobodys = self._argon2.hash(token_urlsafe())
        return self._nobodys

    async def _run(self, work: Callable[[], T]) -> T:
        if self._pending >= self._most:
            raise Unavailable
        if self._threads is None:
            self._threads = ThreadPoolExecutor(self._at_once, "passwords", initializer=_yield_to_others)
        self._pending += 1
        try:
            return await asyncio.get_running_loop().run_in_executor(self._threads, work)
        finally:
            self._pending -= 1


def _yield_to_others() -> None:
    with suppress(OSError):
        os.setpriority(os.PRIO_PROCESS, get_native_id(), _YIELDS_TO_OTHERS)
