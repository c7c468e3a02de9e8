"""What is looked for, and what becomes of it."""

import asyncio
from collections.abc import Sequence
from datetime import timedelta

import pytest

from adapters.memory.cache import InMemoryCache
from application.news import News
from application.remembered import Remembered
from domain.errors import Forbidden, InvalidInput, NewsFetchFailed, QueryRequired
from domain.ids import RoomId
from domain.news import Article, attempts, newest
from domain.users import Actor
from tests.builders import START, eventually
from tests.in_memory import InMemoryJarvis


def article(number: int, *, image: str | None = None, undated: bool = False) -> Article:
    at = None if undated else START + timedelta(minutes=number)
    return Article(f"title {number}", f"https://n.example/{number}", "text", f"date {number}", at, image)


class Source:
    def __init__(self, **finds: Sequence[Article]) -> None:
        self.finds = finds
        self.asked: list[str] = []
        self.fault: Exception | None = None

    async def search(self, query: str) -> Sequence[Article]:
        self.asked.append(query)
        if self.fault is not None:
            raise self.fault
        return self.finds.get(query, ())


class Images:
    """Pictures by page; ``waiting`` are those that are being looked for at the moment."""

    def __init__(self) -> None:
        self.missing = {"https://n.example/2"}
        self.waiting = 0
        self.gate = asyncio.Event()
        self.gate.set()

    async def of_page(self, url: str) -> str | None:
        self.waiting += 1
        await self.gate.wait()
        return None if url in self.missing else f"{url}.jpg"


class House:
    def __init__(self) -> None:
        self.jarvis = InMemoryJarvis()
        self.source, self.images = Source(), Images()
        remembered = Remembered(InMemoryCache(self.jarvis.clock), self.jarvis.clock, self.jarvis.ids)
        self.news = News(self.jarvis.work, self.source, self.images, remembered, good_for=300)

    async def about(self, title: str) -> list[str]:
        """Titles of what a member of a room of this title is shown."""
        ana, room_id = await self.room(title)
        return [found.title for found in await self.news.of_room(ana, room_id)]

    async def room(self, title: str) -> tuple[Actor, RoomId]:
        ana = await self.jarvis.person("Ana")
        return ana, (await self.jarvis.room(ana, title=title)).room.id


@pytest.fixture
def house() -> House:
    return House()


async def test_the_newest_about_the_title_each_with_its_picture(house: House) -> None:
    house.source.finds = {"AI 협업": [article(number) for number in (1, 3, 2)]}
    ana, room_id = await house.room("AI 협업")
    assert await house.news.of_room(ana, room_id) == [
        article(3, image="https://n.example/3.jpg"),
        article(2),
        article(1, image="https://n.example/1.jpg"),
    ]
    assert house.source.asked == ["AI 협업"]


async def test_pictures_are_looked_for_side_by_side(house: House) -> None:
    house.source.finds = {"x": [article(number) for number in range(6)]}
    house.images.gate.clear()
    asking = asyncio.ensure_future(house.about("x"))
    await eventually(lambda: house.images.waiting == 6)
    house.images.gate.set()
    assert len(await asking) == 6


async def test_where_nothing_is_found_each_word_is_tried_until_something_is(house: House) -> None:
    house.source.finds = {"출시": [article(1)], "계획": [article(2)]}
    assert await house.about("제품 [출시] 계획") == ["title 1"]
    assert house.source.asked == ["제품 [출시] 계획", "제품", "출시"]
    house.source.asked.clear()
    assert await house.about("아무것도") == []
    assert house.source.asked == ["아무것도"]


async def test_what_was_found_is_kept_for_a_while_and_for_every_room(house: House) -> None:
    house.source.finds = {"AI": [article(1)]}
    for title in ("AI", " AI", "ai"):
        assert await house.about(title) == ["title 1"]
    assert house.source.asked == ["AI"]
    house.jarvis.clock.advance(300)
    await house.about("AI")
    assert house.source.asked == ["AI", "AI"]


async def test_a_fault_is_told_and_not_kept(house: House) -> None:
    house.source.fault = NewsFetchFailed()
    with pytest.raises(NewsFetchFailed):
        await house.about("AI")
    house.source.fault, house.source.finds = None, {"AI": [article(1)]}
    assert await house.about("AI") == ["title 1"]


async def test_a_search_is_for_members_and_for_something(house: House) -> None:
    house.source.finds = {"AI": [article(1)]}
    ana, room_id = await house.room("Room")
    assert [found.title for found in await house.news.search(ana, room_id, "  AI ")] == ["title 1"]
    house.source.asked.clear()
    stranger = await house.jarvis.person("Olga")
    for actor, room in ((stranger, room_id), (ana, RoomId(house.jarvis.ids.new()))):
        with pytest.raises(Forbidden):
            await house.news.search(actor, room, "AI")
        with pytest.raises(Forbidden):
            await house.news.of_room(actor, room)
    for nothing in ("", " \n"):
        with pytest.raises(QueryRequired):
            await house.news.search(ana, room_id, nothing)
    for bad in ("a\0", "a" * 201):
        with pytest.raises(InvalidInput):
            await house.news.search(ana, room_id, bad)
    assert house.source.asked == []


def test_what_is_tried_one_after_the_other() -> None:
    assert list(attempts("하나 둘")) == ["하나 둘", "하나", "둘"]
    assert list(attempts("a b a (a) - !!")) == ["a b a (a) - !!", "a", "b"]
    assert list(attempts("one")) == ["one"]
    assert len(list(attempts(" ".join(str(number) for number in range(100))))) == 11


def test_the_newest_six_each_once_and_undated_ones_last() -> None:
    given = [article(9, undated=True), *(article(number) for number in range(8)), article(3)]
    assert [found.title for found in newest(given)] == [f"title {number}" for number in (7, 6, 5, 4, 3, 2)]
    assert newest([article(9, undated=True), article(1)])[-1] == article(9, undated=True)
    assert newest([]) == []
