"""Parts that are away, and questions that wait."""

import logging
from collections.abc import Mapping
from datetime import datetime, timedelta
from math import isnan

import pytest

from adapters.observability.outages import OutageWatch
from adapters.observability.questions import QuestionWatch
from application.ports.jarvis_backlog import Depth
from domain.errors import Unavailable
from tests.builders import START, FakeClock


def levels(caplog: pytest.LogCaptureFixture) -> list[tuple[str, str]]:
    return [(record.levelname, record.getMessage()) for record in caplog.records]


async def test_who_is_away_for_long_is_reported_once(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO)
    clock, parts = FakeClock(), {"database": True, "redis": True}

    async def check() -> Mapping[str, bool]:
        return dict(parts)

    watch = OutageWatch(check, clock, patience=30)
    await watch.look()
    parts["database"] = False
    for _ in range(10):
        await watch.look()
        clock.advance(10)
    assert watch.parts == {"database": False, "redis": True}
    parts["database"] = True
    await watch.look()
    parts["redis"] = False
    await watch.look()
    clock.advance(10)
    parts["redis"] = True
    await watch.look()
    assert levels(caplog) == [
        ("WARNING", "database does not answer"),
        ("ERROR", "database has been away for 30 seconds"),
        ("WARNING", "database is back"),
        ("WARNING", "redis does not answer"),
        ("WARNING", "redis is back"),
    ]
    assert [record.alarm for record in caplog.records if hasattr(record, "alarm")] == ["database-away"]


class Store:
    def __init__(self) -> None:
        self.depth = Depth(0, None, 0)
        self.away = False
        self.asked = 0

    async def ask(self, *, now: datetime) -> Depth:
        self.asked += 1
        if self.away:
            raise Unavailable
        return self.depth


async def test_questions_are_counted_and_the_store_is_not_asked_more_than_now_and_then() -> None:
    clock, store, time = FakeClock(), Store(), [100.0]
    watch = QuestionWatch(store.ask, clock, lambda: time[0])
    await watch.look()
    assert (watch.waiting, watch.oldest_seconds, watch.set_aside) == (0, 0, 0)
    store.depth = Depth(3, START - timedelta(seconds=7), 1)
    await watch.look()
    assert (watch.waiting, store.asked) == (0, 1)
    time[0] += 5
    await watch.look()
    assert (watch.waiting, watch.oldest_seconds, watch.set_aside) == (3, 7, 1)
    store.away = True
    time[0] += 5
    await watch.look()
    assert isnan(watch.waiting)
    assert isnan(watch.oldest_seconds)


async def test_what_is_set_aside_is_reported_when_it_grows(caplog: pytest.LogCaptureFixture) -> None:
    store = Store()
    watch = QuestionWatch(store.ask, FakeClock(), lambda: 100.0)
    for set_aside, away in ((2, False), (2, False), (3, True), (3, False), (3, False), (1, False), (2, False)):
        store.depth, store.away = Depth(0, None, set_aside), away
        await watch.report()
    assert [message for level, message in levels(caplog) if level == "ERROR"] == [
        "1 questions were set aside: see `jarvis jobs`"
    ] * 2
    assert {record.alarm for record in caplog.records if hasattr(record, "alarm")} == {"question-set-aside"}
