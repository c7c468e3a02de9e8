"""How answers come about, and what people say meanwhile."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from adapters.memory.ai_usage import InMemoryAiUsageRepository
from adapters.memory.store import InMemoryStore
from application.ports.chat_model import Round
from domain.answers import AnswerRecord, Confirmation, Leave, Usage
from domain.ids import RequestId, UserId
from domain.jarvis import JarvisRequest, RequestStatus
from domain.rooms import Role

_UNFINISHED = {RequestStatus.QUEUED, RequestStatus.RUNNING}


class InMemoryJarvisAnswerRepository:
    """Rounds and records by question."""

    def __init__(self, store: InMemoryStore) -> None:
        self._store = store
        self._usage = InMemoryAiUsageRepository(store)

    async def rounds(self, request_id: RequestId) -> Sequence[Round]:
        return self._store.rounds.get(request_id) or ()

    async def keep_round(self, request_id: RequestId, place: int, round_: Round) -> None:
        rounds = list(self._store.rounds.get(request_id) or ())
        rounds[place:] = [round_]
        self._store.rounds.put(request_id, tuple(rounds))

    async def forget_rounds(self, request_id: RequestId) -> None:
        self._store.rounds.remove(request_id)

    async def note(self, request_id: RequestId, record: AnswerRecord) -> None:
        before = self._store.records.get(request_id) or AnswerRecord()
        self._store.records.put(request_id, before.and_then(record))
        kept = self._store.requests.get(request_id)
        if kept is not None:
            tokens = Usage(requests=0, tokens=record.tokens_in + record.tokens_out)
            self._usage.add(kept.request.asker_id, tokens, kept.request.created_at)


class InMemoryJarvisInterventions:
    """Cancellations and confirmations."""

    def __init__(self, store: InMemoryStore) -> None:
        self._store = store

    async def cancel(self, public_id: str, by: UserId) -> JarvisRequest | None:
        unfinished = [
            kept.request
            for kept in self._store.requests.values()
            if kept.request.public_id == public_id and kept.request.status in _UNFINISHED
        ]
        mine = [request for request in unfinished if request.asker_id == by]
        owned = [request for request in unfinished if not request.personal and self._owns(by, request)]
        found = next(iter([*mine, *owned]), None)
        if found is None:
            return None
        cancelled = replace(found, cancelled=True)
        self._store.requests.put(found.id, replace(self._store.requests[found.id], request=cancelled))
        return cancelled

    async def is_cancelled(self, request_id: RequestId) -> bool:
        kept = self._store.requests.get(request_id)
        return kept is not None and kept.request.cancelled

    async def ask_leave(self, confirmation: Confirmation) -> Confirmation:
        key = confirmation.request_id, confirmation.call_id
        kept = self._store.confirmations.get(key)
        if kept is None:
            self._store.confirmations.put(key, confirmation)
        return kept or confirmation

    async def decide(self, asker_id: UserId, public_id: str, call_id: str, leave: Leave, *, at: datetime) -> bool:
        request_id = self._store.public_ids.get((asker_id, public_id))
        key = (request_id, call_id) if request_id is not None else None
        kept = self._store.confirmations.get(key) if key is not None else None
        if key is None or kept is None or kept.leave is not Leave.WAITING or kept.expires_at <= at:
            return False
        self._store.confirmations.put(key, replace(kept, leave=leave))
        return True

    async def leave(self, request_id: RequestId, call_id: str) -> Leave:
        kept = self._store.confirmations.get((request_id, call_id))
        return kept.leave if kept is not None else Leave.REFUSED

    def _owns(self, user_id: UserId, request: JarvisRequest) -> bool:
        contents = self._store.contents.get(request.room_id)
        member = contents.members.get(user_id) if contents is not None else None
        return member is not None and member.role is Role.OWNER
