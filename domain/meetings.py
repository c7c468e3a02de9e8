"""Minutes: what is left of a long talk for those who were not there."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

WINDOW = timedelta(days=7)
"""How far back the minutes of a room go."""

_HANGUL = re.compile(r"[\u3131-\u318e\uac00-\ud7a3]")


@dataclass(frozen=True, slots=True)
class Point:
    """One thing that was said; ``refs`` are the numbers of the messages that say it."""

    text: str
    refs: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class Summary:
    """What a talk comes to. ``remark`` is what readers must know of how it was made."""

    points: tuple[Point, ...] = ()
    decisions: tuple[Point, ...] = ()
    open_points: tuple[Point, ...] = ()
    remark: str = ""

    @property
    def is_empty(self) -> bool:
        """Whether there was nothing to tell."""
        return not (self.points or self.decisions or self.open_points)

    @property
    def texts(self) -> Iterable[str]:
        """All that it says, point by point."""
        return (point.text for point in (*self.points, *self.decisions, *self.open_points))


@dataclass(frozen=True, slots=True)
class Occasion:
    """What minutes are of: a room's talk or a recording, from when to when, and who had them made.

    A recording begins when it was brought, for want of anything better.
    """

    title: str
    since: datetime
    until: datetime
    asker: str
    recorded: bool = False

    @property
    def minutes(self) -> int:
        """How long it took, rounded up."""
        return -(-(self.until - self.since) // timedelta(minutes=1))


@dataclass(frozen=True, slots=True)
class _Words:
    heading: str
    recording: str
    of: str
    of_recording: str
    points: str
    decisions: str
    open_points: str
    none: str
    nothing: str
    nothing_recorded: str


_KOREAN = _Words(
    heading="📋 **{title}** 회의 요약",
    recording="🎙 **{title}** 녹음 회의록",
    of="{since} ~ {until}, {asker} 님이 요청",
    of_recording="{since}에 {asker} 님이 올린 {minutes}분 분량",
    points="요약",
    decisions="결정 사항",
    open_points="남은 논의",
    none="없음",
    nothing="이 기간에는 요약할 대화가 없어요.",
    nothing_recorded="녹음에서 알아들은 말이 없어요.",
)
_ENGLISH = _Words(
    heading="📋 Minutes of **{title}**",
    recording="🎙 Minutes of the recording **{title}**",
    of="{since} to {until}, asked for by {asker}",
    of_recording="{minutes} min, brought by {asker} at {since}",
    points="Summary",
    decisions="Decisions",
    open_points="Open points",
    none="none",
    nothing="There was nothing to summarise in this time.",
    nothing_recorded="Nothing that was said could be made out in the recording.",
)


def is_korean(texts: Iterable[str]) -> bool:
    """Whether these are to be spoken of in Korean: as soon as one of them has Hangul in it."""
    return any(_HANGUL.search(text) for text in texts)


def minutes_text(summary: Summary, occasion: Occasion) -> str:
    """The minutes as they are posted, in Korean or English, as the talk was. Times as they are given."""
    words = _KOREAN if is_korean([occasion.title, *summary.texts]) else _ENGLISH
    heading = words.recording if occasion.recorded else words.heading
    since, until = f"{occasion.since:%Y-%m-%d %H:%M}", f"{occasion.until:%Y-%m-%d %H:%M}"
    lines = [
        heading.format(title=occasion.title),
        (words.of_recording if occasion.recorded else words.of).format(
            since=since, until=until, asker=occasion.asker, minutes=occasion.minutes
        ),
    ]
    if summary.is_empty:
        lines += ["", words.nothing_recorded if occasion.recorded else words.nothing]
    else:
        lines += _section(words.points, summary.points, words.none)
        lines += _section(words.decisions, summary.decisions, words.none)
        lines += _section(words.open_points, summary.open_points, words.none)
    if summary.remark:
        lines += ["", f"_{summary.remark}_"]
    return "\n".join(lines)


def _section(title: str, points: Sequence[Point], none: str) -> list[str]:
    lines = [f"- {' '.join(point.text.split())}" for point in points]
    return ["", f"**{title}**", *(lines or [f"- {none}"])]
