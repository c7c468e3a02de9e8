"""The vectors of what was said: every message has its own soon after, and none is left behind."""

import asyncio
from collections.abc import Sequence
from datetime import timedelta

import pytest

from adapters.mock.embedder import MockEmbedder
from application.embedding import Embedding, EmbeddingPace
from application.meanings import Meanings
from application.ports.embeddings import Batch, Progress
from application.search import Search
from domain.embeddings import EmbeddingModel, SpaceId, Vector
from domain.errors import EmbeddingFailed, EmbeddingRefused, Unavailable
from domain.events import AnswerPosted, PinChanged, ReactionsChanged
from domain.ids import MessageId, RoomId
from domain.messages import Message, SenderType
from domain.search import SearchMode
from domain.users import Actor
from tests.builders import eventually
from tests.contracts.stores import Stores

LEASE = timedelta(seconds=60)


class Scripted:
    """An embedder that keeps what it was asked, and fails as it is told."""

    def __init__(self, dimensions: int = 64) -> None:
        self._mock = MockEmbedder(dimensions)
        self.model = self._mock.model
        self.asked: list[Sequence[str]] = []
        self.away = False
        self.refuses: set[str] = set()
        self.gate = asyncio.Event()
        self.gate.set()

    async def embed(self, texts: Sequence[str]) -> Sequence[Vector]:
        self.asked.append(texts)
        await self.gate.wait()
        if self.away:
            raise EmbeddingFailed
        if any(word in text for word in self.refuses for text in texts):
            raise EmbeddingRefused
        return await self._mock.embed(texts)

    @property
    def texts(self) -> list[str]:
        return [text for texts in self.asked for text in texts]


@pytest.fixture
def embedder() -> Scripted:
    return Scripted()


@pytest.fixture
def meanings(stores: Stores, embedder: Scripted) -> Meanings:
    return Meanings(stores.work, embedder, stores.clock)


@pytest.fixture
def embedding(stores: Stores, meanings: Meanings) -> Embedding:
    return Embedding(stores.work, meanings, stores.clock, EmbeddingPace(batch=8, lease=LEASE))


@pytest.fixture
def search(stores: Stores, meanings: Meanings) -> Search:
    return Search(stores.work, meanings, stores.clock)


async def settle(embedding: Embedding) -> int:
    turns = 0
    while await embedding.turn():
        turns += 1
    return turns


async def meant(search: Search, actor: Actor, query: str, room_id: RoomId | None = None) -> list[str]:
    """What is nearest to the query first."""
    hits = await search.find(actor, query, room_id, mode=SearchMode.SEMANTIC)
    return [hit.message.content for hit in hits]


async def progress(embedding: Embedding) -> Progress:
    found = await embedding.progress()
    assert found is not None
    return found


async def test_what_was_said_is_found_by_what_it_is_near_to(
    stores: Stores, embedding: Embedding, search: Search, ana: Actor, room: RoomId
) -> None:
    for text in ("배포 일정을 알려드려요", "점심은 국수", "Deployment went well"):
        await stores.say(room, ana, text)
    assert await meant(search, ana, "배포 일정") == []
    await settle(embedding)
    assert (await meant(search, ana, "배포 일정"))[0] == "배포 일정을 알려드려요"
    assert (await meant(search, ana, "the deployment"))[0] == "Deployment went well"
    assert await progress(embedding) == Progress(messages=3, embedded=3, of_other_models=0, waiting=0)


async def test_an_edited_message_is_embedded_again_and_a_deleted_one_is_gone(
    stores: Stores, embedding: Embedding, embedder: Scripted, search: Search, ana: Actor, room: RoomId
) -> None:
    one = await stores.say(room, ana, "점심은 국수")
    two = await stores.say(room, ana, "비밀 계획")
    await settle(embedding)
    await stores.edit(room, one.message_id, ana, "저녁은 비빔밥")
    await stores.delete(room, two.message_id, ana)
    assert await meant(search, ana, "비밀 계획") == [], "what is deleted is not shown, even before its vector is gone"
    await settle(embedding)
    assert (await meant(search, ana, "저녁 비빔밥"))[0] == "저녁은 비빔밥"
    assert await meant(search, ana, "점심 국수") == []
    assert embedder.texts.count("저녁은 비빔밥") == 1
    assert (await progress(embedding)).embedded == 1


