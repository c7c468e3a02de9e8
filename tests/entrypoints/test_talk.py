"""The terminal client: what a line means, and what is shown."""

from typing import Any

import pytest

from entrypoints.talk import _Screen


@pytest.fixture
def screen() -> _Screen:
    shown = _Screen({"u1": "민지"})
    shown.jarvis_accepted({"requestId": "q1", "roomId": "r"})
    return shown


@pytest.mark.parametrize(
    ("line", "meant"),
    [
        ("자비스야 언제?", {"type": "message.send", "content": "자비스야 언제?"}),
        ("/do", {"type": "message.send", "content": "/do"}),
        ("/nonsense 3", {"type": "message.send", "content": "/nonsense 3"}),
        ("/do 회의 잡아줘", {"type": "jarvis.request", "prompt": "회의 잡아줘", "mode": "action"}),
        ("/me 일정", {"type": "jarvis.request", "prompt": "일정", "mode": "action", "isPersonal": True}),
        ("/stop", {"type": "jarvis.cancel", "requestId": "q1"}),
    ],
)
def test_what_a_line_means(screen: _Screen, line: str, meant: dict[str, Any]) -> None:
    assert screen.meant(line) == meant


@pytest.mark.parametrize(("line", "approve"), [("/yes", True), ("/no", False)])
def test_yes_and_no_answer_what_was_asked_last(
    screen: _Screen, capsys: pytest.CaptureFixture[str], line: str, approve: bool
) -> None:
    screen.bot_confirm({"requestId": "q2", "roomId": "r", "callId": "0-1", "name": "x", "summary": "초대할까요?"})
    assert "초대할까요?" in capsys.readouterr().out
    assert screen.meant(line) == {"type": "jarvis.confirm", "requestId": "q2", "callId": "0-1", "approve": approve}


def test_answers_are_shown_as_they_come(screen: _Screen, capsys: pytest.CaptureFixture[str]) -> None:
    for index, chunk in enumerate(("", "목요일 ", "정오")):
        screen.bot_stream({"requestId": "q1", "roomId": "r", "chunk": chunk, "index": index})
    screen.bot_done({"requestId": "q1", "content": "목요일 정오"})
    screen.bot_personal_done({"requestId": "q3", "content": "혼자만"})
    assert capsys.readouterr().out == "Jarvis: 목요일 정오\nJarvis, to you alone: 혼자만\n"
