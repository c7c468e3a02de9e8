"""Cards, as every store keeps them."""

import asyncio
from dataclasses import replace
from datetime import date, timedelta

import pytest

from application.cards import Cards
from application.ports.message_log import Posted
from domain.errors import Forbidden, InvalidInput, NotFound
from domain.ideas import Card, CardContent, CardDraft, CardGraph, CardKind, evidence_of
from domain.ids import CardId, MessageId, RoomId
from domain.knowledge_errors import BadSourceMessage
from domain.knowledge_events import CardAdded, CardRemoved, CardUpdated
from domain.messages import DELETED_TEXT
from domain.rooms import RoomType
from domain.users import Actor
from domain.weeks import Week
from tests.contracts.stores import Stores

WEEK = Week(date(2026, 2, 16))
FULL = CardDraft(
    "느린 결제",
    CardContent("결제가 느리다", "캐시를 둔다", "이탈", "예산", ("Ana", "벤"), ("message:x", "회의록")),
    CardGraph(("결제 지연",), ("Redis",), ("캐시 도입",)),
)


@pytest.fixture
def cards(stores: Stores) -> Cards:
    return Cards(stores.work, stores.clock, stores.ids)


@pytest.fixture
async def said(stores: Stores, ana: Actor, room: RoomId) -> Posted:
    return await stores.say(room, ana, "서버가 또 느려졌어요")


def found_by_a_model(stores: Stores, room: RoomId, title: str, week: Week, *evidence: MessageId) -> Card:
    now = stores.clock.now()
    return Card(
        id=CardId(stores.ids.new()),
        room_id=room,
        created_by=None,
        kind=CardKind.WEEKLY_AI,
        title=title,
        content=CardContent(problem=f"{title}!", evidence=tuple(map(evidence_of, evidence))),
        created_at=now,
        updated_at=now,
        graph=CardGraph(),
        week=week,
    )


async def kept(stores: Stores, *cards: Card) -> None:
    async with stores.work() as work:
        await work.cards.add(cards)
        for card in cards:
            work.record(CardAdded(card.room_id, card))


async def of_rooms(stores: Stores, *rooms: RoomId, **which: object) -> list[Card]:
    async with stores.work() as work:
        return list(await work.cards.of_rooms(rooms, **which))  # type: ignore[arg-type]


async def test_a_card_is_read_as_it_was_written(stores: Stores, cards: Cards, ana: Actor, room: RoomId) -> None:
    card = await cards.add(ana, room, FULL)
    assert (card.kind, card.created_by, card.title) == (CardKind.MANUAL, ana.id, "느린 결제")
    assert (card.content, card.graph) == (FULL.content, FULL.graph)
    bare = await cards.add(ana, room, CardDraft("제목만"))
    assert (bare.content, bare.graph, bare.week, bare.source_message_id) == (CardContent(), None, None, None)
    assert await cards.of_room(ana, room) == [bare, card]
    async with stores.work() as work:
        assert await work.cards.get(room, card.id) == card
    assert [event.event for event in await stores.log(room)] == [CardAdded(room, card), CardAdded(room, bare)]


async def test_the_newest_come_first_and_so_many(stores: Stores, cards: Cards, ana: Actor, room: RoomId) -> None:
    made = []
    for number in range(5):
        stores.clock.advance(number % 2)
        made.append(await cards.add(ana, room, CardDraft(str(number))))
    await cards.add(ana, await stores.room(ana), CardDraft("elsewhere"))
    assert await cards.of_room(ana, room) == made[::-1]
    assert await cards.of_room(ana, room, take=2) == [made[4], made[3]]
    assert await cards.of_room(ana, room, take=0) == [made[4]]
    assert await cards.of_room(ana, room, take=10_000) == made[::-1]


async def test_a_card_of_a_message_says_what_it_says(
    stores: Stores, cards: Cards, ben: Actor, room: RoomId, said: Posted
) -> None:
    card = await cards.add(ben, room, CardDraft(), str(said.message_id))
    assert (card.title, card.source_message_id, card.created_by) == ("서버가 또 느려졌어요", said.message_id, ben.id)
    assert card.content == CardContent(problem="서버가 또 느려졌어요", evidence=(f"message:{said.message_id}",))
    assert await cards.of_room(ben, room) == [card]