async def test_what_is_not_said_by_somebody_has_no_vector(
    stores: Stores, embedding: Embedding, embedder: Scripted, ana: Actor, room: RoomId
) -> None:
    await stores.say(room, ana, "[[jarvis_attachments_v1]]\nW10=\n[[/jarvis_attachments_v1]]")
    async with stores.work() as work:
        said = Message(MessageId(stores.ids.new()), room, 2, SenderType.SYSTEM, None, "들어왔어요", stores.clock.now())
        await work.messages.add(said)
        work.record(AnswerPosted(room, said, "none"))
    async with stores.work() as work:
        said = Message(MessageId(stores.ids.new()), room, 3, SenderType.BOT, None, "네, 답이에요", stores.clock.now())
        await work.messages.add(said)
        work.record(AnswerPosted(room, said, "none"))
    await settle(embedding)
    assert embedder.texts == ["네, 답이에요"]


async def test_a_reaction_makes_no_new_vector(
    stores: Stores, embedding: Embedding, embedder: Scripted, ana: Actor, room: RoomId
) -> None:
    said = await stores.say(room, ana, "하나")
    await settle(embedding)
    async with stores.work() as work:
        await work.rooms.lock(room)
        work.record(ReactionsChanged(room, said.message_id, ()))
        work.record(PinChanged(room, said.message_id, None))
    await settle(embedding)
    assert embedder.texts == ["하나"]
    assert await progress(embedding) == Progress(messages=1, embedded=1, of_other_models=0, waiting=0)


async def test_an_edit_while_the_model_works_wins(
    stores: Stores, embedding: Embedding, embedder: Scripted, search: Search, ana: Actor, room: RoomId
) -> None:
    edited = await stores.say(room, ana, "점심은 국수")
    deleted = await stores.say(room, ana, "비밀 계획")
    embedder.gate.clear()
    turn = asyncio.create_task(embedding.turn())
    await eventually(lambda: bool(embedder.asked))
    await stores.edit(room, edited.message_id, ana, "저녁은 비빔밥")
    await stores.delete(room, deleted.message_id, ana)
    embedder.gate.set()
    await turn
    assert await meant(search, ana, "점심 국수") == []
    assert (await progress(embedding)).embedded == 0
    await settle(embedding)
    assert await meant(search, ana, "저녁 비빔밥") == ["저녁은 비빔밥"]
    assert (await progress(embedding)).embedded == 1


async def test_many_share_the_work_and_no_text_goes_twice(
    stores: Stores, meanings: Meanings, embedder: Scripted, ana: Actor, room: RoomId
) -> None:
    rooms = [room, *[await stores.room(ana) for _ in range(4)]]
    await asyncio.gather(*(stores.say(one, ana, f"{n}번 쪽지 {one}") for one in rooms for n in range(30)))
    workers = [Embedding(stores.work, meanings, stores.clock, EmbeddingPace(batch=8)) for _ in range(4)]
    await asyncio.gather(*map(settle, workers))
    await settle(workers[0])
    assert len(embedder.texts) == len(set(embedder.texts)) == 150
    assert (await progress(workers[0])) == Progress(messages=150, embedded=150, of_other_models=0, waiting=0)


async def _claimed(stores: Stores, meanings: Meanings, room: RoomId) -> Batch | None:
    space = await meanings.space()
    assert space is not None
    now = stores.clock.now()
    async with stores.work() as work:
        return await work.embeddings.claim(space, room, now=now, until=now + LEASE, take=10)


async def test_what_a_dead_worker_held_another_one_does(
    stores: Stores, embedding: Embedding, embedder: Scripted, meanings: Meanings, ana: Actor, room: RoomId
) -> None:
    await stores.say(room, ana, "하나")
    batch = await _claimed(stores, meanings, room)
    assert batch is not None
    assert [piece.text for piece in batch.pieces] == ["하나"]
    assert await settle(embedding) == 0, "the room is held"
    stores.clock.advance(LEASE.total_seconds() + 1)
    assert await settle(embedding) == 1
    (vector,) = await embedder.embed(["anything"])
    async with stores.work() as work:
        assert not await work.embeddings.keep(batch, [vector]), "it comes too late"
    assert (await progress(embedding)).embedded == 1


