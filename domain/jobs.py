"""Jobs: work for later that must be done once, whatever dies meanwhile."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import Enum
from typing import Any

from domain.ids import JobId, RoomId, UserId

ATTEMPTS = 5
ANSWER = "answer"
_PREFIX = "job"


class JobStatus(Enum):
    """Where a job stands."""

    QUEUED = "queued"
    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"

    @property
    def is_final(self) -> bool:
        """Whether nothing more happens by itself."""
        return self in {JobStatus.DONE, JobStatus.FAILED}


@dataclass(frozen=True, slots=True)
class Job:
    """Something to be done by a worker.

    Jobs of one ``lane`` are done one after the other, oldest first. ``payload`` and ``result`` are JSON objects.
    ``key`` names what is to be done: a second job of the same kind and key is not kept. A job of a room goes with it.
    ``asker_id`` is who may follow it and is told how it ends.

    ``attempt`` counts how often a worker has taken it up: only the newest attempt may finish it. Those of
    ``attempts_before`` were made before an operator had it run again. After ``attempts_allowed`` it is set aside.
    """

    id: JobId
    kind: str
    lane: str
    payload: Mapping[str, Any]
    created_at: datetime
    key: str | None = None
    room_id: RoomId | None = None
    asker_id: UserId | None = None
    attempts_allowed: int = ATTEMPTS
    status: JobStatus = JobStatus.QUEUED
    attempt: int = 0
    attempts_before: int = 0
    result: Mapping[str, Any] | None = None
    failure: str | None = None
    cancelled: bool = False

    @property
    def tries(self) -> int:
        """The attempts that count towards the limit."""
        return self.attempt - self.attempts_before


def job_lane(kind: str, subject: object) -> str:
    """The lane of jobs of a kind that must not be done at the same time: those about the same subject."""
    return f"{_PREFIX}:{kind}:{subject}"


def is_job_lane(lane: str) -> bool:
    """Whether jobs are done in this lane, rather than questions answered."""
    return lane.startswith(f"{_PREFIX}:")


def kind_of(lane: str) -> str:
    """What is done in a lane: what it was named by, most often the kind of its jobs, or ``answer``."""
    return lane.split(":", 2)[1] if is_job_lane(lane) else ANSWER