async def test_a_second_card_of_a_message_is_the_first(
    stores: Stores, cards: Cards, ana: Actor, ben: Actor, room: RoomId, said: Posted
) -> None:
    source = str(said.message_id)
    made = await asyncio.gather(
        *(cards.add(actor, room, CardDraft(f"{number}"), source) for number in range(4) for actor in (ana, ben))
    )
    assert len({card.id for card in made}) == 1
    assert await cards.of_room(ana, room) == [made[0]]
    assert len(stores.recorder.of(CardAdded)) == 1
    assert await cards.add(ben, room, CardDraft(), source.upper()) == made[0]


async def test_a_message_can_have_another_card_once_its_first_is_removed(
    stores: Stores, cards: Cards, ana: Actor, room: RoomId, said: Posted
) -> None:
    first = await cards.add(ana, room, CardDraft(), str(said.message_id))
    await cards.remove(ana, room, first.id)
    second = await cards.add(ana, room, CardDraft(), str(said.message_id))
    assert second.id != first.id
    assert await cards.of_room(ana, room) == [second]
    async with stores.work() as work:
        assert await work.cards.of_message(said.message_id) == second


async def test_what_is_no_message_of_the_room_is_no_source(
    stores: Stores, cards: Cards, ana: Actor, ben: Actor, room: RoomId, said: Posted
) -> None:
    elsewhere = (await stores.say(await stores.room(ana), ana, "anderswo")).message_id
    await stores.delete(room, said.message_id, ana)
    before = len(await stores.log(room))
    for source in (elsewhere, said.message_id, stores.ids.new(), "local:1", "sys:2", "0"):
        with pytest.raises(BadSourceMessage):
            await cards.add(ana, room, FULL, str(source))
    assert (await cards.of_room(ana, room), len(await stores.log(room))) == ([], before)


async def test_who_may_change_and_remove_a_card(
    stores: Stores, cards: Cards, ana: Actor, ben: Actor, outsider: Actor, room: RoomId
) -> None:
    bens, anas = await cards.add(ben, room, CardDraft("Ben's")), await cards.add(ana, room, CardDraft("Ana's"))
    elsewhere = await stores.room(ana)
    before = await stores.log(room)
    refusals: list[tuple[Actor, RoomId, CardId, type[Exception]]] = [
        (ben, room, anas.id, Forbidden),
        (outsider, room, bens.id, Forbidden),
        (ana, RoomId(stores.ids.new()), bens.id, Forbidden),
        (ana, elsewhere, bens.id, NotFound),
        (ana, room, CardId(stores.ids.new()), NotFound),
    ]
    for actor, where, card_id, refusal in refusals:
        with pytest.raises(refusal):
            await cards.remove(actor, where, card_id)
        with pytest.raises(refusal):
            await cards.change(actor, where, card_id, FULL)
    assert await stores.log(room) == before
    for read in (cards.of_room(outsider, room), cards.add(outsider, room, FULL)):
        with pytest.raises(Forbidden):
            await read
    changed = await cards.change(ben, room, bens.id, CardDraft("B"))
    await cards.change(ana, room, bens.id, CardDraft(graph=CardGraph(issues=("x",))))
    await cards.remove(ben, room, bens.id)
    await cards.remove(ana, room, anas.id)
    assert changed.title == "B"
    assert await cards.of_room(ana, room) == []
    with pytest.raises(NotFound):
        await cards.remove(ana, room, anas.id)


async def test_a_removed_card_says_nothing_any_more_in_any_replay(
    stores: Stores, cards: Cards, ana: Actor, room: RoomId, said: Posted
) -> None:
    card = await cards.add(ana, room, FULL, str(said.message_id))
    stores.clock.advance(1)
    await cards.change(ana, room, card.id, CardDraft("noch geheimer"))
    stores.clock.advance(1)
    await cards.remove(ana, room, card.id)
    _, added, updated, removed = [logged.event for logged in await stores.log(room)]
    assert isinstance(added, CardAdded)
    assert isinstance(updated, CardUpdated)
    assert removed == CardRemoved(room, card.id)
    rest = added.card
    assert updated.card == rest
    assert rest == replace(card, title="", content=CardContent(), graph=None, updated_at=rest.updated_at,
                           removed_at=stores.clock.now())  # fmt: skip


