"""How answers come about, in PostgreSQL."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from psycopg.types.json import Jsonb

from adapters.postgres.ai_usage import CHARGE_ANSWERED
from adapters.postgres.session import Session
from application.ports.chat_model import Round, Said, ToolCall
from domain.answers import AnswerRecord
from domain.ids import MessageId, RequestId, RoomId

ROUNDS = "select said, calls, results, sources from jarvis_rounds where request_id = %(id)s order by place"

FORGET_ROUNDS = "delete from jarvis_rounds where request_id = %(id)s"

KEEP_ROUND = """
insert into jarvis_rounds (request_id, place, said, calls, results, sources)
values (%(id)s, %(place)s, %(said)s, %(calls)s, %(results)s, %(sources)s)
on conflict (request_id, place) do update
    set said = excluded.said, calls = excluded.calls, results = excluded.results, sources = excluded.sources
"""

NOTE = f"""
with asked as (
    update jarvis_requests set model = coalesce(nullif(%(model)s::text, ''), model),
        tokens_in = coalesce(tokens_in, 0) + %(tokens_in)s, tokens_out = coalesce(tokens_out, 0) + %(tokens_out)s,
        first_word_ms = coalesce(first_word_ms, %(first_word_ms)s), whole_ms = coalesce(%(whole_ms)s, whole_ms)
    where id = %(id)s
    returning asker_id, created_at
)
{CHARGE_ANSWERED}
"""


class PostgresJarvisAnswerRepository:
    """JarvisAnswerRepository on the tables jarvis_rounds and jarvis_requests."""

    def __init__(self, session: Session) -> None:
        self._session = session

    async def rounds(self, request_id: RequestId) -> Sequence[Round]:
        rows = await self._session.read(ROUNDS, {"id": request_id})
        return [
            Round(said, tuple(ToolCall(*call) for call in calls), tuple(results), tuple(map(_said, sources)))
            for said, calls, results, sources in rows
        ]

    async def keep_round(self, request_id: RequestId, place: int, round_: Round) -> None:
        await self._session.write(
            KEEP_ROUND,
            {
                "id": request_id,
                "place": place,
                "said": round_.said,
                "calls": Jsonb([[call.id, call.name, call.arguments] for call in round_.calls]),
                "results": Jsonb(list(round_.results)),
                "sources": Jsonb([_kept(said) for said in round_.sources]),
            },
        )

    async def forget_rounds(self, request_id: RequestId) -> None:
        await self._session.write(FORGET_ROUNDS, {"id": request_id})

    async def note(self, request_id: RequestId, record: AnswerRecord) -> None:
        await self._session.write(
            NOTE,
            {
                "id": request_id,
                "model": record.model,
                "tokens_in": record.tokens_in,
                "tokens_out": record.tokens_out,
                "first_word_ms": record.first_word_ms,
                "whole_ms": record.whole_ms,
            },
        )


def _kept(said: Said) -> list[Any]:
    return [said.speaker, said.text, said.at.isoformat(), str(said.message_id), str(said.room_id), said.ref]


def _said(kept: Sequence[Any]) -> Said:
    speaker, text, at, message_id, room_id, ref = kept
    return Said(speaker, text, datetime.fromisoformat(at), MessageId(UUID(message_id)), RoomId(UUID(room_id)), ref)
