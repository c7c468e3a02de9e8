"""News through the whole product, with Naver there, broken, and absent."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack

import pytest
from aiohttp import web

from tests.end_to_end.client import UNKNOWN_ID, Person
from tests.end_to_end.conftest import OpenServer
from tests.vendors import naver as vendor
from tests.vendors.naver import ID, SECRET, Naver, article
from tests.vendors.stand_in import StandIn


class Publisher(StandIn):
    """A page with a picture at ``/good``; at ``/slow`` none ever comes, ``/away`` leads on to another address of this
    machine."""

    async def answer(self, request: web.Request) -> web.StreamResponse:
        match request.path:
            case "/good":
                return web.Response(text='<meta property="og:image" content="/1.jpg">', content_type="text/html")
            case "/slow":
                await self._stopped.wait()
            case "/away":
                return web.Response(status=302, headers={"Location": f"http://127.0.0.2:{request.url.port}/good"})
        return web.Response(status=500)


@pytest.fixture
async def vendors() -> AsyncIterator[tuple[Naver, Publisher]]:
    naver, publisher = Naver(), Publisher()
    async with AsyncExitStack() as stack:
        await stack.enter_async_context(naver.serving())
        await stack.enter_async_context(publisher.serving())
        yield naver, publisher


@pytest.fixture
def naver(vendors: tuple[Naver, Publisher]) -> Naver:
    return vendors[0]


async def ana_of(open_server: OpenServer, naver: Naver, **settings: object) -> Person:
    server = await open_server(NAVER_CLIENT_ID=ID, NAVER_CLIENT_SECRET=SECRET, NAVER_BASE_URL=naver.url, **settings)
    return await server.person("Ana")


async def test_the_news_of_a_room(open_server: OpenServer, vendors: tuple[Naver, Publisher]) -> None:
    naver, publisher = vendors
    naver.finds["출시"] = [
        article(1, "<b>출시</b> &quot;임박&quot;", f"{publisher.url}/good"),
        article(4, link=f"{publisher.url}/slow"),
        article(3, link=f"{publisher.url}/away"),
        article(2, link=f"{publisher.url}/broken"),
        article(5, link="http://10.0.0.1/"),
        article(6, link="http://169.254.169.254/latest/meta-data/"),
        article(7, link=f"{publisher.url}/good?7"),
    ]
    ana = await ana_of(open_server, naver, JARVIS_OUTBOUND_ALLOW="127.0.0.1", JARVIS_PREVIEW_SECONDS=0.5)
    room = await ana.open_room(title="제품 출시")
    answer = await ana.get(f"/rooms/{room}/news")
    assert answer["items"][-1] == {
        "title": '출시 "임박"',
        "link": f"{publisher.url}/good",
        "description": "설명 1",
        "pubDate": "Mon, 16 Feb 2026 10:01:00 +0900",
        "publishedAt": "2026-02-16T01:01:00.000Z",
        "imageUrl": f"{publisher.url}/1.jpg",
    }
    assert [(item["description"], item["imageUrl"]) for item in answer["items"][:-1]] == [
        (f"설명 {number}", None) for number in (6, 5, 4, 3, 2)
    ]
    assert await ana.get(f"/rooms/{room}/news/search?q=출시") == answer
    assert naver.queries == ["제품 출시", "제품", "출시"]


async def test_pages_of_this_machine_are_not_read_unless_that_is_opened(
    open_server: OpenServer, vendors: tuple[Naver, Publisher]
) -> None:
    naver, publisher = vendors
    naver.finds["x"] = [article(1, link=f"{publisher.url}/good")]
    ana = await ana_of(open_server, naver)
    [item] = (await ana.get(f"/rooms/{await ana.open_room(title='x')}/news"))["items"]
    assert item["imageUrl"] is None
    assert publisher.asked == []


@pytest.mark.parametrize(
    ("fault", "status", "code"),
    [
        (vendor.UNKNOWN_CLIENT, 502, "NAVER_API_AUTH_FAILED"),
        (vendor.TOO_FAST, 429, "NAVER_API_RATE_LIMIT"),
        (vendor.SICK, 502, "NAVER_NEWS_FETCH_FAILED"),
        (lambda: web.Response(text="<html>"), 502, "NAVER_NEWS_FETCH_FAILED"),
    ],
)
async def test_its_faults_have_codes_also_while_it_is_left_alone(
    open_server: OpenServer, naver: Naver, fault: Callable[[], web.Response], status: int, code: str
) -> None:
    ana = await ana_of(open_server, naver, JARVIS_VENDOR_FAILURES=2)
    room = await ana.open_room(title="x")
    naver.instead = fault
    for path in ("news", "news/search?q=a", "news/search?q=b"):
        refused = await ana.call("GET", f"/rooms/{room}/{path}")
        assert (refused.status, refused.error) == (status, code)
        assert {"message", "requestId"} < set(refused.body)
    assert len(naver.asked) == 2


async def test_a_naver_that_does_not_answer_is_cut_off(open_server: OpenServer, naver: Naver) -> None:
    naver.silent = True
    ana = await ana_of(open_server, naver, JARVIS_VENDOR_SECONDS=0.05)
    refused = await ana.call("GET", f"/rooms/{await ana.open_room()}/news")
    assert (refused.status, refused.error) == (502, "NAVER_NEWS_FETCH_FAILED")


async def test_what_is_asked_is_checked_before_what_is_configured(ana: Person, ben: Person, room: str) -> None:
    for path, status, code in (
        (f"/rooms/{room}/news/search", 400, "QUERY_REQUIRED"),
        (f"/rooms/{room}/news/search?q=%20", 400, "QUERY_REQUIRED"),
        (f"/rooms/{room}/news/search?q={'x' * 201}", 400, "VALIDATION_FAILED"),
        (f"/rooms/{UNKNOWN_ID}/news", 403, "FORBIDDEN"),
        (f"/rooms/{UNKNOWN_ID}/news/search?q=a", 403, "FORBIDDEN"),
        ("/rooms/nonsense/news", 400, "VALIDATION_FAILED"),
        (f"/rooms/{room}/news", 503, "NAVER_NEWS_NOT_CONFIGURED"),
        (f"/rooms/{room}/news/search?q=a", 503, "NAVER_NEWS_NOT_CONFIGURED"),
    ):
        refused = await ben.call("GET", path)
        assert (refused.status, refused.error) == (status, code), path


async def test_many_who_ask_at_once_ask_naver_once(open_server: OpenServer, naver: Naver) -> None:
    naver.finds["x"] = [article(1, link="http://10.0.0.1/")]
    ana = await ana_of(open_server, naver)
    room = await ana.open_room(title="x")
    answers = await asyncio.gather(*(ana.get(f"/rooms/{room}/news") for _ in range(10)))
    assert all(answer == answers[0] for answer in answers)
    assert naver.queries == ["x"]
