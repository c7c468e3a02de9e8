"""Summaries of talk of any length: every part reaches the end, and no question is larger than it may be."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from application.portions import Portions
from application.ports.chat_model import Said
from application.ports.summarizer import Material
from application.summaries import Summaries, said_before, through_log
from application.tokens import tokens_of
from domain.errors import ModelFailed
from domain.meetings import Point, Summary
from domain.users import Actor
from tests.builders import START
from tests.in_memory import InMemoryJarvis

PORTIONS = Portions(tokens=600, at_once=3)


class Clerk:
    """A summarizer that keeps the words that begin with ``fact``, and what it was given."""

    def __init__(self) -> None:
        self.given: list[Material] = []
        self.failure: Exception | None = None

    async def summary(self, material: Material) -> Summary:
        self.given.append(material)
        if self.failure is not None:
            raise self.failure
        return Summary(tuple(Point(fact) for fact in _facts(material)))

    async def retold(self, material: Material, reader: str) -> AsyncIterator[str]:
        self.given.append(material)
        for fact in _facts(material):
            yield f"{fact} "


def _facts(material: Material) -> list[str]:
    texts = [said.text for said in material.said] + [text for part in material.parts for text in part.texts]
    return [word for text in texts for word in text.split() if word.startswith("fact")]


def a_talk(*texts: str) -> list[Said]:
    return [Said("Ana", text, START + timedelta(seconds=at), ref=at) for at, text in enumerate(texts)]


async def newest_first(talk: Sequence[Said]) -> AsyncIterator[Said]:
    for said in reversed(talk):
        yield said


@pytest.fixture
def clerk() -> Clerk:
    return Clerk()


LONG = [f"fact{at} " + "그리고 " * 30 for at in range(400)]


async def test_a_long_talk_is_summarised_in_parts_and_nothing_of_it_is_lost(clerk: Clerk) -> None:
    summary = await Summaries(clerk, PORTIONS).of("Room", newest_first(a_talk(*LONG)))
    assert [point.text for point in summary.points] == [f"fact{at}" for at in range(400)]
    parts = [material for material in clerk.given if material.said]
    assert len(parts) > 30
    for material in parts:
        assert sum(tokens_of(said.text) + 40 for said in material.said) <= PORTIONS.tokens
    together = [material for material in clerk.given if material.parts]
    assert together
    for material in together:
        # Two that are too large together still go together: else it would never end.
        assert len(material.parts) == 2 or sum(map(tokens_of, _facts(material))) <= PORTIONS.tokens


async def test_a_message_longer_than_a_part_is_told_in_pieces(clerk: Clerk) -> None:
    text = " ".join(f"fact{at}" for at in range(1000))
    summary = await Summaries(clerk, PORTIONS).of("Room", newest_first(a_talk("fact-first", text, "fact-last")))
    expected = ["fact-first", *text.split(), "fact-last"]
    assert [point.text for point in summary.points] == expected
    assert all(tokens_of(said.text) <= PORTIONS.tokens for material in clerk.given for said in material.said)


async def test_a_word_longer_than_a_part_is_cut_between_characters(clerk: Clerk) -> None:
    text = "가나다🎉" * 500
    await Summaries(clerk, PORTIONS).of("Room", newest_first(a_talk(text)))
    assert "".join(said.text for material in clerk.given[::-1] for said in material.said if material.said)
    pieces = sorted((said for material in clerk.given for said in material.said), key=lambda said: text.find(said.text))
    assert sum(len(piece.text) for piece in pieces) == len(text)


async def test_a_short_talk_is_one_question(clerk: Clerk) -> None:
    await Summaries(clerk, PORTIONS).of("Room", newest_first(a_talk("fact1", "fact2")))
    assert [len(material.said) for material in clerk.given] == [2]


async def test_nothing_said_is_nothing_asked(clerk: Clerk) -> None:
    assert (await Summaries(clerk, PORTIONS).of("Room", newest_first([]))).is_empty
    assert [piece async for piece in Summaries(clerk, PORTIONS).retold("Room", "Ben", newest_first([]))] == []
    assert clerk.given == []


async def test_a_part_that_fails_fails_the_whole(clerk: Clerk) -> None:
    clerk.failure = ModelFailed()
    with pytest.raises(ModelFailed):
        await Summaries(clerk, PORTIONS).of("Room", newest_first(a_talk(*LONG)))
    assert len(clerk.given) <= PORTIONS.at_once


async def test_a_short_talk_is_retold_from_what_was_said(clerk: Clerk) -> None:
    told = [piece async for piece in Summaries(clerk, PORTIONS).retold("Room", "Ben", newest_first(a_talk("fact1")))]
    assert told == ["fact1 "]
    assert [len(material.said) for material in clerk.given] == [1]


async def test_a_long_talk_is_retold_from_the_summaries_of_all_its_parts(clerk: Clerk) -> None:
    told = [piece async for piece in Summaries(clerk, PORTIONS).retold("Room", "Ben", newest_first(a_talk(*LONG)))]
    assert "".join(told).split() == [f"fact{at}" for at in range(400)]
    assert clerk.given[-1].parts


async def test_what_was_said_is_read_back_to_where_it_should(jarvis: InMemoryJarvis, ana: Actor, ben: Actor) -> None:
    room_id = (await jarvis.room(ana, ben)).room.id
    ids = []
    for at in range(450):
        jarvis.clock.advance(1)
        ids.append((await jarvis.messages.send(ana if at % 2 else ben, room_id, f"말 {at}")).message_id)
    await jarvis.messages.delete(ana, room_id, ids[101])
    await jarvis.rooms.leave(ben, room_id)
    said = [
        one
        async for one in said_before(
            jarvis.work,
            room_id,
            lambda message: message.seq > 100,
            skips=lambda message: message.seq > 449,
            how_far=through_log(100, 449),
        )
    ]
    assert [one.ref for one in said] == [seq for seq in range(449, 100, -1) if seq != 102]
    assert {one.speaker for one in said} == {"Ana", "Ben"}
    assert said[0].text == "말 448"


@given(
    st.lists(st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=3000), max_size=12),
    st.integers(min_value=60, max_value=900),
)
def test_parts_hold_everything_once_in_order_and_fit(texts: list[str], budget: int) -> None:
    talk = a_talk(*texts)
    clerk = Clerk()
    asyncio.run(_summarised(Summaries(clerk, Portions(tokens=budget, at_once=2)), talk))
    parts = sorted((material.said for material in clerk.given if material.said), key=lambda part: part[0].at)
    pieces = sorted((piece for part in parts for piece in part), key=lambda piece: piece.at)
    told: dict[int, str] = {}
    for piece in pieces:
        assert piece.ref is not None
        told[piece.ref] = told.get(piece.ref, "") + piece.text
    assert {ref: sorted(text) for ref, text in told.items()} == {at: sorted(text) for at, text in enumerate(texts)}
    for part in parts:
        assert [piece.at for piece in part] == sorted(piece.at for piece in part)
        assert len(part) == 1 or sum(tokens_of(piece.text) + 40 for piece in part) <= budget
        assert all(tokens_of(piece.text) <= max(budget - 40, 10) for piece in part)


async def _summarised(summaries: Summaries, talk: Sequence[Said]) -> None:
    await summaries.of("Room", newest_first(talk))