async def test_what_fails_is_let_go_of_and_done_later(
    stores: Stores, embedding: Embedding, embedder: Scripted, meanings: Meanings, ana: Actor, room: RoomId
) -> None:
    await stores.say(room, ana, "하나")
    embedder.away = True
    with pytest.raises(EmbeddingFailed):
        await embedding.turn()
    assert (await progress(embedding)).waiting == 1
    assert await stores.say(room, ana, "둘"), "nobody who speaks is held up"
    embedder.away = False
    await settle(embedding)
    assert (await progress(embedding)).embedded == 2


async def test_a_worker_that_is_told_to_stop_lets_go_at_once(
    stores: Stores, embedding: Embedding, embedder: Scripted, meanings: Meanings, ana: Actor, room: RoomId
) -> None:
    await stores.say(room, ana, "하나")
    embedder.gate.clear()
    turn = asyncio.create_task(embedding.turn())
    await eventually(lambda: bool(embedder.asked))
    turn.cancel()
    with pytest.raises(asyncio.CancelledError):
        await turn
    assert await _claimed(stores, meanings, room) is not None


async def test_a_text_that_the_model_refuses_holds_up_no_other(
    stores: Stores, embedding: Embedding, embedder: Scripted, ana: Actor, room: RoomId
) -> None:
    embedder.refuses = {"독"}
    for text in ("하나", "독이 든 글", "셋"):
        await stores.say(room, ana, text)
    await settle(embedding)
    assert await progress(embedding) == Progress(messages=3, embedded=2, of_other_models=0, waiting=0)


async def test_a_model_that_refuses_everything_is_at_fault_itself(
    stores: Stores, embedding: Embedding, embedder: Scripted, ana: Actor, room: RoomId
) -> None:
    embedder.refuses = {""}
    await stores.say(room, ana, "하나")
    with pytest.raises(EmbeddingFailed):
        await embedding.turn()
    assert (await progress(embedding)).waiting == 1


async def test_another_model_makes_all_anew_while_the_old_vectors_wait(
    stores: Stores, embedding: Embedding, search: Search, ana: Actor, room: RoomId
) -> None:
    for number in range(20):
        await stores.say(room, ana, f"{number}번 쪽지 나비")
    await settle(embedding)
    other = Scripted(dimensions=32)
    other.model = EmbeddingModel("another", 32)
    renewed = Meanings(stores.work, other, stores.clock)
    renewal = Embedding(stores.work, renewed, stores.clock, EmbeddingPace(batch=8))
    assert await renewal.turn() == 1
    state = await progress(renewal)
    assert 0 < state.embedded < 20
    assert state.embedded + state.of_other_models == 20
    assert await embedding.turn() == 0, "a process with the old model makes no more vectors"
    hits = await Search(stores.work, renewed, stores.clock).find(ana, "나비 19번", room)
    assert "19번 쪽지 나비" in [hit.message.content for hit in hits], "words find what has no new vector yet"
    await settle(renewal)
    assert await progress(renewal) == Progress(messages=20, embedded=20, of_other_models=0, waiting=0)
    assert (await meant(Search(stores.work, renewed, stores.clock), ana, "19번 쪽지 나비"))[0] == "19번 쪽지 나비"


async def test_going_back_to_a_model_makes_all_anew_again(
    stores: Stores, embedder: Scripted, ana: Actor, room: RoomId
) -> None:
    await stores.say(room, ana, "하나")
    other = Scripted(dimensions=32)
    for model in (embedder, other, embedder):
        embedding = Embedding(stores.work, Meanings(stores.work, model, stores.clock), stores.clock)
        await settle(embedding)
        assert await progress(embedding) == Progress(messages=1, embedded=1, of_other_models=0, waiting=0)
    assert embedder.texts == ["하나", "하나"]


async def test_a_rebuild_goes_through_everything_and_tells_how_far_it_is(
    stores: Stores, embedding: Embedding, embedder: Scripted, ana: Actor, room: RoomId
) -> None:
    for number in range(20):
        await stores.say(room, ana, f"{number}번 쪽지")
    await settle(embedding)
    embedder.asked.clear()
    await embedding.restart()
    assert (await progress(embedding)).embedded == 20
    left: list[int] = []
    assert await embedding.drain(left.append)
    assert len(embedder.texts) == 20
    assert left == sorted(left, reverse=True)
    assert left[-1] == 0


