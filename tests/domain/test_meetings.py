"""Minutes as they are posted."""

from datetime import UTC, datetime, timedelta

from domain.meetings import Occasion, Point, Summary, is_korean, minutes_text

AT = datetime(2026, 2, 16, 9, 30, tzinfo=UTC)
WEEK = Occasion("Deployment", AT - timedelta(days=7), AT, "Ana")


def test_minutes_of_english_talk_are_english() -> None:
    summary = Summary((Point("Ana: the\nbuild is slow", (3,)),), (), (Point("Ben: who looks into it?"),), "A mock.")
    assert minutes_text(summary, WEEK).splitlines() == [
        "📋 Minutes of **Deployment**",
        "2026-02-09 09:30 to 2026-02-16 09:30, asked for by Ana",
        "",
        "**Summary**",
        "- Ana: the build is slow",
        "",
        "**Decisions**",
        "- none",
        "",
        "**Open points**",
        "- Ben: who looks into it?",
        "",
        "_A mock._",
    ]


def test_minutes_cite_nothing_since_their_readers_may_not_read_it() -> None:
    assert "[3]" not in minutes_text(Summary((Point("a", (3,)),)), WEEK)


def test_nothing_is_said_in_a_sentence() -> None:
    assert minutes_text(Summary(), WEEK).splitlines()[-1] == "There was nothing to summarise in this time."
    recorded = Occasion("Weekly", AT, AT + timedelta(seconds=61), "Ana", recorded=True)
    assert minutes_text(Summary(), recorded).splitlines() == [
        "🎙 Minutes of the recording **Weekly**",
        "2 min, brought by Ana at 2026-02-16 09:30",
        "",
        "Nothing that was said could be made out in the recording.",
    ]


def test_one_korean_text_makes_it_korean() -> None:
    assert is_korean(["hello", "배포 is done"])
    assert not is_korean(["hello", "こんにちは"])
    assert not is_korean([])
