"""What a team has said is found by the questions that it asks."""

import pytest

from adapters.mock.embedder import MockEmbedder
from application.embedding import Embedding
from application.indexing import TextIndexing
from application.meanings import Meanings
from application.search import Search
from benchmarks.team_talk import recall, team_talk
from domain.ids import MessageId, RoomId
from domain.search import SearchMode
from domain.users import Actor
from tests.contracts.stores import Stores


@pytest.fixture
async def told(stores: Stores, ana: Actor, room: RoomId) -> dict[MessageId, int]:
    """The talk, said in the room; which message is which line."""
    numbers = {}
    for line in team_talk().lines:
        numbers[(await stores.say(room, ana, line.text)).message_id] = line.number
        stores.clock.advance(600)
    return numbers


def test_the_talk_is_large_enough_to_get_lost_in() -> None:
    talk = team_talk()
    numbers = {line.number for line in talk.lines}
    assert len(numbers) == len(talk.lines) >= 150
    assert len({question.text for question in talk.questions}) == len(talk.questions) >= 50
    assert all(question.answers and question.answers <= numbers for question in talk.questions)
    english = [line for line in talk.lines if line.text.isascii()]
    assert 30 <= len(english) <= len(talk.lines) - 100


@pytest.mark.parametrize("indexed", [False, True], ids=["fresh", "indexed"])
async def test_nine_of_ten_answers_are_among_the_first_five(
    stores: Stores, ana: Actor, room: RoomId, told: dict[MessageId, int], indexed: bool
) -> None:
    meanings = Meanings(stores.work, MockEmbedder(), stores.clock)
    embedding, indexing = Embedding(stores.work, meanings, stores.clock), TextIndexing(stores.work, stores.clock)
    while await embedding.turn():
        pass
    while indexed and await indexing.turn():
        pass
    search = Search(stores.work, meanings, stores.clock)
    found = {mode: await recall(search, ana, room, mode, told) for mode in SearchMode}
    assert found[SearchMode.TEXT] >= 0.9
    assert found[SearchMode.HYBRID] >= 0.9
    assert found[SearchMode.SEMANTIC] >= 0.7, "even by characters alone much is near"
