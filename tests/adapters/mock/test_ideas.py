"""Ideas that are made of what was said."""

from datetime import UTC, datetime

import pytest

from adapters.mock.ideas import MockIdeas, extracted
from application.ports.chat_model import Said
from application.ports.idea_model import IdeaMaterial
from domain.ideas import CardGraph, Idea

AT = datetime(2026, 2, 16, tzinfo=UTC)


def talk(*said: tuple[str | None, str]) -> list[Said]:
    return [Said(speaker, text, AT, ref=number) for number, (speaker, text) in enumerate(said, 1)]


def test_a_problem_what_was_proposed_and_what_was_decided_is_one_idea() -> None:
    (idea,) = extracted(
        talk(
            ("민수", "결제 서버가 자꾸 느려져서 문제예요."),
            ("지영", "점심 뭐 먹을까요"),
            ("지영", "결제 서버 앞에 Redis 캐시를 도입하면 어떨까요?"),
            ("민수", "좋아요, 결제 캐시를 두기로 했습니다."),
            ("지영", "제가 맡을게요"),
        )
    )
    assert idea == Idea(
        title="결제 서버가 자꾸 느려져서 문제예요.",
        problem="결제 서버가 자꾸 느려져서 문제예요.",
        proposal="결제 서버 앞에 Redis 캐시를 도입하면 어떨까요? 좋아요, 결제 캐시를 두기로 했습니다.",
        owners=("지영", "민수"),
        refs=(1, 3, 4, 5),
        graph=CardGraph(("결제",), ("결제 서버", "Redis"), ("좋아요, 결제 캐시를 두기로 했습니다.",)),
    )


def test_english_talk_too() -> None:
    (idea,) = extracted(
        talk(
            ("Ana", "The login page is broken on Safari."),
            ("Ben", "Customers lose their sessions on the login page."),
            ("Ben", "We should move login to the OAuth gateway by Friday."),
            ("Ana", "Agreed, we decided on the login move."),
        )
    )
    assert idea.problem == "The login page is broken on Safari."
    assert idea.impact == "Customers lose their sessions on the login page."
    assert idea.proposal.startswith("We should move login to the OAuth gateway")
    assert idea.constraints == "We should move login to the OAuth gateway by Friday."
    assert idea.owners == ("Ben", "Ana")
    assert idea.graph.decisions == ("Agreed, we decided on the login move.",)
    assert idea.graph.systems == ("OAuth",)
    assert idea.refs == (1, 2, 3, 4)


def test_what_is_of_another_subject_is_another_idea() -> None:
    ideas = extracted(
        talk(
            ("민수", "검색 결과가 누락되는 버그가 있어요"),
            ("지영", "로그인 오류가 늘었습니다"),
            ("민수", "검색 색인을 다시 만들자"),
        )
    )
    assert [(idea.title, idea.refs) for idea in ideas] == [
        ("검색 결과가 누락되는 버그가 있어요", (1, 3)),
        ("로그인 오류가 늘었습니다", (2,)),
    ]


def test_all_that_it_says_was_said() -> None:
    said = talk(*(("민수", f"주제{number} 오류가 있어요. 주제{number} 개선하자!") for number in range(30)))
    found = extracted(said)
    assert len(found) == 30
    for idea in found:
        for text in (idea.problem, idea.proposal):
            assert any(text in one.text for one in said)
        assert idea.owners == ("민수",)


@pytest.mark.parametrize("said", [[], [(None, "결제가 느려서 문제예요")], [("민수", "자비스야 결제 왜 느려?")]])
def test_what_jarvis_said_and_was_asked_is_none(said: list[tuple[str | None, str]]) -> None:
    assert extracted(talk(*said)) == []


def test_where_nothing_sounds_like_an_idea_no_more_is_claimed_than_that_it_was_said() -> None:
    ideas = extracted(talk(("민수", "안녕하세요"), ("지영", "회의는 세 시에 시작합니다"), ("민수", "네")))
    assert [(idea.title, idea.problem, idea.proposal, idea.owners) for idea in ideas] == [
        ("회의는 세 시에 시작합니다", "", "", ())
    ]


async def test_no_part_is_crowded_out() -> None:
    parts = [[Idea(f"{part}-{number}") for number in range(12)] for part in range(3)]
    made = await MockIdeas().ideas(IdeaMaterial("R", parts=parts))
    assert [idea.title for idea in made] == [f"{part}-{number}" for number in range(4) for part in range(3)]
