"""When a message calls Jarvis, what it asks, and when a request only repeats it."""

from dataclasses import replace
from datetime import timedelta

import pytest

from domain.errors import InvalidInput
from domain.ids import MessageId, RequestId, RoomId, UserId
from domain.jarvis import JarvisRequest, Mode, called, public_id, question, require_short, same_question
from tests.builders import START, SequenceIds

IDS = SequenceIds()
BLOCK = "[[jarvis_attachments_v1]]\nW10=\n[[/jarvis_attachments_v1]]"


@pytest.mark.parametrize(
    ("content", "prompt"),
    [
        ("자비스야 내일 회의 언제야?", "내일 회의 언제야?"),
        ("자비스야, 내일", "내일"),
        ("  자비스야\n내일\n모레 ", "내일\n모레"),
        ("내일 회의 자비스야 궁금하다", "내일 회의"),
        ("내일 자비스야 궁금하다. 모레", "내일 모레"),
        ("첫 줄\n둘째 자비스야 궁금하다 셋째", "첫 줄\n둘째 셋째"),
        ("자비스야 궁금하다 내일", "내일"),
        ("자비스야", "자비스야"),
        ("자비스야!!", "자비스야!!"),
        ("자비스야 궁금하다", "자비스야 궁금하다"),
        (f"자비스야 이 그림 뭐야\n{BLOCK}", "이 그림 뭐야"),
        ("우리 자비스야 안녕", None),
        ("자비스 안녕", None),
        ("hello", None),
        (f"사진\n{BLOCK}", None),
    ],
)
def test_a_call_is_taken_off_the_prompt(content: str, prompt: str | None) -> None:
    assert called(content) == prompt


def request(message: str) -> JarvisRequest:
    """The question that a message asks."""
    prompt = called(message)
    assert prompt is not None
    return JarvisRequest(
        id=RequestId(IDS.new()),
        public_id="q",
        room_id=RoomId(IDS.new()),
        asker_id=UserId(IDS.new()),
        prompt=prompt,
        mode=Mode.CHAT,
        personal=False,
        created_at=START,
        message_id=MessageId(IDS.new()),
    )


@pytest.mark.parametrize(
    "message",
    [
        "자비스야 내일 회의 언제야?",
        "자비스야",
        "자비스야, 첫 줄\n둘째 줄",
        "자비스야 첫 줄\r\n\r\n셋째 줄  ",
        "내일 회의 자비스야 궁금하다",
        "내일 자비스야 궁금하다 모레",
        "첫 줄\n둘째 자비스야 궁금하다 셋째",
        "첫 줄 자비스야 궁금하다\n둘째\n셋째",
        "자비스야 궁금하다",
    ],
)
def test_the_installed_clients_request_repeats_its_message(message: str) -> None:
    asked = request(message)
    prompt = f"다음 질문에 한국어로 답해줘.\n{message}"
    for at in (START, START + timedelta(seconds=2)):
        assert same_question(asked, prompt, at)
        assert same_question(asked, f"{prompt}\n{BLOCK}", at)
        assert same_question(asked, message, at)


def test_another_question_is_another() -> None:
    asked = request("자비스야 내일 회의 언제야?")
    again = "다음 질문에 답해줘.\n자비스야 내일 회의 언제야?"
    assert not same_question(asked, "다음 질문에 답해줘.\n자비스야 모레 회의 언제야?", START)
    assert not same_question(asked, again, START + timedelta(seconds=2.001))
    assert not same_question(asked, again, START - timedelta(seconds=1))
    assert not same_question(replace(asked, personal=True), again, START)
    assert not same_question(replace(asked, message_id=None), again, START)


def test_public_questions_share_their_rooms_lane_and_personal_ones_their_askers() -> None:
    asked = request("자비스야 안녕")
    assert asked.lane == f"room:{asked.room_id}"
    assert replace(asked, personal=True).lane == f"user:{asked.asker_id}"


def test_a_prompt_is_what_was_asked_without_files() -> None:
    assert question(f"  언제? \n{BLOCK}") == "언제?"


@pytest.mark.parametrize("prompt", ["", "  \n", BLOCK, "a\x00", "\ud800"])
def test_what_cannot_be_asked(prompt: str) -> None:
    with pytest.raises(InvalidInput) as refused:
        question(prompt)
    assert [fault.field for fault in refused.value.details] == ["prompt"]


def test_a_prompt_is_measured_in_bytes() -> None:
    require_short("가나다", limit=9)
    with pytest.raises(InvalidInput) as refused:
        require_short("가나다라", limit=9)
    assert [fault.field for fault in refused.value.details] == ["prompt"]


def test_a_request_id_of_the_clients_choosing() -> None:
    assert public_id("stream:1") == "stream:1"
    for bad in ("", "x" * 201, "\x00", "\udfff"):
        with pytest.raises(InvalidInput):
            public_id(bad)


def test_a_long_question_that_was_cut_is_still_recognised() -> None:
    text = "가" * 6000
    asked = replace(request(f"자비스야 {text}"), prompt=text[:5000])
    assert same_question(asked, f"다음 질문에 답해 줘.\n자비스야 {text}", asked.created_at)
