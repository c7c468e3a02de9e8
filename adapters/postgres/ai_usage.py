"""What people have asked of the language model, in PostgreSQL."""

from datetime import datetime
from typing import LiteralString

from adapters.postgres.session import Session
from domain.answers import Usage
from domain.ids import UserId

PERSON = "coalesce((select owner_id from bots where user_id = %(asker_id)s), %(asker_id)s::uuid)"

HOLD = f"select pg_advisory_xact_lock(hashtextextended('usage:' || {PERSON}::text, 0))"

CHARGE = f"""
insert into ai_usage (person_id, at, requests, tokens) values ({PERSON}, %(at)s, %(requests)s, %(tokens)s)
"""

CHARGE_ASKED: LiteralString = """
insert into ai_usage (person_id, at, requests, tokens)
select coalesce(b.owner_id, q.asker_id), q.created_at, 1, 0 from asked q left join bots b on b.user_id = q.asker_id
"""
"""Counts the questions that the same statement has ``asked``."""

CHARGE_ANSWERED: LiteralString = """
insert into ai_usage (person_id, at, requests, tokens)
select coalesce(b.owner_id, q.asker_id), q.created_at, 0, %(tokens_in)s + %(tokens_out)s
from asked q left join bots b on b.user_id = q.asker_id
"""
"""Counts what the answer to the question that was ``asked`` took."""

SINCE = f"""
select coalesce(sum(requests), 0), coalesce(sum(tokens), 0) from ai_usage
where person_id = {PERSON} and at >= %(moment)s
"""

FORGET = "delete from ai_usage where at < %(before)s"


class PostgresAiUsageRepository:
    """AiUsageRepository on the table ai_usage."""

    def __init__(self, session: Session) -> None:
        self._session = session

    async def hold(self, asker_id: UserId) -> None:
        await self._session.write(HOLD, {"asker_id": asker_id})

    async def charge(self, asker_id: UserId, usage: Usage, *, at: datetime) -> None:
        await self._session.write(
            CHARGE, {"asker_id": asker_id, "at": at, "requests": usage.requests, "tokens": usage.tokens}
        )

    async def since(self, asker_id: UserId, moment: datetime) -> Usage:
        [(requests, tokens)] = await self._session.read(SINCE, {"asker_id": asker_id, "moment": moment})
        return Usage(int(requests), int(tokens))

    async def forget(self, *, before: datetime) -> None:
        await self._session.write(FORGET, {"before": before})
