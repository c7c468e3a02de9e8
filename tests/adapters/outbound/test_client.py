"""The guarded client against local servers: what it reaches, and what nobody can make it reach."""

import asyncio
import gzip
import socket

import pytest
from aiohttp import web

from adapters.outbound.addresses import Exceptions
from adapters.outbound.client import GuardedClient, _socket_to
from application.ports.outbound import Bounds
from domain.errors import AddressNotAllowed, OutboundFailed
from tests.adapters.outbound.conftest import Names, OpenSite

BOUNDS = Bounds(size=1000, seconds=10)


async def hello(_: web.Request) -> web.Response:
    return web.Response(text="hello")


def guarded(names: Names, *exceptions: str) -> GuardedClient:
    return GuardedClient(Exceptions.read(exceptions), names.resolve)


@pytest.mark.parametrize(
    "url",
    [
        "http://127.0.0.1:{port}/",
        "http://[::1]:{port}/",
        "http://[::ffff:127.0.0.1]:{port}/",
        "http://[::ffff:7f00:1]:{port}/",
        "http://0.0.0.0:{port}/",
        "http://[::]:{port}/",
        "http://[64:ff9b::7f00:1]:{port}/",
        "http://[fe80::1%25lo]:{port}/",
        "http://169.254.169.254/latest/meta-data/",
        "http://10.0.0.1/",
    ],
)
async def test_a_private_address_is_not_called(names: Names, open_site: OpenSite, url: str) -> None:
    site = await open_site(hello)
    with pytest.raises(AddressNotAllowed):
        await guarded(names).get(url.format(port=site.port), bounds=BOUNDS)
    with pytest.raises(AddressNotAllowed):
        await guarded(names).post(url.format(port=site.port), b"{}", bounds=BOUNDS)
    with pytest.raises(AddressNotAllowed):
        await guarded(names).check(url.format(port=site.port))
    assert site.visits == []
    assert names.asked == []


@pytest.mark.parametrize("spelled", ["2130706433", "0x7f000001", "0177.0.0.1", "127.1", "localhost"])
async def test_no_spelling_of_loopback_gets_through_the_name_service_of_this_machine(
    open_site: OpenSite, spelled: str
) -> None:
    site = await open_site(hello)

    async def resolve(host: str, port: int) -> list[str]:
        return [socket.inet_ntoa(socket.inet_aton(host))] if host != "localhost" else ["127.0.0.1"]

    with pytest.raises(AddressNotAllowed):
        await GuardedClient(Exceptions(), resolve).get(site.url(host=spelled), bounds=BOUNDS)
    assert site.visits == []


async def test_the_name_service_of_this_machine_is_what_is_asked_by_default(open_site: OpenSite) -> None:
    site = await open_site(hello)
    with pytest.raises(AddressNotAllowed):
        await GuardedClient(Exceptions()).get(site.url(host="localhost"), bounds=BOUNDS)
    fetched = await GuardedClient(Exceptions.read(["localhost"])).get(site.url(host="localhost"), bounds=BOUNDS)
    assert fetched.body == b"hello"


@pytest.mark.parametrize(
    "url",
    [
        "", "hello", "//127.0.0.1/", "file:///etc/passwd", "ftp://example.com/", "gopher://example.com/",
        "javascript:alert(1)", "data:text/html,x", "http://", "http:///path", "http://user:secret@example.com/",
        "http://user@example.com/", "http://example.com:99999/", "http://[::1", "http://example.com:0/", "unix:/run/x",
    ],
)  # fmt: skip
async def test_what_is_no_web_address_is_refused(names: Names, url: str) -> None:
    names.say("example.com", ["127.0.0.1"])
    with pytest.raises(AddressNotAllowed):
        await guarded(names, "127.0.0.0/8").get(url, bounds=BOUNDS)
    assert names.asked == []


async def test_a_name_that_means_something_private_is_not_called(names: Names, open_site: OpenSite) -> None:
    site = await open_site(hello)
    for answer in (["127.0.0.1"], ["8.8.8.8", "127.0.0.1"], ["::1"], ["::ffff:10.0.0.1"], ["nonsense"]):
        names.say("evil.example", answer)
        with pytest.raises(AddressNotAllowed):
            await guarded(names).get(site.url(host="evil.example"), bounds=BOUNDS)
    assert site.visits == []


