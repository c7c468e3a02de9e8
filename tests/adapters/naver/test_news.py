"""Naver's news search, with its oddities."""

import logging
from collections.abc import AsyncIterator, Callable
from datetime import UTC, datetime

import pytest
from aiohttp import web
from hypothesis import given
from hypothesis import strategies as st

from adapters.naver.news import NaverNews, plain_text
from domain.errors import DomainError, NewsAuthFailed, NewsFetchFailed, NewsNotConfigured, NewsRateLimited
from domain.news import Article
from tests.vendors import naver as vendor
from tests.vendors.naver import ID, SECRET, Naver, article, listed


@pytest.fixture
async def naver() -> AsyncIterator[Naver]:
    naver = Naver()
    async with naver.serving():
        yield naver


def source(naver: Naver, *, seconds: float = 10) -> NaverNews:
    return NaverNews(naver.url + "/", ID, SECRET, seconds=seconds)


async def test_an_article_as_naver_says_it_in_plain_text(naver: Naver) -> None:
    naver.finds["AI 협업 & 도구"] = [
        article(
            5,
            "<b>AI</b> &quot;협업&quot; 도구, &lt;b&gt;출시&lt;/b&gt; &amp; 확대",
            "https://n.news.example.com/5?a=1&b=2",
            description="매출 1 &lt; 2\n  <b>AI</b>&nbsp;시대…&#39;끝&#39;",
        )
    ]
    assert await source(naver).search("AI 협업 & 도구") == [
        Article(
            title='AI "협업" 도구, <b>출시</b> & 확대',
            link="https://n.news.example.com/5?a=1&b=2",
            description="매출 1 < 2 AI 시대…'끝'",
            pub_date="Mon, 16 Feb 2026 10:05:00 +0900",
            published_at=datetime(2026, 2, 16, 1, 5, tzinfo=UTC),
        )
    ]
    [asked] = naver.asked
    assert (asked.query["display"], asked.query["sort"]) == ("6", "date")


@pytest.mark.parametrize("odd", ["", "yesterday", "2026-02-16", "Mon, 99 Feb 2026 10:00:00 +0900", "Mon"])
async def test_a_date_that_cannot_be_read_is_passed_on_as_it_is(naver: Naver, odd: str) -> None:
    naver.finds["x"] = [article(1, pubDate=odd)]
    [found] = await source(naver).search("x")
    assert (found.pub_date, found.published_at) == (odd, None)


@pytest.mark.parametrize("link", ["", "javascript:alert(1)", "file:///etc/passwd", "//example.com", "data:text/html,x"])
async def test_what_leads_to_no_page_is_left_out(naver: Naver, link: str) -> None:
    naver.instead = lambda: web.json_response(listed({**article(1), "link": link}, article(2)))
    assert [found.title for found in await source(naver).search("x")] == ["제목 2"]


@pytest.mark.parametrize(
    "broken",
    [
        {**article(1), "title": None},
        {**article(1), "link": None},
        {**article(1), "title": "<b> </b>"},
        {**article(1), "title": 7},
        {**article(1), "link": ["https://example.com"]},
        {},
        None,
        "article",
    ],
)
async def test_an_article_without_a_title_or_a_link_costs_nothing_but_itself(naver: Naver, broken: object) -> None:
    naver.instead = lambda: web.json_response({"items": [article(2), broken, article(3)]})
    assert [found.title for found in await source(naver).search("x")] == ["제목 2", "제목 3"]


@pytest.mark.parametrize("odd", [None, 7, {}, []])
async def test_what_else_an_article_does_not_say_is_empty(naver: Naver, odd: object) -> None:
    naver.instead = lambda: web.json_response({"items": [{**article(1), "description": odd, "pubDate": odd}]})
    [found] = await source(naver).search("x")
    assert (found.title, found.description, found.pub_date, found.published_at) == ("제목 1", "", "", None)


@pytest.mark.parametrize(
    ("fault", "refusal"),
    [
        (vendor.UNKNOWN_CLIENT, NewsAuthFailed),
        (vendor.NOT_SUBSCRIBED, NewsAuthFailed),
        (vendor.TOO_FAST, NewsRateLimited),
        (vendor.SICK, NewsFetchFailed),
        (lambda: web.Response(status=503, text="<html>"), NewsFetchFailed),
        (lambda: web.Response(text="<html>"), NewsFetchFailed),
        (lambda: web.Response(text=""), NewsFetchFailed),
        (lambda: web.json_response([]), NewsFetchFailed),
        (lambda: web.json_response({"items": "none"}), NewsFetchFailed),
        (lambda: web.Response(body=b" " * 2_000_000), NewsFetchFailed),
        (lambda: web.Response(status=302, headers={"Location": "http://[bad"}), NewsFetchFailed),
    ],
)
async def test_each_of_its_faults_has_a_code(
    naver: Naver, fault: Callable[[], web.Response], refusal: type[DomainError]
) -> None:
    naver.instead = fault
    with pytest.raises(refusal):
        await source(naver).search("x")


async def test_a_query_it_does_not_take_finds_nothing(naver: Naver) -> None:
    naver.instead = vendor.BAD_QUERY
    assert await source(naver).search("x") == []


async def test_who_does_not_answer_has_failed(naver: Naver) -> None:
    naver.silent = True
    with pytest.raises(NewsFetchFailed):
        await source(naver, seconds=0.05).search("x")
    with pytest.raises(NewsFetchFailed):
        await NaverNews("http://127.0.0.1:1", ID, SECRET).search("x")


@pytest.mark.parametrize(("client", "secret"), [(None, None), (ID, None), (None, SECRET), ("", "")])
async def test_without_its_key_nobody_is_asked(naver: Naver, client: str | None, secret: str | None) -> None:
    with pytest.raises(NewsNotConfigured):
        await NaverNews(naver.url, client, secret).search("x")
    assert naver.asked == []


async def test_keys_and_queries_are_not_written_down(naver: Naver, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    naver.instead = vendor.SICK
    with pytest.raises(NewsFetchFailed):
        await source(naver).search("비밀 계획")
    assert "status 500" in caplog.text
    assert not any(word in caplog.text for word in (ID, SECRET, "비밀"))


@pytest.mark.parametrize(
    ("html", "text"),
    [
        ("", ""),
        ("a", "a"),
        ("<b>a</b>b", "ab"),
        ("<b>unclosed", "unclosed"),
        ("1<2 and 3>2", "1<2 and 3>2"),
        ("&amp;lt;b&amp;gt;", "&lt;b&gt;"),
        ("a&nbsp;&nbsp; b\n\tc", "a b c"),
        ("&unknown; &", "&unknown; &"),
        ("&#54620;&#xAD6D;", "한국"),
        ("<!-- note -->a", "a"),
        ("A&amp;B <i><b>C</b></i>", "A&B C"),
    ],
)
def test_html_is_taken_off(html: str, text: str) -> None:
    assert plain_text(html) == text


@given(st.text())
def test_any_text_has_a_plain_form_on_one_line(html: str) -> None:
    plain = plain_text(html)
    assert plain == " ".join(plain.split())
