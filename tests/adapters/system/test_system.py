"""The machine's clock and ids."""

from datetime import UTC, datetime, timedelta
from uuid import RFC_4122

from adapters.system.clock import SystemClock
from adapters.system.ids import Uuid7Source

NS = 1_000_000


class Hands:
    """A clock whose hands the test sets, in milliseconds."""

    def __init__(self, ms: int) -> None:
        self.ms = ms

    def __call__(self) -> int:
        return self.ms * NS + 999_999


def milliseconds(id_int: int) -> int:
    return id_int >> 80


def test_ids_are_of_version_7_and_carry_the_time() -> None:
    made = Uuid7Source(Hands(1_771_203_723_004)).new()
    assert (made.version, made.variant) == (7, RFC_4122)
    assert milliseconds(made.int) == 1_771_203_723_004


def test_ids_go_up_within_a_millisecond_and_when_the_clock_goes_back() -> None:
    hands = Hands(1_000)
    source = Uuid7Source(hands)
    made = [source.new() for _ in range(1_000)]
    hands.ms = 900
    made += [source.new() for _ in range(1_000)]
    hands.ms = 1_001
    made += [source.new() for _ in range(10)]
    assert made == sorted(made)
    assert len(set(made)) == len(made)
    assert milliseconds(made[1_500].int) == 1_000
    assert milliseconds(made[-1].int) == 1_001


def test_past_the_end_of_the_random_part_the_timestamp_runs_ahead() -> None:
    source = Uuid7Source(Hands(1_000))
    before = source.new()
    source._random = (1 << 74) - 1
    after = source.new()
    assert after > before
    assert (after.version, after.variant, milliseconds(after.int)) == (7, RFC_4122, 1_001)
    assert milliseconds(source.new().int) == 1_001


def test_ids_of_two_sources_differ() -> None:
    hands = Hands(1_000)
    assert Uuid7Source(hands).new() != Uuid7Source(hands).new()


async def test_the_clock_tells_utc_in_milliseconds() -> None:
    before = datetime.now(UTC)  # noqa: TID251
    told = SystemClock().now()
    after = datetime.now(UTC)  # noqa: TID251
    assert before - timedelta(milliseconds=1) < told <= after
    assert told.tzinfo is UTC
    assert told.microsecond % 1000 == 0
    await SystemClock().sleep(0)