async def test_an_unknown_name_is_a_failure(names: Names) -> None:
    with pytest.raises(OutboundFailed):
        await guarded(names).get("http://nowhere.example/", bounds=BOUNDS)
    names.say("empty.example", [])
    with pytest.raises(OutboundFailed):
        await guarded(names).check("http://empty.example/")


async def test_a_name_that_changes_its_meaning_is_called_where_it_was_checked(
    names: Names, open_site: OpenSite
) -> None:
    good = await open_site(hello, "127.0.0.2")
    bad = await open_site(hello, "127.0.0.1", good.port)
    client = guarded(names, "127.0.0.2")
    names.say("rebinding.example", ["127.0.0.2"], ["127.0.0.1"])
    fetched = await client.get(good.url(host="rebinding.example"), bounds=BOUNDS)
    assert (fetched.body, len(good.visits), bad.visits) == (b"hello", 1, [])
    assert names.asked == ["rebinding.example"], "it was looked up a second time"
    assert good.visits[0].headers["Host"] == f"rebinding.example:{good.port}"
    with pytest.raises(AddressNotAllowed):
        await client.get(good.url(host="rebinding.example"), bounds=BOUNDS)
    assert bad.visits == []


async def test_a_redirect_is_looked_at_like_the_address_itself(names: Names, open_site: OpenSite) -> None:
    bad = await open_site(hello, "127.0.0.1")
    names.say("public.example", ["127.0.0.2"])
    names.say("inside.example", ["127.0.0.1"])
    for target in (bad.url(), bad.url(host="inside.example"), "file:///etc/passwd", "http://a:b@public.example/"):

        async def lead(_: web.Request, target: str = target) -> web.Response:
            return web.Response(status=302, headers={"Location": target})

        site = await open_site(lead, "127.0.0.2")
        with pytest.raises(AddressNotAllowed):
            await guarded(names, "127.0.0.2").get(site.url(host="public.example"), bounds=BOUNDS)
        assert len(site.visits) == 1
    assert bad.visits == []


async def test_a_redirect_to_a_name_that_has_changed_since_is_not_followed(names: Names, open_site: OpenSite) -> None:
    async def lead(request: web.Request) -> web.Response:
        return web.Response(status=307, headers={"Location": "/again"})

    good = await open_site(lead, "127.0.0.2")
    bad = await open_site(hello, "127.0.0.1", good.port)
    names.say("rebinding.example", ["127.0.0.2"], ["127.0.0.1"])
    with pytest.raises(AddressNotAllowed):
        await guarded(names, "127.0.0.2").get(good.url(host="rebinding.example"), bounds=BOUNDS)
    assert (len(good.visits), bad.visits) == (1, [])


async def test_redirects_are_followed_to_their_end_but_not_for_ever(names: Names, open_site: OpenSite) -> None:
    async def lead(request: web.Request) -> web.Response:
        left = int(request.path.strip("/"))
        if left == 0:
            return web.Response(text="here")
        return web.Response(status=301, headers={"Location": f"{left - 1}#part"}, text="x" * 5000)

    site = await open_site(lead)
    client = guarded(names, "127.0.0.1")
    fetched = await client.get(site.url("/5"), bounds=BOUNDS)
    assert (fetched.body, fetched.url) == (b"here", site.url("/0"))
    with pytest.raises(OutboundFailed):
        await client.get(site.url("/6"), bounds=BOUNDS)


async def test_credentials_stay_with_whom_they_were_meant_for(names: Names, open_site: OpenSite) -> None:
    other = await open_site(hello)

    async def lead(request: web.Request) -> web.Response:
        response = web.Response(status=302, headers={"Location": other.url() if request.path == "/away" else "/away"})
        response.set_cookie("session", "1")
        return response

    site = await open_site(lead)
    await guarded(names, "127.0.0.1").get(
        site.url(), bounds=BOUNDS, headers={"Authorization": "Bearer x", "Accept": "text/html"}
    )
    assert [visit.headers.get("Authorization") for visit in site.visits] == ["Bearer x", "Bearer x"]
    [arrived] = other.visits
    assert "Authorization" not in arrived.headers
    assert "Cookie" not in arrived.headers
    assert arrived.headers["Accept"] == "text/html"


