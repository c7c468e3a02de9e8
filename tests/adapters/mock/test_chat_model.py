"""The model that stands in for one."""

import asyncio
from collections.abc import Sequence
from datetime import timedelta

import pytest

from adapters.mock.chat_model import MockChatModel, answer
from application.ports.chat_model import Conversation, Said
from domain.jarvis import Mode
from tests.builders import START, FakeClock

TALK = (
    Said("김하나", "신규 서버 배포는 금요일 오후로 합시다", START),
    Said("이둘", "점심은 국수 어때요?", START + timedelta(minutes=1)),
    Said("Ben", "The budget for the new servers is 4,000 euro", START + timedelta(minutes=2)),
    Said(None, "배포에 대한 예전 대답", START + timedelta(minutes=3)),
    Said("박셋", "자비스야 배포 언제야?", START + timedelta(minutes=4)),
    Said("박셋", "배포 전에   백업부터\n해야 해요", START + timedelta(minutes=5)),
)


def conversation(prompt: str, talk: Sequence[Said] = TALK) -> Conversation:
    return Conversation("회의", "Ana", prompt, Mode.CHAT, talk, START + timedelta(hours=1))


def test_it_quotes_what_bears_on_a_korean_question() -> None:
    text = answer(conversation("우리 배포가 언제였지?"))
    assert text.count("모의 자비스") == 1
    assert "“우리 배포가 언제였지?”" in text
    assert text.endswith(
        "- 김하나, 2026-02-16 10:02: “신규 서버 배포는 금요일 오후로 합시다”\n"
        "- 박셋, 2026-02-16 10:07: “배포 전에 백업부터 해야 해요”"
    )
    assert "국수" not in text


def test_it_quotes_what_bears_on_an_english_question() -> None:
    text = answer(conversation("What is the BUDGET?"))
    assert text.count("mock") == 1
    assert text.endswith("- Ben, 2026-02-16 10:04: “The budget for the new servers is 4,000 euro”")
    assert text.count("\n- ") == 1


@pytest.mark.parametrize(
    ("prompt", "talk"),
    [
        ("달은 왜 밝아?", TALK),
        ("배포 언제야?", ()),
        ("What is it?", TALK),
        ("???", TALK),
        ("Who won the football match?", TALK),
    ],
)
def test_it_says_where_nothing_bears_on_the_question(prompt: str, talk: Sequence[Said]) -> None:
    text = answer(conversation(prompt, talk))
    assert f"“{prompt}”" in text
    assert ("찾지 못했어요" in text) or ("Nothing in this talk" in text)
    assert "\n- " not in text


def test_it_neither_quotes_itself_nor_questions_to_it() -> None:
    text = answer(conversation("배포 언제야?"))
    assert "예전 대답" not in text
    assert "자비스야 배포" not in text


def test_it_quotes_at_most_three_lines_the_best_of_many() -> None:
    talk = [Said("A", f"회의 이야기 {number}", START + timedelta(minutes=number)) for number in range(20)]
    talk.insert(0, Said("B", "다음 회의 장소는 옥상", START))
    text = answer(conversation("다음 회의 장소?", talk))
    assert [line.partition("“")[2] for line in text.splitlines() if line.startswith("- ")] == [
        "다음 회의 장소는 옥상”",
        "회의 이야기 18”",
        "회의 이야기 19”",
    ]


def test_long_lines_are_cut() -> None:
    text = answer(conversation("예산?", [Said("A", "예산 " * 1_000, START)]))
    assert len(text) < 400
    assert text.endswith("…”")


async def test_the_pieces_join_to_the_answer() -> None:
    for prompt in ("배포 언제야?", "What about the\n  budget?\t"):
        asked = conversation(prompt)
        said = [piece async for piece in MockChatModel(FakeClock(), pause=0).stream(asked)]
        pieces = [piece for piece in said if isinstance(piece, str)]
        assert len(pieces) > 10
        assert "".join(pieces) == answer(asked)
        assert all(piece for piece in pieces)


async def test_it_says_twenty_pieces_a_second() -> None:
    clock = FakeClock()
    pieces: list[str] = []

    async def read() -> None:
        async for piece in MockChatModel(clock).stream(conversation("배포 언제야?")):
            pieces.append(str(piece))  # noqa: PERF401

    reading = asyncio.ensure_future(read())
    for said in range(10):
        await clock.sleepers()
        assert len(pieces) == said
        clock.advance(0.05)
    reading.cancel()
    await asyncio.gather(reading, return_exceptions=True)
