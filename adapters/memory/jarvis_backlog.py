"""Questions to Jarvis without an answer."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from adapters.memory.store import InMemoryStore, Kept
from application.ports.jarvis_backlog import Depth
from domain.ids import RequestId
from domain.jarvis import JarvisRequest, RequestStatus, Unanswered


class InMemoryJarvisBacklog:
    """Looks through the lanes, and for what failed through all questions."""

    def __init__(self, store: InMemoryStore) -> None:
        self._requests = store.requests
        self._lanes = store.lanes

    async def waiting(self, *, now: datetime) -> Sequence[str]:
        return [lane for lane in self._lanes if self._can_be_claimed(lane, now)]

    async def depth(self, *, now: datetime) -> Depth:
        unfinished = [self._requests[request_id] for lane in self._lanes for request_id in self._lanes[lane]]
        asked = [kept.request.created_at for kept in unfinished if not kept.is_held(now)]
        return Depth(len(asked), min(asked, default=None), len(self._failed()))

    async def listed(self, *, take: int) -> Sequence[Unanswered]:
        unfinished = [self._requests[request_id] for lane in self._lanes for request_id in self._lanes[lane]]
        ordered = [*sorted(unfinished, key=_age), *sorted(self._failed(), key=_age)]
        return [_unanswered(kept) for kept in ordered[:take]]

    async def retry(self, request_id: RequestId | None = None) -> Sequence[str]:
        again = [kept.request for kept in self._failed() if request_id in {None, kept.request.id}]
        for request in again:
            failure = self._requests[request.id].failure
            queued = replace(request, status=RequestStatus.QUEUED, attempts_before=request.attempt)
            self._requests.put(request.id, Kept(queued, failure=failure))
            lane = [*(self._lanes.get(request.lane) or ()), request.id]
            self._lanes.put(request.lane, tuple(sorted(lane, key=lambda id_: _age(self._requests[id_]))))
        return [request.lane for request in again]

    def _can_be_claimed(self, lane: str, now: datetime) -> bool:
        kept = [self._requests[request_id] for request_id in self._lanes[lane]]
        return not kept[0].is_put_off(now) and not any(request.is_held(now) for request in kept)

    def _failed(self) -> list[Kept]:
        """Without what somebody has stopped or taken back, which is no matter for an operator."""
        failed = (kept for kept in self._requests.values() if kept.request.status is RequestStatus.FAILED)
        return [kept for kept in failed if kept.request.prompt and not kept.request.cancelled]


def _age(kept: Kept) -> tuple[datetime, RequestId]:
    return kept.request.created_at, kept.request.id


def _unanswered(kept: Kept) -> Unanswered:
    request: JarvisRequest = kept.request
    return Unanswered(
        request.id, request.lane, request.status, request.created_at, request.tries, kept.failure, kept.retry_at
    )
