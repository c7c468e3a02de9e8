"""What was said in a room, in short."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from application.jarvis.toolbox import Tool, ToolUse
from application.minutes import LONGEST_DAYS, Minutes
from domain.meetings import Point


@dataclass(frozen=True, slots=True)
class GetRoomSummary:
    """Arguments of get_room_summary."""

    days: int = field(default=7, metadata={"description": "How far back.", "ge": 1, "le": LONGEST_DAYS})


class SummaryTools:
    """Tools over the minutes. Always this room is summarised, since its members will read what comes of it."""

    def __init__(self, minutes: Minutes) -> None:
        self._minutes = minutes

    def all(self) -> Sequence[Tool]:
        """The tools."""
        return (
            Tool(
                "get_room_summary",
                "What was said in this room in the last days: points, decisions, what is still open.",
                GetRoomSummary,
                self._summary,
            ),
        )

    async def _summary(self, use: ToolUse, asked: GetRoomSummary) -> object:
        summary = await self._minutes.summary(use.actor, use.room_id, asked.days)
        if summary.is_empty:
            return {"nothing": f"nothing was said here in the last {asked.days} days"}
        shown = {
            "points": _texts(summary.points),
            "decisions": _texts(summary.decisions),
            "open_points": _texts(summary.open_points),
        }
        return shown | ({"remark": summary.remark} if summary.remark else {})


def _texts(points: Sequence[Point]) -> list[str]:
    return [point.text for point in points]
