"""Plain requests that the mock recognises, as calls of tools; and what it says of their results."""

import json
import re
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from adapters.mock.dates import when_in
from application.ports.chat_model import Conversation, Round, ToolCall

Call = tuple[str, Mapping[str, object]]

_PLAN = re.compile(r"(잡아|등록|추가해|예약해|schedule|book|set up|add)", re.IGNORECASE)
_PLANNED = re.compile(r"(일정|회의|미팅|약속|점심|저녁|발표|면접|meeting|appointment|lunch|call|review)", re.IGNORECASE)
_PLAN_WORDS = re.compile(
    r"(을|를)?\s*(좀\s*)?(잡아|등록해|추가해|예약해)\s*(줘|주세요|줄래|줄 수 있어)?[.!?]*$"
    r"|^(please\s+)?(schedule|book|set up|add)\s+(an?\s+|the\s+)?|\bplease\b|[.!?]+$",
    re.IGNORECASE,
)
_AGENDA = re.compile(r"(일정|약속|스케줄|calendar|agenda|appointments)", re.IGNORECASE)
_TELL = re.compile(r"(알려|보여|뭐|있어|있나|있지|어때|show|list|what|tell)", re.IGNORECASE)
_INVITE = re.compile(
    r"(?P<who>\S+?)\s*(?:님)?(?:을|를)?\s*(?:이\s*방에\s*)?초대해"
    r"|invite\s+(?P<en>.+?)(?:\s+(?:to|into)\b.*)?[.!?]*$",
    re.IGNORECASE,
)
_ROOM = re.compile(
    r"[\"“']?(?P<title>[^\"”']+?)[\"”']?(?:이라는|라는)?\s*방(?:을|좀)?\s*(?:하나\s*)?(?:만들어|열어|개설해)"
    r"|(?:open|create)\s+(?:a\s+)?room\s+(?:called\s+|named\s+)?[\"“']?(?P<en>[^\"”']+?)[\"”']?[.!?]*$",
    re.IGNORECASE,
)
_NEWS = re.compile(
    r"(?P<query>.+?)\s*(?:에 대한|관련)?\s*뉴스\S*\s*(?:좀\s*)?(?:검색|보여|찾아|열어)"
    r"|(?:show|search|open)\s+(?:the\s+)?news\s+(?:about|on|for)\s+(?P<en>.+?)[.!?]*$",
    re.IGNORECASE,
)
_HOLIDAYS = re.compile(r"(공휴일|휴일|쉬는 날|holidays?)", re.IGNORECASE)
_MONTH = re.compile(r"(\d{1,2})월")
_YEAR = re.compile(r"(\d{4})")
_SUM = re.compile(r"[-+]?[\d(][\d\s.,()]*(?:(?:\*\*|[-+*/^×÷])[\d\s.,()]+)+")  # noqa: RUF001
_SEARCH = re.compile(
    r"(?P<query>.+?)\s*(?:에 대한|관련|라는|이라는|라고 한)?\s*(?:메시지|말|이야기|얘기|대화)?(?:를|을)?\s*찾아"
    r"|(?:find|search for)\s+(?P<en>.+?)[.!?]*$",
    re.IGNORECASE,
)
_SUMMARY = re.compile(r"(요약|정리해|summar)", re.IGNORECASE)


def call_for(conversation: Conversation) -> ToolCall | None:
    """The call that a plain request asks for; None where it is not recognised, or the tool not offered."""
    offered = {tool.name for tool in conversation.tools}
    for recognise in (_plan, _agenda, _invite, _open_room, _holidays, _news, _work_out, _summary, _search):
        found = recognise(conversation.prompt.strip(), conversation.now)
        if found is not None and found[0] in offered:
            return ToolCall("call-0", found[0], json.dumps(found[1], ensure_ascii=False))
    return None


def _plan(text: str, now: datetime) -> Call | None:
    if not (_PLAN.search(text) and _PLANNED.search(text)):
        return None
    when = when_in(text, now)
    if when.day is None and when.at is None:
        return None
    title = " ".join(_PLAN_WORDS.sub(" ", when.rest).split()) or "일정"
    start = when.start(now)
    shown = start.isoformat(timespec="minutes") if isinstance(start, datetime) else start.isoformat()
    return "calendar_create_event", {"title": title, "start": shown}


def _agenda(text: str, now: datetime) -> Call | None:
    if not (_AGENDA.search(text) and _TELL.search(text)):
        return None
    day, days = when_in(text, now).day, 1
    if day is None:
        day, days = now.date(), 7
    return "calendar_list_events", {"begin": day.isoformat(), "end": (day + timedelta(days=days)).isoformat()}


def _invite(text: str, _: datetime) -> Call | None:
    found = _named(_INVITE, text, "who")
    return ("room_add_user", {"person": found}) if found else None


def _open_room(text: str, _: datetime) -> Call | None:
    found = _named(_ROOM, text, "title")
    return ("create_room", {"title": found}) if found else None


def _holidays(text: str, now: datetime) -> Call | None:
    if not _HOLIDAYS.search(text):
        return None
    year, month = _YEAR.search(text), _MONTH.search(text)
    asked: dict[str, object] = {"year": int(year[1]) if year else now.year}
    if month and 1 <= int(month[1]) <= 12:
        asked["month"] = int(month[1])
    return "list_holidays", asked


