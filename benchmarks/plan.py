"""How long each measurement takes: a full run ends in about eleven minutes, a quick one in about three."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Plan:
    """Seconds, unless named otherwise. Measurements that are compared take turns ``rounds`` times, and the median of
    the rounds' ratios counts."""

    rounds: int
    warmup: float
    commits: float
    trial: float
    sends: float
    delivery: float
    latency_few: float
    latency_many: float
    questions: float
    backlog_messages: int
    search_messages: int
    search_vectors: int
    searches: int
    pages: int
    room_messages: int
    bare_memory: bool


FULL = Plan(
    rounds=3,
    warmup=1.5,
    commits=2,
    trial=2,
    sends=4,
    delivery=5,
    latency_few=8,
    latency_many=10,
    questions=5,
    backlog_messages=20_000,
    search_messages=1_000_000,
    search_vectors=100_000,
    searches=200,
    pages=4000,
    room_messages=1_000_000,
    bare_memory=True,
)
QUICK = Plan(
    rounds=1,
    warmup=1,
    commits=2,
    trial=1,
    sends=2,
    delivery=3,
    latency_few=4,
    latency_many=8,
    questions=3,
    backlog_messages=5_000,
    search_messages=100_000,
    search_vectors=10_000,
    searches=60,
    pages=1000,
    room_messages=1_000_000,
    bare_memory=False,
)