async def test_a_deleted_room_leaves_no_vectors(
    stores: Stores, embedding: Embedding, meanings: Meanings, embedder: Scripted, ana: Actor, room: RoomId
) -> None:
    await stores.say(room, ana, "하나")
    await settle(embedding)
    await stores.say(room, ana, "둘")
    batch = await _claimed(stores, meanings, room)
    assert batch is not None
    await stores.rooms.delete(ana, room)
    async with stores.work() as work:
        assert not await work.embeddings.keep(batch, await embedder.embed(["둘"]))
    assert await progress(embedding) == Progress(0, 0, 0, 0)
    assert await embedding.turn() == 0


async def test_meaning_is_looked_for_only_in_rooms_that_one_is_in(
    stores: Stores, embedding: Embedding, search: Search, ana: Actor, ben: Actor, outsider: Actor, room: RoomId
) -> None:
    other = await stores.room(ana)
    await stores.say(room, ana, "나비 하나")
    await stores.say(other, ana, "나비 둘")
    await settle(embedding)
    assert sorted(await meant(search, ana, "나비")) == ["나비 둘", "나비 하나"]
    assert await meant(search, ana, "나비", other) == ["나비 둘"]
    assert await meant(search, ben, "나비") == ["나비 하나"]
    assert await meant(search, outsider, "나비") == []


async def test_words_and_meaning_together_find_what_either_does(
    stores: Stores, embedding: Embedding, search: Search, ana: Actor, room: RoomId
) -> None:
    await stores.say(room, ana, "배포 일정은 목요일")
    await stores.say(room, ana, "딴 이야기")
    await settle(embedding)
    await stores.say(room, ana, "배포 일정이 바뀌었어요")
    hits = await search.find(ana, "배포 일정", room)
    assert [hit.message.seq for hit in hits][:2] == [1, 3]
    assert hits[0].highlights == ((0, 2), (3, 5))
    assert all(0 <= hit.score <= 1 for hit in hits)


async def test_where_the_model_is_away_words_still_find(
    stores: Stores, embedder: Scripted, search: Search, ana: Actor, room: RoomId
) -> None:
    await stores.say(room, ana, "배포 일정")
    embedder.away = True
    assert [hit.message.content for hit in await search.find(ana, "배포")] == ["배포 일정"]
    with pytest.raises(EmbeddingFailed):
        await search.find(ana, "배포", mode=SearchMode.SEMANTIC)


async def test_it_goes_on_after_failures_ever_more_seldom(
    stores: Stores, embedding: Embedding, embedder: Scripted, ana: Actor, room: RoomId
) -> None:
    await stores.say(room, ana, "하나")
    embedder.away = True
    running = asyncio.create_task(embedding.run())
    for pause in (2, 4, 8):
        await stores.clock.sleepers()
        asked = len(embedder.asked)
        stores.clock.advance(pause - 0.5)
        for _ in range(5):
            await asyncio.sleep(0)
        assert len(embedder.asked) == asked
        stores.clock.advance(0.5)
        await eventually(lambda: len(embedder.asked) > asked)  # noqa: B023
    embedder.away = False
    await stores.clock.sleepers()
    stores.clock.advance(16)
    await stores.clock.sleepers()
    running.cancel()
    assert (await progress(embedding)).embedded == 1


async def test_a_store_that_keeps_no_vectors_is_searched_by_words(
    stores: Stores, ana: Actor, room: RoomId, caplog: pytest.LogCaptureFixture
) -> None:
    class NoSpace(Meanings):
        async def space(self) -> SpaceId | None:
            return None

    none = NoSpace(stores.work, Scripted(), stores.clock)
    await stores.say(room, ana, "배포 일정")
    search = Search(stores.work, none, stores.clock)
    assert [hit.message.content for hit in await search.find(ana, "배포")] == ["배포 일정"]
    with pytest.raises(Unavailable):
        await search.find(ana, "배포", mode=SearchMode.SEMANTIC)
    embedding = Embedding(stores.work, none, stores.clock)
    assert (await embedding.turn(), await embedding.progress(), await embedding.drain(print)) == (0, None, False)
