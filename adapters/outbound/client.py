"""The guarded client, on aiohttp."""

import asyncio
import socket
from collections.abc import Awaitable, Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import partial
from typing import Any

from aiohttp import ClientError, ClientResponse, ClientSession, ClientTimeout, DummyCookieJar, TCPConnector
from aiohttp.abc import AbstractResolver, ResolveResult
from yarl import URL

from adapters.outbound.addresses import Address, Exceptions, is_public, read_address
from adapters.outbound.inflating import Unreadable, reader_of
from application.ports.outbound import Bounds, Fetched
from domain.errors import AddressNotAllowed, OutboundFailed

Resolve = Callable[[str, int], Awaitable[Sequence[str]]]
"""The addresses that a host's name means, for connections to a port. Raises OSError."""

_REDIRECTS = frozenset({301, 302, 303, 307, 308})
_SECRETS = frozenset({"authorization", "cookie", "proxy-authorization"})
_CHUNK = 16 * 1024
_CHECK_SECONDS = 5.0


_name_service = ThreadPoolExecutor(max_workers=8, thread_name_prefix="outbound-names")
"""Threads of its own: a name that somebody lets be looked up slowly holds up no look-up of this product's."""


async def ask_the_system(host: str, port: int) -> Sequence[str]:
    """The addresses that this machine finds for a name."""
    ask = partial(socket.getaddrinfo, host, port, type=socket.SOCK_STREAM)
    found = await asyncio.get_running_loop().run_in_executor(_name_service, ask)
    return [str(sockaddr[0]) for *_, sockaddr in found]


@dataclass(frozen=True, slots=True)
class _Request:
    method: str
    headers: Mapping[str, str]
    body: bytes | None = None


class GuardedClient:
    """Outbound on aiohttp.

    The name is looked up here, once, and all that it means must be allowed; the connection is made to what was checked
    and to nothing else, which the making of its socket checks again. Every redirect goes the same way anew.
    """

    def __init__(self, exceptions: Exceptions, resolve: Resolve = ask_the_system, agent: str = "Jarvis/1.0") -> None:
        self._exceptions = exceptions
        self._resolve = resolve
        self._agent = agent

    async def get(self, url: str, *, bounds: Bounds, headers: Mapping[str, str] | None = None) -> Fetched:
        return await self._within(bounds, self._follow(_url(url), _Request("GET", headers or {}), bounds))

    async def post(self, url: str, body: bytes, *, bounds: Bounds, headers: Mapping[str, str] | None = None) -> Fetched:
        return await self._within(bounds, self._exchange(_url(url), _Request("POST", headers or {}, body), bounds))

    async def check(self, url: str) -> None:
        try:
            async with asyncio.timeout(_CHECK_SECONDS):
                await self._addresses(_url(url))
        except TimeoutError:
            raise OutboundFailed("It took too long.") from None

    async def _within(self, bounds: Bounds, call: Awaitable[Fetched]) -> Fetched:
        try:
            async with asyncio.timeout(bounds.seconds):
                return await call
        except TimeoutError:
            raise OutboundFailed("It took too long.") from None
        except (ClientError, OSError, Unreadable, ValueError):
            raise OutboundFailed from None

    async def _follow(self, url: URL, request: _Request, bounds: Bounds) -> Fetched:
        for _ in range(bounds.redirects + 1):
            fetched = await self._exchange(url, request, bounds)
            location = fetched.headers.get("location")
            if fetched.status not in _REDIRECTS or location is None:
                return fetched
            target = _url(str(url.join(URL(location))))
            if url.scheme == "https" and target.scheme == "http":
                raise AddressNotAllowed("It leads from an address that is safe to one that is not.")
            if target.origin() != url.origin():
                kept = {name: value for name, value in request.headers.items() if name.lower() not in _SECRETS}
                request = _Request(request.method, kept)
            url = target
        raise OutboundFailed("It leads on and on.")

    async def _exchange(self, url: URL, request: _Request, bounds: Bounds) -> Fetched:
        checked = await self._addresses(url)
        connector = TCPConnector(
            resolver=_Checked(checked),
            use_dns_cache=False,
            force_close=True,
            socket_factory=partial(_socket_to, frozenset(checked)),
        )
        async with (
            ClientSession(
                connector=connector,
                auto_decompress=False,
                cookie_jar=DummyCookieJar(),
                timeout=ClientTimeout(total=None),
                headers={"User-Agent": self._agent, "Accept-Encoding": "identity"},
            ) as session,
            session.request(
                request.method, url, data=request.body, headers=request.headers, allow_redirects=False
            ) as response,
        ):
            headers = {name.lower(): value for name, value in response.headers.items()}
            led_on = response.status in _REDIRECTS and "location" in headers
            body = b"" if led_on else await _body(response, bounds)
            return Fetched(str(url), response.status, headers, body)

    async def _addresses(self, url: URL) -> Sequence[Address]:
        """What the host of the address means, all of it allowed. Raises AddressNotAllowed, OutboundFailed."""
        host = url.raw_host or ""
        literal = read_address(host)
        try:
            found = [host] if literal is not None else await self._resolve(host, url.port or 0)
        except (OSError, UnicodeError):
            raise OutboundFailed("There is no such host.") from None
        addresses = [read_address(text) for text in found]
        if not addresses:
            raise OutboundFailed("There is no such host.")
        if not all(address is not None and self._allows(host, address) for address in addresses):
            raise AddressNotAllowed
        return [address for address in addresses if address is not None]

    def _allows(self, host: str, address: Address) -> bool:
        return is_public(address) or self._exceptions.admit(host, address)


class _Checked(AbstractResolver):
    """Knows of no name more than what was checked."""

    def __init__(self, addresses: Sequence[Address]) -> None:
        self._addresses = addresses

    async def resolve(
        self, host: str, port: int = 0, family: socket.AddressFamily = socket.AF_UNSPEC
    ) -> list[ResolveResult]:
        found = [(address, socket.AF_INET if address.version == 4 else socket.AF_INET6) for address in self._addresses]
        return [
            ResolveResult(hostname=host, host=str(address), port=port, family=own, proto=0, flags=socket.AI_NUMERICHOST)
            for address, own in found
            if family in {socket.AF_UNSPEC, own}
        ]

    async def close(self) -> None:
        """Nothing is open."""


def _socket_to(checked: frozenset[Address], target: tuple[Any, ...]) -> socket.socket:
    """A socket for a connection to one of the addresses that were checked. Raises OSError for any other."""
    family, kind, protocol, _, sockaddr = target
    if read_address(str(sockaddr[0])) not in checked:
        raise PermissionError("this address was not checked")
    return socket.socket(family, kind, protocol)


def _url(text: str) -> URL:
    try:
        url = URL(text)
        known = url.scheme in {"http", "https"} and bool(url.raw_host) and bool(url.port)
    except ValueError:
        raise AddressNotAllowed("This is no address.") from None
    if not known or url.user is not None or url.password is not None:
        raise AddressNotAllowed("Only http:// and https:// are called, and without a password in the address.")
    return url.with_fragment(None)


async def _body(response: ClientResponse, bounds: Bounds) -> bytes:
    if not bounds.cut and (response.content_length or 0) > bounds.size:
        raise OutboundFailed("The answer is too long.")
    read = reader_of(response.headers.get("Content-Encoding", ""))
    body = bytearray()
    async for chunk in response.content.iter_chunked(_CHUNK):
        body += read(chunk, bounds.size + 1 - len(body))
        if len(body) > bounds.size:
            if bounds.cut:
                break
            raise OutboundFailed("The answer is too long.")
    return bytes(body[: bounds.size])
