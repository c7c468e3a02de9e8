"""Summaries by extraction: what is found, what is not, and that it says what it is."""

from datetime import UTC, datetime

import pytest

from adapters.mock.summarizer import MockSummarizer, extracted
from application.ports.chat_model import Said
from application.ports.summarizer import Material
from domain.meetings import Summary
from tests.builders import FakeClock

AT = datetime(2026, 2, 16, tzinfo=UTC)


def said(*texts: str, speaker: str | None = "민수") -> list[Said]:
    return [Said(speaker, text, AT, ref=at) for at, text in enumerate(texts, 1)]


@pytest.mark.parametrize(
    "text",
    [
        "배포는 금요일에 하기로 했어요",
        "예산은 500만원으로 확정",
        "다들 B안으로 합의했습니다",
        "We decided to ship on Friday",
        "Let's go with Postgres",
        "The plan was approved.",
    ],
)
def test_decisions_are_recognised(text: str) -> None:
    made = extracted(said(text))
    assert ([point.text for point in made.decisions], made.open_points) == ([f"민수: {text}"], ())


@pytest.mark.parametrize(
    "text",
    [
        "누가 담당할까요?",
        "일정은 아직 미정입니다",
        "예산은 결정해야 합니다",
        "법무팀 확인이 필요합니다",
        "TODO: write the tests",
        "The date is not decided yet",
        "Should we use Redis",
        "We need to ask legal",
    ],
)
def test_open_points_are_recognised(text: str) -> None:
    made = extracted(said(text))
    assert ([point.text for point in made.open_points], made.decisions) == ([f"민수: {text}"], ())


@pytest.mark.parametrize("text", ["점심 맛있었어요", "The weather is nice today", "서버가 두 대 있습니다"])
def test_other_talk_is_neither(text: str) -> None:
    made = extracted(said(text))
    assert (made.decisions, made.open_points) == ((), ())
    assert [point.text for point in made.points] == [f"민수: {text}"]


def test_a_message_is_looked_at_sentence_by_sentence() -> None:
    made = extracted(said("서버는 두 대입니다. 한 대 더 사기로 했습니다.\n누가 주문하나요?"))
    assert [point.text for point in made.points] == ["민수: 서버는 두 대입니다."]
    assert [point.text for point in made.decisions] == ["민수: 한 대 더 사기로 했습니다."]
    assert [point.text for point in made.open_points] == ["민수: 누가 주문하나요?"]
    assert {point.refs for point in (*made.points, *made.decisions, *made.open_points)} == {(1,)}


def test_what_jarvis_said_and_what_was_asked_of_him_is_no_part_of_it() -> None:
    made = extracted([*said("결정했습니다", speaker=None), *said("자비스야 뭐 결정했어?")])
    assert made.is_empty


def test_the_points_are_those_that_the_talk_was_about() -> None:
    talk = [f"배포 서버 점검 {at}" for at in range(20)]
    made = extracted(said("안녕하세요", *talk, "고양이"))
    assert len(made.points) == 8
    assert not {"민수: 안녕하세요", "민수: 고양이"} & {point.text for point in made.points}


async def test_no_part_is_crowded_out_when_they_are_put_together() -> None:
    parts = [extracted(said(*(f"{part}-{at} 하기로 했다" for at in range(50)))) for part in range(3)]
    made = await MockSummarizer(FakeClock(), 0).summary(Material("R", parts=parts))
    assert len(made.decisions) == 60
    for part in range(3):
        assert sum(f"민수: {part}-" in point.text for point in made.decisions) == 20


async def test_it_says_that_it_is_a_mock_in_the_language_of_the_talk() -> None:
    mock = MockSummarizer(FakeClock(), 0)
    korean = await mock.summary(Material("R", said=said("금요일로 확정")))
    english = await mock.summary(Material("R", said=said("agreed on Friday", speaker="Ana")))
    assert "모의" in korean.remark
    assert "mock" in english.remark
    together = await mock.summary(Material("R", parts=[korean, Summary()]))
    assert "모의" in together.remark


async def test_a_telling_comes_in_pieces_and_cites() -> None:
    mock = MockSummarizer(FakeClock(), 0)
    pieces = [piece async for piece in mock.retold(Material("R", said=said("금요일로 확정", "누가 하나요?")), "Ben")]
    assert len(pieces) > 10
    text = "".join(pieces)
    assert text.startswith("Ben 님이 자리를 비운 동안의 이야기예요.\n언어 모델 없이")
    assert "- 민수: 금요일로 확정 [1]" in text
    assert "- 민수: 누가 하나요? [2]" in text
