"""Plain requests that the mock recognises."""

import json
from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from zoneinfo import ZoneInfo

import pytest

from adapters.mock.chat_model import answer
from adapters.mock.intents import call_for
from application.ports.chat_model import Conversation, Round, ToolCall, ToolDescription
from domain.jarvis import Mode

NOW = datetime(2026, 11, 26, 10, 0, tzinfo=ZoneInfo("Asia/Seoul"))  # a Thursday
NAMES = (
    "calendar_create_event", "calendar_list_events", "room_add_user", "create_room", "open_news_search_popup",
    "calculate", "list_holidays", "search_room_messages", "get_room_summary",
)  # fmt: skip
TOOLS = [ToolDescription(name, "", {}) for name in NAMES]


def asking(prompt: str) -> Conversation:
    return Conversation("방", "민지", prompt, Mode.ACTION, (), NOW, tools=TOOLS)


@pytest.mark.parametrize(
    ("prompt", "name", "arguments"),
    [
        ("내일 3시에 회의 잡아줘", "calendar_create_event", {"title": "회의", "start": "2026-11-27T15:00"}),
        ("모레 오전 9시 30분에 주간 회의 등록해 줘", "calendar_create_event",
         {"title": "주간 회의", "start": "2026-11-28T09:30"}),
        ("다음 주 월요일 오후 2시 반에 디자인 미팅 잡아 주세요", "calendar_create_event",
         {"title": "디자인 미팅", "start": "2026-11-30T14:30"}),
        ("12월 24일에 팀 저녁 약속 추가해줘", "calendar_create_event",
         {"title": "팀 저녁 약속", "start": "2026-12-24"}),
        ("1월 5일 10시에 면접 잡아줘", "calendar_create_event", {"title": "면접", "start": "2027-01-05T10:00"}),
        ("Schedule a design review tomorrow at 3pm", "calendar_create_event",
         {"title": "design review", "start": "2026-11-27T15:00"}),
        ("Please book lunch on 2026-12-01 12:15", "calendar_create_event",
         {"title": "lunch on", "start": "2026-12-01T12:15"}),
        ("내일 일정 알려줘", "calendar_list_events", {"begin": "2026-11-27", "end": "2026-11-28"}),
        ("이번 주 일정 뭐 있어?", "calendar_list_events", {"begin": "2026-11-26", "end": "2026-12-03"}),
        ("이준호님을 초대해줘", "room_add_user", {"person": "이준호"}),
        ("invite junho@local to this room", "room_add_user", {"person": "junho@local"}),
        ("“디자인” 방 만들어줘", "create_room", {"title": "디자인"}),
        ("create a room called Launch", "create_room", {"title": "Launch"}),
        ("반도체 뉴스 검색해줘", "open_news_search_popup", {"query": "반도체"}),
        ("show the news about chips", "open_news_search_popup", {"query": "chips"}),
        ("(3 + 4) * 12 계산해줘", "calculate", {"expression": "(3 + 4) * 12"}),
        ("5월 공휴일 알려줘", "list_holidays", {"year": 2026, "month": 5}),
        ("holidays of 2027", "list_holidays", {"year": 2027}),
        ("이번 주 대화 요약해줘", "get_room_summary", {}),
        ("예산에 대한 메시지 찾아줘", "search_room_messages", {"query": "예산"}),
        ("find the budget", "search_room_messages", {"query": "the budget"}),
    ],
)  # fmt: skip
def test_a_plain_request_becomes_a_call(prompt: str, name: str, arguments: Mapping[str, object]) -> None:
    call = call_for(asking(prompt))
    assert call is not None
    assert (call.name, json.loads(call.arguments)) == (name, arguments)


@pytest.mark.parametrize(
    "prompt", ["안녕?", "회의가 언제였지?", "오늘 날씨 어때?", "who are you", "25시에 회의", "회의 잡아줘"]
)
def test_what_is_not_plain_is_talked_about(prompt: str) -> None:
    assert call_for(asking(prompt)) is None


def test_no_tool_is_called_that_is_not_offered() -> None:
    assert call_for(replace(asking("내일 3시에 회의 잡아줘"), tools=())) is None


@pytest.mark.parametrize(
    ("prompt", "name", "result", "said"),
    [
        ("잡아줘", "calendar_create_event", {"title": "회의", "start": "2026-11-27T15:00+09:00"},
         "일정을 만들었어요: 회의, 2026-11-27 15:00"),
        ("일정", "calendar_list_events", {"events": []}, "일정이 없어요."),
        ("일정", "calendar_list_events", {"events": [], "note": "…"},
         "일정이 없어요.\n모두의 일정에 있는 것만 보여 드려요. 나머지는 개인 질문으로 물어봐 주세요."),
        ("초대", "room_add_user", {"name": "김", "problem": "…", "candidates": [{"name": "김하나", "email": "h@x"}]},
         "누구를 말씀하시는 건가요? 김하나 (h@x)"),
        ("초대", "room_add_user", {"error": "REFUSED", "message": "no"}, "하지 못했어요: no"),
        ("sum", "calculate", {"value": "14"}, "14"),
        ("찾아", "search_room_messages", [{"ref": 4, "from": "준호", "text": "예산은 4억"}],
         "- 준호: “예산은 4억” [4]"),
        ("요약", "get_room_summary", {"points": ["배포 이야기"], "decisions": ["목요일"], "open_points": []},
         "이야기:\n- 배포 이야기\n결정:\n- 목요일"),
        ("holidays", "list_holidays", [{"date": "2026-05-05", "name": "어린이날"}], "- 2026-05-05 어린이날"),
    ],
)  # fmt: skip
def test_what_came_of_a_call_is_said_in_words(prompt: str, name: str, result: object, said: str) -> None:
    round_ = Round("", [ToolCall("c", name, "{}")], [json.dumps(result, ensure_ascii=False)])
    text = answer(replace(asking(prompt), rounds=[round_]))
    assert text.endswith(f"\n\n{said}")
    assert "모의" in text or "mock" in text
