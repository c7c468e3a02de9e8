"""Pictures that pages name."""

import asyncio
from collections.abc import AsyncIterator, Mapping
from contextlib import AsyncExitStack

import pytest
from aiohttp import web

from adapters.outbound.addresses import Exceptions
from adapters.outbound.client import GuardedClient
from adapters.pages.previews import PagePreviews
from application.ports.outbound import Bounds, Fetched
from domain.errors import AddressNotAllowed, OutboundFailed
from tests.vendors.stand_in import StandIn

PAGE = "https://news.example.com/a/1"
HTML: Mapping[str, str] = {"content-type": "text/html; charset=euc-kr"}


class Web:
    """Answers one page, and allows pictures of every host but those that begin with ``inside``."""

    def __init__(
        self, body: str = "", *, status: int = 200, headers: Mapping[str, str] = HTML, url: str = PAGE
    ) -> None:
        self.page = Fetched(url, status, headers, body.encode())
        self.fault: Exception | None = None
        self.bounds: Bounds | None = None

    async def get(self, url: str, *, bounds: Bounds, headers: Mapping[str, str] | None = None) -> Fetched:
        self.bounds = bounds
        if self.fault is not None:
            raise self.fault
        return self.page

    async def post(self, url: str, body: bytes, *, bounds: Bounds, headers: Mapping[str, str] | None = None) -> Fetched:
        raise AssertionError

    async def check(self, url: str) -> None:
        if "//inside" in url:
            raise AddressNotAllowed


def meta(name: str, content: str, kind: str = "property") -> str:
    return f'<meta {kind}="{name}" content="{content}">'


@pytest.mark.parametrize(
    ("head", "image"),
    [
        (meta("og:image", "https://img.example.com/1.jpg"), "https://img.example.com/1.jpg"),
        (meta("og:image", "//img.example.com/1.jpg"), "https://img.example.com/1.jpg"),
        (meta("og:image", "/1.jpg"), "https://news.example.com/1.jpg"),
        (meta("og:image", "../1.jpg?a=1&amp;b=2"), "https://news.example.com/1.jpg?a=1&b=2"),
        (meta("og:image", " https://img.example.com/1.jpg "), "https://img.example.com/1.jpg"),
        (meta("og:image", "https://a.example/1", "name"), "https://a.example/1"),
        (meta("OG:Image", "https://a.example/1"), "https://a.example/1"),
        (meta("twitter:image", "https://a.example/2", "name") + meta("og:image", "https://a.example/1"),
         "https://a.example/1"),
        (meta("og:image", "") + meta("twitter:image", "https://a.example/2", "name"), "https://a.example/2"),
        (meta("og:image", "https://a.example/1") + meta("og:image", "https://a.example/2"), "https://a.example/1"),
        (meta("og:image", "data:image/png;base64,AA"), None),
        (meta("og:image", "javascript:alert(1)"), None),
        (meta("og:image", "http://[bad"), None),
        (meta("og:image", "https://a.example/" + "x" * 3000), None),
        (meta("og:image", "https://inside.example/1"), None),
        (meta("og:title", "title"), None),
        ("<meta property='og:image'>", None),
        ("", None),
        ("<meta property=\"og:image\" content=\"https://a.example/cut", None),
    ],
)  # fmt: skip
async def test_the_first_picture_that_is_named_and_may_be_shown(head: str, image: str | None) -> None:
    assert await PagePreviews(Web(f"<!doctype html><head>{head}")).of_page(PAGE) == image


async def test_only_good_pages_have_pictures() -> None:
    head = meta("og:image", "https://a.example/1")
    assert await PagePreviews(Web(head, status=404)).of_page(PAGE) is None
    assert await PagePreviews(Web(head, headers={"content-type": "image/png"})).of_page(PAGE) is None
    assert await PagePreviews(Web(head, headers={})).of_page(PAGE) == "https://a.example/1"


async def test_a_page_is_read_in_part_and_for_a_short_time() -> None:
    web_ = Web()
    await PagePreviews(web_, seconds=2, size=4096).of_page(PAGE)
    assert web_.bounds == Bounds(size=4096, seconds=2, cut=True)


@pytest.mark.parametrize("fault", [AddressNotAllowed(), OutboundFailed(), TimeoutError(), RuntimeError(), ValueError()])
async def test_it_never_raises(fault: Exception) -> None:
    web_ = Web()
    web_.fault = fault
    assert await PagePreviews(web_).of_page(PAGE) is None


class Publisher(StandIn):
    """A page in a legacy encoding that is far longer than what is read of it."""

    async def answer(self, request: web.Request) -> web.StreamResponse:
        body = "<html><head><title>뉴스</title>".encode("euc-kr") + meta("og:image", "/1.jpg").encode()
        return web.Response(body=body + b"x" * 1_000_000, headers={"Content-Type": "text/html"})


@pytest.fixture
async def publisher() -> AsyncIterator[Publisher]:
    publisher = Publisher()
    async with AsyncExitStack() as stack:
        await stack.enter_async_context(publisher.serving())
        yield publisher


async def test_over_the_guarded_client(publisher: Publisher) -> None:
    open_ = PagePreviews(GuardedClient(Exceptions.read(["127.0.0.1"])), size=2048)
    assert await open_.of_page(publisher.url) == f"{publisher.url}/1.jpg"
    closed = PagePreviews(GuardedClient(Exceptions()))
    assert await closed.of_page(publisher.url) is None
    assert len(publisher.asked) == 1


async def test_who_is_slow_costs_no_more_than_the_time_there_is(publisher: Publisher) -> None:
    publisher.silent = True
    previews = PagePreviews(GuardedClient(Exceptions.read(["127.0.0.1"])), seconds=0.05)
    assert await asyncio.gather(*(previews.of_page(publisher.url) for _ in range(5))) == [None] * 5
