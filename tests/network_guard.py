"""Keeps the tests on this machine.

Sockets may reach loopback and unix addresses, and the servers that ``TEST_DATABASE_URL`` and ``TEST_REDIS_URL`` name.
Anything else raises :class:`OutsideNetworkUsed` before a packet leaves. It is no ``OSError``, so that no code takes it
for a server that is away, and it is noted as well, so that code which swallows it fails its test all the same.

Python's own sockets are watched by an audit hook, which asyncio and every library written in Python pass through.
uvloop resolves and connects in C and is wrapped. Not seen: libpq, which connects where its connection string says, the
look-up of a name handed straight to ``socket.connect`` (the connection itself is refused), and processes that a test
starts.
"""

import ipaddress
import socket
import sys
from collections.abc import Callable
from typing import Any
from urllib.parse import urlsplit

import uvloop

from tests.environment import variable

attempts: list[str] = []
"""What was refused since the list was last cleared."""

_RESOLVING = {"socket.getaddrinfo", "socket.gethostbyname"}
_SENDING = {"socket.connect", "socket.sendto", "socket.sendmsg"}


class OutsideNetworkUsed(Exception):
    """A test tried to reach another machine."""


def _test_server_addresses() -> set[str]:
    allowed: set[str] = set()
    for name in ("TEST_DATABASE_URL", "TEST_REDIS_URL"):
        host = urlsplit(variable(name) or "").hostname
        if host is not None:
            allowed.add(host)
            allowed.update(str(info[4][0]) for info in socket.getaddrinfo(host, None))
    return allowed


_allowed: set[str] = set()


def _address(host: str) -> ipaddress.IPv4Address | ipaddress.IPv6Address | None:
    try:
        return ipaddress.ip_address(host.partition("%")[0])
    except ValueError:
        return None


def _check(operation: str, host: object) -> None:
    text = host.decode() if isinstance(host, bytes) else host
    if not isinstance(text, str) or text in {"", "localhost"} or text in _allowed:
        return
    address = _address(text)
    if address is None or not (address.is_loopback or address.is_unspecified):
        attempts.append(f"{operation} {text}")
        raise OutsideNetworkUsed(f"{operation} {text}: tests stay on this machine; stand in with a local server")


def _audit(event: str, arguments: tuple[Any, ...]) -> None:
    if event in _SENDING:
        opened, destination = arguments
        if opened.family in {socket.AF_INET, socket.AF_INET6} and isinstance(destination, tuple):
            _check(event, destination[0])
    elif event in _RESOLVING and not (isinstance(arguments[0], str) and _address(arguments[0])):
        _check(event, arguments[0])


def _guard_uvloop(name: str, destination: Callable[..., object]) -> None:
    unguarded = getattr(uvloop.Loop, name)

    async def guarded(loop: uvloop.Loop, *arguments: Any, **options: Any) -> Any:
        _check(f"uvloop.{name}", destination(*arguments, **options))
        return await unguarded(loop, *arguments, **options)

    setattr(uvloop.Loop, name, guarded)


def _connection_host(factory: object, host: object = None, *_: object, **__: object) -> object:
    return host


def _datagram_host(
    factory: object, local_addr: object = None, remote_addr: tuple[object, ...] | None = None, **_: object
) -> object:
    return remote_addr[0] if remote_addr else None


def _resolved_host(host: object, *_: object, **__: object) -> object:
    return None if isinstance(host, str) and _address(host) else host


def install() -> None:
    """Guard this process for the rest of its life."""
    _allowed.update(_test_server_addresses())
    sys.addaudithook(_audit)
    _guard_uvloop("create_connection", _connection_host)
    _guard_uvloop("create_datagram_endpoint", _datagram_host)
    _guard_uvloop("getaddrinfo", _resolved_host)