async def test_a_replay_shows_a_card_as_it_stands_now(stores: Stores, cards: Cards, ana: Actor, room: RoomId) -> None:
    card = await cards.add(ana, room, CardDraft("eins"))
    changed = await cards.change(ana, room, card.id, FULL)
    assert [logged.event for logged in await stores.log(room)] == [CardAdded(room, changed), CardUpdated(room, changed)]
    assert stores.recorder.of(CardAdded) == [CardAdded(room, card)]


async def test_the_words_of_a_deleted_message_are_gone_from_its_card(
    stores: Stores, cards: Cards, ana: Actor, ben: Actor, room: RoomId
) -> None:
    texts = ("nur zitiert", "mit Titel", "mit Inhalt", "mit beidem")
    sources = [(await stores.say(room, ana, text)).message_id for text in texts]
    own = CardContent(problem="eigen", evidence=("x",))
    drafts = [CardDraft(), CardDraft("T"), CardDraft(content=own), CardDraft("T", own)]
    made = [await cards.add(ben, room, draft, str(source)) for draft, source in zip(drafts, sources, strict=True)]
    for source in sources:
        stores.clock.advance(1)
        await stores.messages.delete(ana, room, source)
    left = {card.id: card for card in await cards.of_room(ben, room)}
    blanked = CardContent(problem=DELETED_TEXT)
    shown = [(left[card.id].title, left[card.id].content) for card in made]
    assert shown == [
        (DELETED_TEXT, replace(blanked, evidence=made[0].content.evidence)),
        ("T", replace(blanked, evidence=made[1].content.evidence)),
        (DELETED_TEXT, own),
        ("T", own),
    ]
    log = [logged.event for logged in await stores.log(room)]
    assert sum(isinstance(event, CardUpdated) for event in log) == 3
    assert not any(text in str(log) for text in texts)


async def test_the_words_of_a_message_follow_its_edit(
    stores: Stores, cards: Cards, ana: Actor, ben: Actor, room: RoomId
) -> None:
    sources = [(await stores.say(room, ana, "erst")).message_id for _ in range(3)]
    own = CardContent(problem="eigen")
    quoting = await cards.add(ben, room, CardDraft(), str(sources[0]))
    titled = await cards.add(ben, room, CardDraft("T"), str(sources[1]))
    written = await cards.add(ben, room, CardDraft("T", own), str(sources[2]))
    await kept(stores, found_by_a_model(stores, room, "found", WEEK, sources[0]))
    stores.clock.advance(1)
    for source in sources:
        await stores.messages.edit(ana, room, source, "dann")
    left = {card.id: card for card in await cards.of_room(ben, room)}
    assert (left[quoting.id].title, left[quoting.id].content.problem) == ("dann", "dann")
    assert left[quoting.id].content.evidence == quoting.content.evidence
    assert (left[titled.id].title, left[titled.id].content.problem) == ("T", "dann")
    assert left[written.id] == written
    assert len(left) == 4
    assert [event.card for event in stores.recorder.of(CardUpdated)] == [left[quoting.id], left[titled.id]]
    await stores.messages.delete(ana, room, sources[0])
    async with stores.work() as work:
        assert (await work.cards.get(room, quoting.id)).title == DELETED_TEXT


async def test_what_nobody_made_in_a_room_of_two_is_of_both(
    stores: Stores, cards: Cards, ana: Actor, ben: Actor
) -> None:
    direct = (await stores.rooms.create(ana, type=RoomType.DIRECT, member_ids=[ben.id])).room.id
    found = [found_by_a_model(stores, direct, title, WEEK) for title in ("a", "b")]
    await kept(stores, *found)
    anas = await cards.add(ana, direct, CardDraft("Ana's"))
    await cards.change(ana, direct, found[0].id, CardDraft("ours"))
    await cards.remove(ben, direct, found[1].id)
    with pytest.raises(Forbidden):
        await cards.remove(ben, direct, anas.id)


async def test_what_somebody_wrote_over_the_words_of_a_message_stays(
    stores: Stores, cards: Cards, ana: Actor, room: RoomId, said: Posted
) -> None:
    card = await cards.add(ana, room, CardDraft(), str(said.message_id))
    changed = await cards.change(ana, room, card.id, FULL)
    await stores.messages.delete(ana, room, said.message_id)
    assert await cards.of_room(ana, room) == [changed]


