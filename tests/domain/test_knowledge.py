"""Graphs of what rooms know: whatever the cards say, they hold together."""

from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from uuid import UUID

from hypothesis import given
from hypothesis import strategies as st

from domain.ideas import Card, CardContent, CardGraph, CardKind, evidence_of, folded
from domain.ids import CardId, MessageId, RoomId, UserId
from domain.knowledge import (
    Decided,
    EdgeType,
    Graph,
    NodeType,
    Place,
    evidence_named,
    room_graph,
    whole_graph,
)
from domain.weeks import Week

AT = datetime(2026, 2, 16, tzinfo=UTC)
WEEK = Week(date(2026, 2, 16))
ROOMS = [RoomId(UUID(int=number)) for number in (1, 2, 3)]
ANA, BEN = UserId(UUID(int=11)), UserId(UUID(int=12))
MESSAGES = [MessageId(UUID(int=number)) for number in range(100, 106)]
PLACES = [Place(ROOMS[0], "하나", ((ANA, "Ana"), (BEN, "벤"))), Place(ROOMS[1], "둘", ((ANA, "Ana"),))]


def a_card(number: int, room: RoomId = ROOMS[0], title: str = "카드", **more: object) -> Card:
    content = {"owners": (), "evidence": ()} | {name: more.pop(name) for name in ("owners", "evidence") if name in more}
    fields: dict[str, object] = {
        "id": CardId(UUID(int=1000 + number)),
        "room_id": room,
        "created_by": ANA,
        "kind": CardKind.MANUAL,
        "title": title,
        "content": CardContent(**content),  # type: ignore[arg-type]
        "created_at": AT + timedelta(minutes=number),
        "updated_at": AT,
    }
    return Card(**(fields | more))  # type: ignore[arg-type]


labels = st.one_of(
    st.sampled_from(
        ["결제 지연", "결제지연", "API", "api", "\uff21\uff30\uff29", "a|b", "a%7Cb", "a", "b|c", " ", str(ANA)]
    ),
    st.text(max_size=6),
)
names = st.lists(labels, max_size=4).map(tuple)
kinds = st.sampled_from([(CardKind.MANUAL, None), (CardKind.WEEKLY_AI, WEEK), (CardKind.WEEKLY_AI, WEEK.next)])


@st.composite
def cards(draw: st.DrawFn) -> Sequence[Card]:
    made = []
    for number in range(draw(st.integers(0, 6))):
        kind, week = draw(kinds)
        graph = draw(st.one_of(st.none(), st.builds(CardGraph, names, names, names)))
        evidence = tuple(map(evidence_of, draw(st.lists(st.sampled_from(MESSAGES), max_size=3))))
        made.append(
            a_card(
                number,
                draw(st.sampled_from(ROOMS)),
                graph=graph,
                owners=draw(st.one_of(names, st.just(("ana ", "벤")))),
                evidence=(*evidence, "message:no id", "회의록"),
                kind=kind,
                week=week,
            )
        )
    return draw(st.permutations(made))


decisions = st.lists(
    st.builds(
        Decided,
        st.sampled_from(ROOMS),
        labels,
        st.sampled_from([None, ANA, BEN]),
        st.sampled_from([None, *MESSAGES]),
    ),
    max_size=4,
)


def sound(graph: Graph) -> None:
    ids = [node.id for node in graph.nodes]
    assert len(set(ids)) == len(ids)
    assert len({edge.id for edge in graph.edges}) == len(graph.edges)
    assert len({(edge.source, edge.target, edge.type) for edge in graph.edges}) == len(graph.edges)
    for edge in graph.edges:
        assert {edge.source, edge.target} <= set(ids)
        assert edge.weight > 0
    tags = [
        (node.type, folded(node.label)) for node in graph.nodes if node.type.value in {"issue", "system", "decision"}
    ]
    assert len(set(tags)) == len(tags)
    assert all(label for _, label in tags)
    assert all(
        node.id == f"{node.type.value}:{node.label}" for node in graph.nodes if (node.type, folded(node.label)) in tags
    )


@given(cards())
def test_the_graph_of_a_room_holds_together(made: Sequence[Card]) -> None:
    graph = room_graph(PLACES[0], made)
    sound(graph)
    shown = {node.id for node in graph.nodes if node.type is NodeType.CARD}
    assert shown == {f"card:{card.id}" for card in made if card.room_id == ROOMS[0]}
    assert {edge.type for edge in graph.edges} <= {EdgeType.HAS, EdgeType.REL, EdgeType.TAG}
    ends = {(edge.type, edge.source.split(":")[0], edge.target.split(":")[0]) for edge in graph.edges}
    tags = {"issue", "system", "decision"}
    assert ends <= {(EdgeType.HAS, "room", "card")} | {(EdgeType.REL, "room", tag) for tag in tags} | {
        (EdgeType.TAG, "card", tag) for tag in tags
    }


@given(cards(), st.randoms(use_true_random=False))
def test_the_order_in_which_cards_come_does_not_matter(made: Sequence[Card], random: object) -> None:
    shuffled = list(made)
    random.shuffle(shuffled)  # type: ignore[attr-defined]
    assert room_graph(PLACES[0], shuffled) == room_graph(PLACES[0], made)
    assert whole_graph(PLACES[::-1], shuffled) == whole_graph(PLACES, made)


