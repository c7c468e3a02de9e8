"""Questions to Jarvis."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from adapters.memory.ai_usage import InMemoryAiUsageRepository
from adapters.memory.store import InMemoryStore, Kept
from domain.answers import Usage
from domain.ids import MessageId, RequestId, RoomId, UserId
from domain.jarvis import JarvisRequest, RequestStatus

_FINISHED = {RequestStatus.DONE, RequestStatus.FAILED}


class InMemoryJarvisRequestRepository:
    """Questions by id, and the unfinished ones of each lane in the order in which they came."""

    def __init__(self, store: InMemoryStore) -> None:
        self._requests = store.requests
        self._public_ids = store.public_ids
        self._lanes = store.lanes
        self._rounds = store.rounds
        self._records = store.records
        self._confirmations = store.confirmations
        self._contents = store.contents
        self._usage = InMemoryAiUsageRepository(store)

    async def add(self, request: JarvisRequest) -> bool:
        return self.keep(request)

    def keep(self, request: JarvisRequest) -> bool:
        """Keep a question; False where its asker has used the same public id before."""
        known_by = request.asker_id, request.public_id
        if known_by in self._public_ids:
            return False
        self._public_ids.put(known_by, request.id)
        self._requests.put(request.id, Kept(request))
        self._lanes.put(request.lane, (*self._lane(request.lane), request.id))
        self._usage.add(request.asker_id, Usage(requests=1, tokens=0), request.created_at)
        return True

    async def asked_by_message(
        self, room_id: RoomId, asker_id: UserId, *, since: datetime, message_id: MessageId | None = None
    ) -> Sequence[JarvisRequest]:
        asked = (kept.request for kept in self._requests.values())
        return [
            request
            for request in asked
            if (request.room_id, request.asker_id) == (room_id, asker_id)
            and request.message_id is not None
            and (request.created_at >= since or request.message_id == message_id)
        ]

    async def claim(self, lane: str, *, now: datetime, until: datetime) -> JarvisRequest | None:
        unfinished = self._lane(lane)
        if not unfinished or any(self._requests[request_id].is_held(now) for request_id in unfinished):
            return None
        kept = self._requests[unfinished[0]]
        if kept.is_put_off(now):
            return None
        request = replace(kept.request, status=RequestStatus.RUNNING, attempt=kept.request.attempt + 1)
        self._requests.put(request.id, Kept(request, until, failure=kept.failure))
        return request

    async def extend(self, request_id: RequestId, attempt: int, *, until: datetime) -> bool:
        request = self._held(request_id, attempt)
        if request is not None:
            self._requests.put(request_id, replace(self._requests[request_id], held_until=until))
        return request is not None

    async def release(self, request_id: RequestId, attempt: int) -> None:
        request = self._held(request_id, attempt)
        if request is not None:
            handed_back = replace(request, status=RequestStatus.QUEUED, attempt=request.attempt - 1)
            self._requests.put(request_id, Kept(handed_back, failure=self._requests[request_id].failure))

    async def postpone(self, request_id: RequestId, attempt: int, failure: str, *, until: datetime) -> bool:
        request = self._held(request_id, attempt)
        if request is None:
            return False
        queued = replace(request, status=RequestStatus.QUEUED)
        self._requests.put(request_id, Kept(queued, retry_at=until, failure=failure))
        return True

    async def finish(
        self,
        request_id: RequestId,
        attempt: int,
        status: RequestStatus,
        *,
        at: datetime,  # noqa: ARG002 -- nothing here outlasts the process
        failure: str | None = None,
    ) -> bool:
        request = self._held(request_id, attempt)
        if request is None:
            return False
        prompt = "" if self._is_taken_back(request, status) else request.prompt
        self._requests.put(request_id, Kept(replace(request, status=status, prompt=prompt), failure=failure))
        self._take_off(request)
        return True

    def _is_taken_back(self, request: JarvisRequest, status: RequestStatus) -> bool:
        contents = self._contents.get(request.room_id)
        if contents is None or request.message_id is None:
            return False
        message = contents.messages.get(request.message_id)
        if message is None:
            return False
        return message.deleted_at is not None or (message.edited_at is not None and status is RequestStatus.DONE)

    def forget_room(self, room_id: RoomId) -> None:
        """Remove all questions of a room."""
        gone = [kept.request for kept in self._requests.values() if kept.request.room_id == room_id]
        self._requests.remove(*(request.id for request in gone))
        self._rounds.remove(*(request.id for request in gone))
        self._records.remove(*(request.id for request in gone))
        ids = {request.id for request in gone}
        self._confirmations.remove(*[key for key in self._confirmations if key[0] in ids])
        self._public_ids.remove(*((request.asker_id, request.public_id) for request in gone))
        for request in gone:
            self._take_off(request)

    def _take_off(self, request: JarvisRequest) -> None:
        rest = tuple(request_id for request_id in self._lane(request.lane) if request_id != request.id)
        if rest:
            self._lanes.put(request.lane, rest)
        else:
            self._lanes.remove(request.lane)

    def _lane(self, lane: str) -> tuple[RequestId, ...]:
        return self._lanes.get(lane) or ()

    def _held(self, request_id: RequestId, attempt: int) -> JarvisRequest | None:
        kept = self._requests.get(request_id)
        if kept is None or kept.request.attempt != attempt or kept.request.status in _FINISHED:
            return None
        return kept.request