async def test_what_a_model_made_of_a_deleted_message_goes_with_it(
    stores: Stores, cards: Cards, ana: Actor, ben: Actor, room: RoomId, said: Posted
) -> None:
    other = (await stores.say(room, ben, "etwas anderes")).message_id
    quoting = found_by_a_model(stores, room, "quotes", WEEK, other, said.message_id)
    rest = found_by_a_model(stores, room, "other", WEEK, other)
    await kept(stores, quoting, rest)
    by_hand = await cards.add(ben, room, CardDraft("H", CardContent("p", evidence=(evidence_of(said.message_id),))))
    await stores.messages.delete(ana, room, said.message_id)
    assert {card.id for card in await cards.of_room(ana, room)} == {rest.id, by_hand.id}
    assert [event.card_id for event in stores.recorder.of(CardRemoved)] == [quoting.id]


async def test_a_change_makes_what_a_model_found_the_rooms_own(
    stores: Stores, cards: Cards, ana: Actor, ben: Actor, room: RoomId
) -> None:
    card = found_by_a_model(stores, room, "found", WEEK)
    await kept(stores, card)
    with pytest.raises(Forbidden):
        await cards.change(ben, room, card.id, FULL)
    changed = await cards.change(ana, room, card.id, CardDraft("ours"))
    assert (changed.kind, changed.week, changed.content) == (CardKind.MANUAL, WEEK, card.content)
    assert await of_rooms(stores, room, week=WEEK.next) == [changed]


async def test_cards_of_rooms_by_week_and_time(stores: Stores, cards: Cards, ana: Actor, room: RoomId) -> None:
    other, third = await stores.room(ana), await stores.room(ana)
    old = found_by_a_model(stores, room, "old", WEEK.previous)
    await kept(stores, old)
    stores.clock.advance(timedelta(days=1).total_seconds())
    since = stores.clock.now()
    new, by_hand = found_by_a_model(stores, other, "new", WEEK), await cards.add(ana, room, CardDraft("by hand"))
    await kept(stores, new)
    assert by_hand.week is None
    await cards.add(ana, third, CardDraft("of another room"))
    newest = sorted([new, by_hand], key=lambda card: card.id, reverse=True)
    assert await of_rooms(stores, room, other) == [*newest, old]
    assert await of_rooms(stores, room, other, room, week=WEEK) == newest
    assert await of_rooms(stores, room, other, week=WEEK.previous) == [by_hand, old]
    assert await of_rooms(stores, room, other, since=since) == newest
    assert await of_rooms(stores, RoomId(stores.ids.new())) == []
    assert await of_rooms(stores) == []


async def test_a_card_that_says_nothing_or_too_much_is_refused(
    stores: Stores, cards: Cards, ana: Actor, room: RoomId
) -> None:
    drafts = [
        CardDraft(),
        CardDraft(" \n "),
        CardDraft("x" * 201),
        CardDraft("\x00"),
        CardDraft("t", CardContent("\ud800")),
        CardDraft("t", CardContent("가" * 50_000)),
        CardDraft("t", CardContent(owners=("o" * 501,))),
        CardDraft("t", CardContent(evidence=tuple(map(str, range(51))))),
        CardDraft("t", graph=CardGraph(systems=("\x00",))),
    ]
    for draft in drafts:
        with pytest.raises(InvalidInput):
            await cards.add(ana, room, draft)
    assert (await cards.of_room(ana, room), await stores.log(room)) == ([], [])


async def test_a_room_takes_its_cards_with_it(stores: Stores, cards: Cards, ana: Actor, room: RoomId) -> None:
    other = await stores.room(ana)
    first, stays = await cards.add(ana, room, FULL), await cards.add(ana, other, FULL)
    await cards.remove(ana, room, (await cards.add(ana, room, FULL)).id)
    await stores.rooms.delete(ana, room)
    assert await of_rooms(stores, room, other) == [stays]
    with pytest.raises(NotFound):
        async with stores.work() as work:
            await work.cards.get(room, first.id)
    assert await stores.log(room) == []