@given(cards(), decisions, st.sets(st.sampled_from(MESSAGES)))
def test_the_graph_of_all_rooms_holds_together_and_names_what_may_be_read(
    made: Sequence[Card], decided: list[Decided], readable: set[MessageId]
) -> None:
    graph = whole_graph(PLACES, made, decided, readable)
    sound(graph)
    for evidence in [*(node.evidence for node in graph.nodes), *(edge.evidence for edge in graph.edges)]:
        assert set(evidence) <= readable
        assert list(evidence) == sorted(set(evidence))
    assert str(ROOMS[2]) not in str([node.room_ids for node in graph.nodes])
    for node in graph.nodes:
        assert set(node.room_ids) <= {ROOMS[0], ROOMS[1]}
        if node.type in {NodeType.ISSUE, NodeType.SYSTEM}:
            tagged = [edge for edge in graph.edges if edge.target == node.id and edge.type is EdgeType.TAG]
            assert node.weight == len(tagged)
            related = [edge for edge in graph.edges if edge.target == node.id and edge.type is EdgeType.REL]
            assert node.weight == sum(edge.weight for edge in related)
            assert len(related) == len(node.room_ids)


def test_the_graph_of_a_room_as_it_is_given() -> None:
    card = a_card(1, title="느린 결제", graph=CardGraph(("결제 지연",), ("Login API",), ("캐시 도입",)))
    graph = room_graph(Place(ROOMS[0], "결제"), [card])
    room, own = f"room:{ROOMS[0]}", f"card:{card.id}"
    assert [(node.id, node.label, node.type.value) for node in graph.nodes] == [
        (room, "결제", "room"),
        (own, "느린 결제", "card"),
        ("issue:결제 지연", "결제 지연", "issue"),
        ("system:Login API", "Login API", "system"),
        ("decision:캐시 도입", "캐시 도입", "decision"),
    ]
    tags = ("issue:결제 지연", "system:Login API", "decision:캐시 도입")
    assert {(edge.source, edge.target, edge.type.value) for edge in graph.edges} == {
        (room, own, "has"),
        *((room, tag, "rel") for tag in tags),
        *((own, tag, "tag") for tag in tags),
    }


def test_a_label_is_written_as_it_first_was() -> None:
    spellings = ["login api", "Login  API", "\uff2c\uff2f\uff27\uff29\uff2e api", "LoginAPI"]
    made = [a_card(number, graph=CardGraph(systems=(label,))) for number, label in enumerate(spellings)]
    graph = room_graph(PLACES[0], reversed(made))
    (system,) = [node for node in graph.nodes if node.type is NodeType.SYSTEM]
    assert (system.id, system.label, system.weight) == ("system:login api", "login api", 4)


def test_rooms_share_what_they_are_about_and_people() -> None:
    made = [
        a_card(1, ROOMS[0], graph=CardGraph(("결제 지연",)), owners=("ana",), evidence=(evidence_of(MESSAGES[0]),)),
        a_card(2, ROOMS[1], graph=CardGraph(("결제지연",)), owners=("Ana", "밖의 사람"), source_message_id=MESSAGES[1]),
    ]
    graph = whole_graph(PLACES, made, readable=set(MESSAGES))
    nodes = {node.id: node for node in graph.nodes}
    issue, ana, outside = nodes["issue:결제 지연"], nodes[f"person:{ANA}"], nodes["person:밖의 사람"]
    assert (issue.weight, issue.room_ids, issue.evidence) == (2, (ROOMS[0], ROOMS[1]), (MESSAGES[0], MESSAGES[1]))
    assert (ana.label, ana.weight, ana.evidence) == ("Ana", 2, (MESSAGES[0], MESSAGES[1]))
    assert (outside.weight, outside.room_ids) == (1, (ROOMS[1],))


def test_decisions_of_a_table_and_of_cards_are_the_same_nodes() -> None:
    made = [a_card(1, graph=CardGraph(decisions=("캐시 도입",)))]
    decided = [
        Decided(ROOMS[1], "캐시도입", ANA, MESSAGES[2]),
        Decided(ROOMS[2], "elsewhere", ANA, MESSAGES[3]),
        Decided(ROOMS[1], " "),
    ]
    graph = whole_graph(PLACES, made, decided, set(MESSAGES))
    (decision,) = [node for node in graph.nodes if node.type is NodeType.DECISION]
    assert (decision.label, decision.weight, decision.evidence) == ("캐시 도입", 2, (MESSAGES[2],))
    (owner,) = [edge for edge in graph.edges if edge.type is EdgeType.OWNER]
    assert (owner.source, owner.target) == ("decision:캐시 도입", f"person:{ANA}")


def test_two_members_of_one_name_are_told_by_the_name_alone() -> None:
    place = Place(ROOMS[0], "R", ((ANA, "Kim"), (BEN, "kim")))
    graph = whole_graph([place], [a_card(1, owners=("Kim",))])
    assert [node.id for node in graph.nodes if node.type is NodeType.PERSON] == ["person:Kim"]


def test_what_is_named_as_evidence() -> None:
    made = [a_card(1, evidence=(evidence_of(MESSAGES[0]), "message:x", "y"), source_message_id=MESSAGES[1])]
    assert evidence_named(made, [Decided(ROOMS[0], "d", None, MESSAGES[2])]) == set(MESSAGES[:3])
