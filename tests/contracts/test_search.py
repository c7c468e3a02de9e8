"""Finding what was said, before the index has seen it and after."""

# ruff: noqa: RUF001 -- widths and letters that only look alike are what is tested

import asyncio
from dataclasses import replace

import pytest

from adapters.memory.message_search import InMemoryTextIndex
from adapters.mock.embedder import MockEmbedder
from application.indexing import TextIndexing
from application.meanings import Meanings
from application.search import Hit, Search
from domain.errors import Forbidden
from domain.events import AnswerPosted
from domain.ids import MessageId, RoomId
from domain.messages import Message, SenderType
from domain.search import SearchMode
from domain.users import Actor
from tests.contracts.stores import Stores


class Finder:
    """Search over a store whose index is brought up to date before each look, or never is."""

    def __init__(self, stores: Stores, *, indexed: bool) -> None:
        self._stores, self._indexed = stores, indexed
        self.search = Search(stores.work, Meanings(stores.work, MockEmbedder(), stores.clock), stores.clock)
        self.indexing = TextIndexing(stores.work, stores.clock)

    async def hits(self, actor: Actor, query: str, room_id: RoomId | None = None, take: int = 20) -> list[Hit]:
        if self._indexed:
            await self.settle()
        return list(await self.search.find(actor, query, room_id, mode=SearchMode.TEXT, take=take))

    async def texts(self, actor: Actor, query: str, room_id: RoomId | None = None) -> list[str]:
        return [hit.message.content for hit in await self.hits(actor, query, room_id)]

    async def settle(self) -> None:
        while await self.indexing.turn():
            pass


@pytest.fixture(params=[False, True], ids=["fresh", "indexed"])
def finder(request: pytest.FixtureRequest, stores: Stores) -> Finder:
    return Finder(stores, indexed=request.param)


@pytest.mark.parametrize(
    ("said", "query"),
    [
        ("내일 오전에 배포하겠습니다", "배포"),
        ("회의실은 3층입니다", "회의실"),
        ("회의실은 3층입니다", "회의실을 찾아줘"),
        ("결제서버장애가 났어요", "서버 장애"),
        ("서버 장애가 났어요", "서버장애"),
        ("밥 먹으러 갑시다", "밥"),
        ("오늘도 야근", "근"),
        ("The Deployment went well", "deploy"),
        ("we deployed it", "DEPLOYING"),
        ("ＡＢＣ 프로젝트", "abc"),
        ("abc 프로젝트", "ＡＢＣ"),
        ("\u1112\u1161\u11ab글", "한글"),
        ("한글", "\u1112\u1161\u11ab글"),
        ("die STRASSE", "straße"),
        ("버전 2.4.1 나왔어요", "2.4.1"),
        ("東京で会議", "東京"),
        ("축하해요 🎉", "🎉"),
        ("it's O'Brien\\'s turn", "o'brien\\'s"),
    ],
)
async def test_a_message_is_found_by_its_words(
    stores: Stores, finder: Finder, ana: Actor, room: RoomId, said: str, query: str
) -> None:
    await stores.say(room, ana, said)
    await stores.say(room, ana, "전혀 딴 이야기 something else")
    assert await finder.texts(ana, query) == [said]


@pytest.mark.parametrize("query", ["예산", "xyz", "!?", "' | & ! <-> :*", "%", "\u3000.", "@", "1"])
async def test_nothing_is_found_by_words_that_nobody_said(
    stores: Stores, finder: Finder, ana: Actor, room: RoomId, query: str
) -> None:
    await stores.say(room, ana, "내일 오전에 배포합니다, Deployment at ten")
    assert await finder.texts(ana, query) == []


async def test_what_holds_all_words_comes_first_and_the_newer_of_equals(
    stores: Stores, finder: Finder, ana: Actor, room: RoomId
) -> None:
    for text in ("배포 일정", "일정 공유", "배포 일정 공유드려요", "딴 이야기", "배포 일정"):
        await stores.say(room, ana, text)
        stores.clock.advance(3600)
    found = await finder.hits(ana, "배포 일정")
    assert [hit.message.seq for hit in found] == [5, 1, 3, 2]
    assert [hit.score for hit in found] == sorted((hit.score for hit in found), reverse=True)
    assert [hit.message.seq for hit in await finder.hits(ana, "배포 일정", take=2)] == [5, 1]


async def test_an_edit_is_found_by_its_new_words_alone(
    stores: Stores, finder: Finder, ana: Actor, room: RoomId
) -> None:
    said = await stores.say(room, ana, "예산 초안")
    assert await finder.texts(ana, "초안") == ["예산 초안"]
    await stores.edit(room, said.message_id, ana, "예산 확정")
    assert await finder.texts(ana, "초안") == []
    assert await finder.texts(ana, "확정") == ["예산 확정"]


async def test_what_is_deleted_is_found_no_more(stores: Stores, finder: Finder, ana: Actor, room: RoomId) -> None:
    said = await stores.say(room, ana, "비밀번호는 나비")
    assert await finder.texts(ana, "나비") != []
    await stores.delete(room, said.message_id, ana)
    assert await finder.texts(ana, "나비") == []
    assert await finder.texts(ana, "삭제된 메시지") == []


async def test_answers_of_jarvis_are_found_and_the_rooms_own_words_are_not(
    stores: Stores, finder: Finder, ana: Actor, room: RoomId
) -> None:
    request = stores.a_request(room, ana)
    await stores.ask(request)
    answer = Message(
        MessageId(stores.ids.new()), room, 1, SenderType.BOT, None, "예산은 천만 원", stores.clock.now(),
        request_id=request.id,
    )  # fmt: skip
    system = replace(answer, id=MessageId(stores.ids.new()), seq=2, sender_type=SenderType.SYSTEM, request_id=None)
    async with stores.work() as work:
        await work.messages.add(answer)
        work.record(AnswerPosted(room, answer, request.public_id))
    async with stores.work() as work:
        await work.messages.add(system)
        work.record(AnswerPosted(room, system, "none"))
    assert [hit.message.id for hit in await finder.hits(ana, "예산")] == [answer.id]


