"""Calls to addresses that people, or pages, name."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Protocol


@dataclass(frozen=True, slots=True)
class Bounds:
    """How much of an answer is taken and how long it may take, from the look-up of the name to the last byte.

    ``cut``: of an answer that is longer, the beginning is taken; else it is refused.
    """

    size: int = 1024 * 1024
    seconds: float = 10.0
    redirects: int = 5
    cut: bool = False


@dataclass(frozen=True, slots=True)
class Fetched:
    """What came back, and from where in the end. The names of ``headers`` are in lower case."""

    url: str
    status: int
    headers: Mapping[str, str]
    body: bytes


class Outbound(Protocol):
    """Reaches public addresses over HTTP and HTTPS alone: nothing of this machine or its network, neither by a redirect
    nor by a name whose meaning changes, save for exceptions that the operator has opened.

    All raise AddressNotAllowed and OutboundFailed. A status that speaks of an error is an answer like any other.
    """

    async def get(self, url: str, *, bounds: Bounds, headers: Mapping[str, str] | None = None) -> Fetched:
        """What is there; redirects are followed, without credentials where they lead to somebody else."""

    async def post(self, url: str, body: bytes, *, bounds: Bounds, headers: Mapping[str, str] | None = None) -> Fetched:
        """Hand something over. A redirect is not followed: it is the answer."""

    async def check(self, url: str) -> None:
        """Raise AddressNotAllowed where a call would, without making one; OutboundFailed where the name is unknown."""
