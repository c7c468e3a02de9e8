"""News about what a room talks of."""

import asyncio
import json
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

from application.membership import require_member
from application.ports.news_source import NewsSource
from application.ports.preview_images import PreviewImages
from application.ports.unit_of_work import Work
from application.remembered import Remembered, cache_key
from domain.ids import RoomId
from domain.news import QUERY_LIMIT, Article, attempts, newest, news_query
from domain.users import Actor


class News:
    """Looks for news and for the picture of each; what was found is good for ``good_for`` seconds."""

    def __init__(
        self,
        work: Work,
        source: NewsSource,
        images: PreviewImages,
        remembered: Remembered,
        good_for: float = 300.0,
    ) -> None:
        self._work = work
        self._source = source
        self._images = images
        self._remembered = remembered
        self._good_for = good_for

    async def of_room(self, actor: Actor, room_id: RoomId) -> Sequence[Article]:
        """The newest articles about the room's title, or else about one of its words.

        Raises:
            Forbidden: the actor is no member.
            NewsNotConfigured, NewsAuthFailed, NewsRateLimited, NewsFetchFailed: as the source says.
        """
        async with self._work() as work:
            await require_member(work, room_id, actor.id)
            title = await work.titles.of(room_id, actor.id)
        return await self._found(title[:QUERY_LIMIT])

    async def search(self, actor: Actor, room_id: RoomId, query: str) -> Sequence[Article]:
        """The same for something else.

        Raises:
            QueryRequired, InvalidInput: the query is empty, too long, or cannot be stored.
            Forbidden: the actor is no member.
            NewsNotConfigured, NewsAuthFailed, NewsRateLimited, NewsFetchFailed: as the source says.
        """
        query = news_query(query)
        async with self._work() as work:
            await require_member(work, room_id, actor.id)
        return await self._found(query)

    async def _found(self, query: str) -> Sequence[Article]:
        for attempt in attempts(query):
            articles = await self._about(attempt)
            if articles:
                return articles
        return []

    async def _about(self, query: str) -> Sequence[Article]:
        async def make() -> bytes:
            articles = newest(await self._source.search(query))
            images = await asyncio.gather(*(self._images.of_page(article.link) for article in articles))
            pictured = [replace(article, image_url=image) for article, image in zip(articles, images, strict=True)]
            return json.dumps([_packed(article) for article in pictured]).encode()

        key = cache_key("news", " ".join(query.casefold().split()))
        found = await self._remembered.get(key, make, seconds=self._good_for)
        return [_unpacked(fields) for fields in json.loads(found.value)]


def _packed(article: Article) -> list[Any]:
    at = article.published_at
    return [
        article.title,
        article.link,
        article.description,
        article.pub_date,
        None if at is None else at.isoformat(),
        article.image_url,
    ]


def _unpacked(fields: list[Any]) -> Article:
    title, link, description, pub_date, at, image_url = fields
    return Article(title, link, description, pub_date, None if at is None else datetime.fromisoformat(at), image_url)