async def test_attachments_are_not_searched(stores: Stores, finder: Finder, ana: Actor, room: RoomId) -> None:
    block = "\n[[jarvis_attachments_v1]]\nZmluZG1l\n[[/jarvis_attachments_v1]]"
    await stores.say(room, ana, f"회의 자료{block}")
    assert await finder.texts(ana, "ZmluZG1l") == []
    assert await finder.texts(ana, "jarvis_attachments_v1") == []
    (hit,) = await finder.hits(ana, "자료")
    assert hit.highlights == ((3, 5),)


async def test_megabytes_of_attachments_are_left_out_of_what_is_found(
    stores: Stores, finder: Finder, ana: Actor, room: RoomId
) -> None:
    block = f"\n[[jarvis_attachments_v1]]\n{'QUJD' * 200_000}\n[[/jarvis_attachments_v1]]"
    await stores.say(room, ana, f"회의 자료{block}")
    (hit,) = await finder.hits(ana, "자료")
    assert (hit.message.content, hit.highlights) == ("회의 자료", ((3, 5),))
    assert len((await stores.page(room))[0].content) > 800_000


@pytest.mark.parametrize(
    ("said", "query", "marked"),
    [
        ("배포는 내일, 배포 전에 확인", "배포", ["배포", "배포"]),
        ("👍🏽 배포 완료 🎉", "배포", ["배포"]),
        ("We deployed. Deployment done", "deploy", ["deploy", "Deploy"]),
        ("전각 ＡＢＣ 🎉 끝", "abc 🎉", ["ＡＢＣ", "🎉"]),
        ("\u1112\u1161\u11ab글 문서", "한글", ["\u1112\u1161\u11ab글"]),
        ("서버 장애", "서버장애", ["서버", "장애"]),
    ],
)
async def test_highlights_are_spans_of_the_content_as_javascript_counts(
    stores: Stores, finder: Finder, ana: Actor, room: RoomId, said: str, query: str, marked: list[str]
) -> None:
    await stores.say(room, ana, said)
    (hit,) = await finder.hits(ana, query)
    units = said.encode("utf-16-le")
    assert [units[2 * start : 2 * end].decode("utf-16-le") for start, end in hit.highlights] == marked


async def test_only_rooms_that_one_is_in_are_looked_through(
    stores: Stores, finder: Finder, ana: Actor, ben: Actor, outsider: Actor, room: RoomId
) -> None:
    other = await stores.room(ana, title="other")
    await stores.say(room, ana, "예산 하나")
    await stores.say(other, ana, "예산 둘")
    assert set(await finder.texts(ana, "예산")) == {"예산 하나", "예산 둘"}
    assert await finder.texts(ana, "예산", other) == ["예산 둘"]
    assert await finder.texts(ben, "예산") == ["예산 하나"]
    assert await finder.texts(outsider, "예산") == []
    await stores.rooms.leave(ben, room)
    assert await finder.texts(ben, "예산") == []
    for actor, where in ((ben, room), (ben, other), (outsider, room), (ana, RoomId(stores.ids.new()))):
        with pytest.raises(Forbidden):
            await finder.texts(actor, "예산", where)


async def test_a_deleted_room_is_forgotten(stores: Stores, finder: Finder, ana: Actor, room: RoomId) -> None:
    await stores.say(room, ana, "예산")
    await finder.texts(ana, "예산")
    await stores.rooms.delete(ana, room)
    assert await finder.texts(ana, "예산") == []
    assert await finder.indexing.turn() == 0


async def test_the_index_takes_a_long_log_in_by_and_by(
    stores: Stores, finder: Finder, ana: Actor, room: RoomId
) -> None:
    said = [stores.say(room, ana, f"번호 {number} 쪽지") for number in range(300)]
    await asyncio.gather(*said)
    assert [hit.message.seq for hit in await finder.hits(ana, "쪽지 217")][:1] == [218]
    assert [hit.message.seq for hit in await finder.hits(ana, "쪽지 3")][:1] == [4]


async def test_what_is_said_while_the_index_follows_is_found(stores: Stores, ana: Actor, room: RoomId) -> None:
    finder = Finder(stores, indexed=False)
    for number in range(20):
        said = await stores.say(room, ana, f"나비 {number}")
        if number % 3 == 0:
            await finder.settle()
        if number % 5 == 0:
            await stores.edit(room, said.message_id, ana, f"나비 {number} 고침")
    assert len(await finder.hits(ana, "나비")) == 20
    assert len(await finder.hits(ana, "고침")) == 4


async def test_many_may_follow_at_once(stores: Stores, ana: Actor, room: RoomId) -> None:
    others = [await stores.room(ana) for _ in range(3)]
    await asyncio.gather(*(stores.say(one, ana, f"나비 {n}") for one in (room, *others) for n in range(50)))
    finder = Finder(stores, indexed=False)
    await asyncio.gather(*(Finder(stores, indexed=True).settle() for _ in range(4)))
    await finder.settle()
    async with stores.work() as work:
        assert (await work.text_index.behind(take=10)).events == 0
        in_memory = isinstance(work.text_index, InMemoryTextIndex)
    found = await finder.hits(ana, "나비 7", room)
    assert found[0].message.content == "나비 7"
    assert in_memory == stores.serial
