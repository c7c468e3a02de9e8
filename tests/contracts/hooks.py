"""What hooks are told to, in tests."""

import asyncio
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from adapters.security.hook_secrets import DerivedHookSecrets
from application.ports.outbound import Bounds, Fetched
from domain.errors import AddressNotAllowed

URL = "https://receiver.example/hook"
SIGNING = DerivedHookSecrets("the server's secret")


@dataclass
class Receiver:
    """Notes what is handed over; ``answers`` are statuses or refusals, one a delivery, and then 200."""

    answers: list[int | Exception] = field(default_factory=list)
    got: list[tuple[bytes, Mapping[str, str]]] = field(default_factory=list)
    refused: frozenset[str] = frozenset()

    async def get(self, url: str, *, bounds: Bounds, headers: Mapping[str, str] | None = None) -> Fetched:
        raise AssertionError(url)

    async def post(self, url: str, body: bytes, *, bounds: Bounds, headers: Mapping[str, str] | None = None) -> Fetched:
        self.got.append((body, headers or {}))
        await asyncio.sleep(0)
        said = self.answers.pop(0) if self.answers else 200
        if isinstance(said, Exception):
            raise said
        return Fetched(url, said, {}, b"")

    async def check(self, url: str) -> None:
        if url in self.refused:
            raise AddressNotAllowed

    @property
    def seqs(self) -> Sequence[int]:
        return [json.loads(body)["seq"] for body, _ in self.got]