def _news(text: str, _: datetime) -> Call | None:
    found = _named(_NEWS, text, "query")
    return ("open_news_search_popup", {"query": found}) if found else None


def _work_out(text: str, _: datetime) -> Call | None:
    found = _SUM.search(text)
    return ("calculate", {"expression": found[0].strip()}) if found else None


def _summary(text: str, _: datetime) -> Call | None:
    return ("get_room_summary", {}) if _SUMMARY.search(text) else None


def _search(text: str, _: datetime) -> Call | None:
    found = _named(_SEARCH, text, "query")
    return ("search_room_messages", {"query": found}) if found else None


def _named(pattern: re.Pattern[str], text: str, korean: str) -> str | None:
    match = pattern.search(text)
    return (match[korean] or match["en"] or "").strip(" \"'“”.,") or None if match is not None else None


def report(rounds: Sequence[Round], *, korean: bool) -> str:
    """What came of the calls, in words."""
    lines = []
    for round_ in rounds:
        for call, result in zip(round_.calls, round_.results, strict=True):
            lines.append(_line(call.name, _read(result), korean=korean))
    return "\n".join(lines)


def _read(result: str) -> Any:
    try:
        return json.loads(result)
    except ValueError:
        return result


def _line(name: str, result: Any, *, korean: bool) -> str:
    if isinstance(result, dict) and "error" in result:
        message = result.get("message") or result["error"]
        return f"하지 못했어요: {message}" if korean else f"That was not done: {message}"
    if isinstance(result, dict) and ("problem" in result or "candidates" in result):
        return _doubt(result, korean=korean)
    say = _LINES.get(name)
    return say(result, korean) if say is not None else json.dumps(result, ensure_ascii=False)


def _doubt(result: Mapping[str, Any], *, korean: bool) -> str:
    told = result.get("people", [result])
    lines = []
    for one in told:
        people = ", ".join(f"{person['name']} ({person['email']})" for person in one.get("candidates", ()))
        if people:
            lines.append(f"누구를 말씀하시는 건가요? {people}" if korean else f"Whom do you mean? {people}")
        else:
            name = one.get("name", "?")
            lines.append(f"“{name}”이라는 사람이 없어요." if korean else f"There is nobody called “{name}”.")
    return "\n".join(lines)


def _event(entry: Mapping[str, Any]) -> str:
    return f"{entry.get('title', '?')}, {str(entry.get('start', '?')).replace('T', ' ')[:16]}"


def _agenda_lines(found: Mapping[str, Any], *, korean: bool) -> str:
    lines = _list(
        [_event(entry) for entry in found.get("events", ())], "일정이 없어요." if korean else "Nothing is planned."
    )
    if "note" not in found:
        return lines
    only = (
        "모두의 일정에 있는 것만 보여 드려요. 나머지는 개인 질문으로 물어봐 주세요."
        if korean
        else "Only what is in everybody's calendar is shown here; for the rest, ask for a personal answer."
    )
    return f"{lines}\n{only}"


def _summary_lines(made: Mapping[str, Any], *, korean: bool) -> str:
    titles = {"points": "이야기", "decisions": "결정", "open_points": "남은 일"}
    if not korean:
        titles = {"points": "Said", "decisions": "Decided", "open_points": "Open"}
    parts = [f"{title}:\n{_list(made[name], '')}" for name, title in titles.items() if made.get(name)]
    return "\n".join(parts) or ("나눈 이야기가 없어요." if korean else "Nothing was said.")


def _list(entries: Sequence[str], none: str) -> str:
    return "\n".join(f"- {entry}" for entry in entries) if entries else none


_LINES: Mapping[str, Callable[[Any, bool], str]] = {
    "calendar_create_event": lambda made, ko: (
        f"일정을 만들었어요: {_event(made)}" if ko else f"Planned: {_event(made)}"
    ),
    "calendar_list_events": lambda found, ko: _agenda_lines(found, korean=ko),
    "room_add_user": lambda made, ko: (
        f"{made.get('person')} 님을 초대했어요." if ko else f"{made.get('person')} is in the room now."
    ),
    "create_room": lambda made, ko: (
        f"“{made.get('room')}” 방을 만들었어요." if ko else f"The room “{made.get('room')}” is open."
    ),
    "list_holidays": lambda days, ko: _list(
        [f"{day['date']} {day['name']}" for day in days], "공휴일이 없어요." if ko else "There are none."
    ),
    "open_news_search_popup": lambda made, ko: (
        f"“{made.get('query')}” 뉴스를 열었어요." if ko else f"The news about “{made.get('query')}” are open."
    ),
    "calculate": lambda made, _: str(made.get("value")),
    "search_room_messages": lambda found, ko: _list(
        [f"{one['from']}: “{one['text']}”{_ref(one)}" for one in found],
        "찾지 못했어요." if ko else "Nothing was found.",
    ),
    "get_room_summary": lambda made, ko: _summary_lines(made, korean=ko),
}


def _ref(one: Mapping[str, Any]) -> str:
    return f" [{one['ref']}]" if "ref" in one else ""
