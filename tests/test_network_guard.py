"""The guard refuses other machines on every way out, and leaves this one alone."""

import asyncio
import socket
from collections.abc import Callable, Iterator

import aiohttp
import pytest
import uvloop

from tests import network_guard
from tests.network_guard import OutsideNetworkUsed

ELSEWHERE = "192.0.2.1"  # set aside for documentation (RFC 5737)
ELSEWHERE_6 = "2001:db8::1"
NAME = "jarvis.invalid"


@pytest.fixture
def refused(no_outside_network: None) -> Iterator[list[str]]:
    """The list of refusals, which these tests provoke."""
    yield network_guard.attempts
    assert network_guard.attempts
    network_guard.attempts.clear()


@pytest.fixture(params=[asyncio.new_event_loop, uvloop.new_event_loop], ids=["asyncio", "uvloop"])
def runner(request: pytest.FixtureRequest) -> Iterator[asyncio.Runner]:
    factory: Callable[[], asyncio.AbstractEventLoop] = request.param
    with asyncio.Runner(loop_factory=factory) as runner:
        yield runner


@pytest.mark.parametrize(("family", "host"), [(socket.AF_INET, ELSEWHERE), (socket.AF_INET6, ELSEWHERE_6)])
@pytest.mark.parametrize("kind", [socket.SOCK_STREAM, socket.SOCK_DGRAM])
def test_a_socket_reaches_no_other_machine(
    family: socket.AddressFamily, host: str, kind: socket.SocketKind, refused: list[str]
) -> None:
    with socket.socket(family, kind) as opened, pytest.raises(OutsideNetworkUsed, match=host):
        opened.connect((host, 9))


def test_a_datagram_reaches_no_other_machine(refused: list[str]) -> None:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as opened, pytest.raises(OutsideNetworkUsed):
        opened.sendto(b"x", (ELSEWHERE, 9))


def test_no_name_is_looked_up(refused: list[str]) -> None:
    with pytest.raises(OutsideNetworkUsed, match=NAME):
        socket.getaddrinfo(NAME, 80)


@pytest.mark.parametrize("host", [ELSEWHERE, NAME])
def test_a_loop_connects_to_no_other_machine(host: str, runner: asyncio.Runner, refused: list[str]) -> None:
    async def connect() -> None:
        await asyncio.open_connection(host, 9)

    with pytest.raises(OutsideNetworkUsed, match=host):
        runner.run(connect())


def test_a_loop_sends_no_datagram_to_another_machine(runner: asyncio.Runner, refused: list[str]) -> None:
    async def connect() -> None:
        await asyncio.get_running_loop().create_datagram_endpoint(asyncio.DatagramProtocol, remote_addr=(ELSEWHERE, 9))

    with pytest.raises(OutsideNetworkUsed):
        runner.run(connect())


@pytest.mark.parametrize("host", [ELSEWHERE, NAME])
def test_an_http_client_reaches_no_other_machine(host: str, runner: asyncio.Runner, refused: list[str]) -> None:
    async def fetch() -> None:
        async with aiohttp.ClientSession() as client:
            await client.get(f"http://{host}/")

    with pytest.raises(OutsideNetworkUsed, match=host):
        runner.run(fetch())


@pytest.mark.parametrize("host", ["localhost", "127.0.0.1"])
def test_this_machine_is_reached(host: str, runner: asyncio.Runner) -> None:
    async def echo(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(await reader.readline())
        writer.close()

    async def talk() -> bytes:
        async with await asyncio.start_server(echo, "127.0.0.1", 0) as server:
            reader, writer = await asyncio.open_connection(host, server.sockets[0].getsockname()[1])
            writer.write(b"hello\n")
            answer = await reader.read()
            writer.close()
            return answer

    assert runner.run(talk()) == b"hello\n"