async def test_what_is_handed_over_arrives_and_a_redirect_is_the_answer(names: Names, open_site: OpenSite) -> None:
    async def take(request: web.Request) -> web.Response:
        if request.path == "/moved":
            return web.Response(status=308, headers={"Location": "/"})
        return web.Response(status=202, body=await request.read(), headers={"X-Seen": request.headers["X-Signature"]})

    site = await open_site(take)
    client = guarded(names, "127.0.0.1")
    done = await client.post(site.url(), b'{"a":1}', bounds=BOUNDS, headers={"X-Signature": "s"})
    assert (done.status, done.body, done.headers["x-seen"]) == (202, b'{"a":1}', "s")
    assert (await client.post(site.url("/moved"), b"{}", bounds=BOUNDS)).status == 308
    assert len(site.visits) == 2


@pytest.mark.parametrize("chunked", [False, True])
@pytest.mark.parametrize("compressed", [False, True])
async def test_no_more_is_taken_than_there_is_room_for(
    names: Names, open_site: OpenSite, chunked: bool, compressed: bool
) -> None:
    page = b"<p>" + b"x" * 40_000_000

    async def long(request: web.Request) -> web.StreamResponse:
        body = gzip.compress(page, 1) if compressed else page[:400_000]
        headers = {"Content-Encoding": "gzip"} if compressed else {}
        if not chunked:
            return web.Response(body=body, headers=headers)
        response = web.StreamResponse(headers=headers)
        await response.prepare(request)
        await response.write(body)
        return response

    site = await open_site(long)
    client = guarded(names, "127.0.0.1")
    with pytest.raises(OutboundFailed):
        await client.get(site.url(), bounds=BOUNDS)
    cut = await client.get(site.url(), bounds=Bounds(size=1000, seconds=10, cut=True))
    assert cut.body == page[:1000]


@pytest.mark.parametrize(
    ("encoding", "body", "read"),
    [
        ("gzip", gzip.compress(b"hello"), b"hello"),
        ("identity", b"hello", b"hello"),
        ("gzip", b"no gzip at all", None),
        ("br", b"hello", None),
    ],
)
async def test_a_compressed_answer_is_read_where_that_is_possible(
    names: Names, open_site: OpenSite, encoding: str, body: bytes, read: bytes | None
) -> None:
    async def answer(_: web.Request) -> web.Response:
        return web.Response(body=body, headers={"Content-Encoding": encoding})

    site = await open_site(answer)
    client = guarded(names, "127.0.0.1")
    if read is None:
        with pytest.raises(OutboundFailed):
            await client.get(site.url(), bounds=BOUNDS)
    else:
        assert (await client.get(site.url(), bounds=BOUNDS)).body == read


async def test_who_is_slow_is_cut_off(names: Names, open_site: OpenSite) -> None:
    released = asyncio.Event()

    async def drip(request: web.Request) -> web.StreamResponse:
        response = web.StreamResponse()
        await response.prepare(request)
        await response.write(b"a")
        await released.wait()
        return response

    site = await open_site(drip)
    with pytest.raises(OutboundFailed):
        await guarded(names, "127.0.0.1").get(site.url(), bounds=Bounds(size=1000, seconds=0.1))
    released.set()

    async def never(host: str, port: int) -> list[str]:
        await asyncio.Event().wait()
        return []

    with pytest.raises(OutboundFailed):
        await GuardedClient(Exceptions(), never).get("http://slow.example/", bounds=Bounds(size=1000, seconds=0.01))


async def test_errors_of_the_other_side_are_answers_and_broken_ones_failures(names: Names, open_site: OpenSite) -> None:
    async def sick(request: web.Request) -> web.Response:
        if request.path == "/cut" and request.transport is not None:
            request.transport.abort()
        return web.Response(status=500, text="oh")

    site = await open_site(sick)
    client = guarded(names, "127.0.0.1")
    fetched = await client.get(site.url(), bounds=BOUNDS)
    assert (fetched.status, fetched.body) == (500, b"oh")
    with pytest.raises(OutboundFailed):
        await client.get(site.url("/cut"), bounds=BOUNDS)
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        with pytest.raises(OutboundFailed):
            await client.get(f"http://127.0.0.1:{unused.getsockname()[1]}/", bounds=BOUNDS)


def test_no_socket_is_made_for_what_was_not_checked() -> None:
    target = (socket.AF_INET, socket.SOCK_STREAM, 6, "", ("127.0.0.1", 80))
    with pytest.raises(PermissionError):
        _socket_to(frozenset(), target)
