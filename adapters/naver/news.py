"""News from Naver's search."""

import logging
from collections.abc import Sequence
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Annotated, Any

from aiohttp import ClientError, ClientResponse, ClientSession, ClientTimeout
from pydantic import BaseModel, BeforeValidator, ValidationError
from selectolax.lexbor import LexborHTMLParser

from domain.errors import NewsAuthFailed, NewsFetchFailed, NewsNotConfigured, NewsRateLimited
from domain.news import MOST_ARTICLES, Article

_log = logging.getLogger(__name__)

_MOST_BYTES = 1024 * 1024


_Text = Annotated[str, BeforeValidator(lambda said: said if isinstance(said, str) else "")]
"""What is no text says nothing, and costs neither the article nor the list."""


class _Item(BaseModel):
    title: _Text = ""
    link: _Text = ""
    description: _Text = ""
    pubDate: _Text = ""  # noqa: N815 -- Naver's word


class _Answer(BaseModel):
    items: list[Any] = []


class NaverNews:
    """NewsSource on the search API of Naver's developers; without an id and a secret it is not configured."""

    def __init__(
        self, base_url: str, client_id: str | None, client_secret: str | None, *, seconds: float = 8.0
    ) -> None:
        self._address = f"{base_url.rstrip('/')}/v1/search/news.json"
        self._headers = {"X-Naver-Client-Id": client_id or "", "X-Naver-Client-Secret": client_secret or ""}
        self._timeout = ClientTimeout(total=seconds)

    async def search(self, query: str) -> Sequence[Article]:
        if not all(self._headers.values()):
            raise NewsNotConfigured
        asked = {"query": query, "display": str(MOST_ARTICLES), "sort": "date"}
        try:
            async with (
                ClientSession(timeout=self._timeout) as session,
                session.get(self._address, params=asked, headers=self._headers) as response,
            ):
                text = await _read(response)
        except (ClientError, TimeoutError, OSError, ValueError):
            raise NewsFetchFailed from None
        if text is None:
            return []
        try:
            listed = _Answer.model_validate_json(text).items
        except ValidationError:
            _log.warning("Naver answered in a form that is not known")
            raise NewsFetchFailed from None
        items = (_Item.model_validate(item) for item in listed if isinstance(item, dict))
        articles = (_article(item) for item in items if item.link.startswith(("https://", "http://")))
        return [article for article in articles if article.title]


async def _read(response: ClientResponse) -> bytes | None:
    """The body of a good answer; None where it does not take such a query."""
    match response.status:
        case 200:
            pass
        case 400:
            return None
        case 401 | 403:
            raise NewsAuthFailed
        case 429:
            raise NewsRateLimited
        case status:
            _log.warning("Naver answered with status %d", status)
            raise NewsFetchFailed
    text = bytearray()
    async for chunk in response.content.iter_chunked(16 * 1024):
        text += chunk
        if len(text) > _MOST_BYTES:
            raise NewsFetchFailed
    return bytes(text)


def _article(item: _Item) -> Article:
    return Article(
        title=plain_text(item.title),
        link=item.link,
        description=plain_text(item.description),
        pub_date=item.pubDate,
        published_at=_time(item.pubDate),
    )


def plain_text(html: str) -> str:
    """What a piece of HTML says: without its tags, with what its entities stand for, on one line."""
    root = LexborHTMLParser(html).body
    return " ".join(root.text().split()) if root is not None else ""


def _time(text: str) -> datetime | None:
    """``Mon, 16 Feb 2026 10:02:00 +0900`` in UTC; None where it is no such time."""
    try:
        return parsedate_to_datetime(text).astimezone(UTC)
    except (ValueError, OverflowError):
        return None
