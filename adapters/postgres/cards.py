"""Idea cards in PostgreSQL."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from datetime import datetime
from typing import Any

from psycopg.types.json import Jsonb

from adapters.postgres.session import Parameters, Row, Session
from domain.errors import DuplicateEntry, NotFound
from domain.ideas import Card, CardContent, CardGraph, CardKind
from domain.ids import CardId, MessageId, RoomId
from domain.weeks import Week

COLUMNS = (
    "c.id, c.room_id, c.created_by, c.kind, c.title, c.content, c.created_at, c.updated_at, c.graph, "
    "c.source_message_id, c.week_start, c.quotes_title, c.quotes_content, c.removed_at"
)

ADD = """
insert into cards (id, room_id, created_by, kind, title, content, created_at, updated_at, graph, source_message_id,
    week_start, quotes_title, quotes_content, removed_at)
values (%(id)s, %(room_id)s, %(created_by)s, %(kind)s, %(title)s, %(content)s, %(created_at)s, %(updated_at)s,
    %(graph)s, %(source_message_id)s, %(week_start)s, %(quotes_title)s, %(quotes_content)s, %(removed_at)s)
on conflict (source_message_id) where source_message_id is not null and removed_at is null do nothing
"""

REPLACE = """
update cards set kind = %(kind)s, title = %(title)s, content = %(content)s, updated_at = %(updated_at)s,
    graph = %(graph)s, quotes_title = %(quotes_title)s, quotes_content = %(quotes_content)s,
    removed_at = %(removed_at)s
where id = %(id)s
"""

ONE = f"select {COLUMNS} from cards c where c.id = %(id)s and c.room_id = %(room_id)s and c.removed_at is null"

OF_MESSAGE = f"select {COLUMNS} from cards c where c.source_message_id = %(message_id)s and c.removed_at is null"

PAGE = f"""
select {COLUMNS} from cards c where c.room_id = %(room_id)s and c.removed_at is null
order by c.created_at desc, c.id desc limit %(take)s
"""

OF_ROOMS = f"""
select {COLUMNS} from cards c
where c.room_id = any(%(room_ids)s::uuid[]) and c.removed_at is null
    and (%(week_start)s::date is null or c.kind = 'manual' or c.week_start = %(week_start)s)
    and (%(since)s::timestamptz is null or c.created_at >= %(since)s)
order by c.created_at desc, c.id desc
"""

RESTING_ON = f"""
select {COLUMNS} from cards c
where c.room_id = %(room_id)s and c.removed_at is null
    and (c.source_message_id = %(message_id)s
        or c.kind = 'weekly_ai' and c.content -> 'evidence' ? ('message:' || %(message_id)s::uuid::text))
order by c.created_at, c.id
"""

BY_IDS = f"select {COLUMNS} from cards c where c.id = any(%(ids)s::uuid[])"


def card_of(row: Row) -> Card:
    """A card of COLUMNS."""
    id_, room_id, created_by, kind, title, content, created_at, updated_at, graph, source, monday, *quotes, removed = (
        row
    )
    quotes_title, quotes_content = quotes
    return Card(
        id=id_,
        room_id=room_id,
        created_by=created_by,
        kind=CardKind(kind),
        title=title,
        content=CardContent(**_frozen(content)),
        created_at=created_at,
        updated_at=updated_at,
        graph=None if graph is None else CardGraph(**_frozen(graph)),
        source_message_id=source,
        week=None if monday is None else Week(monday),
        quotes_title=quotes_title,
        quotes_content=quotes_content,
        removed_at=removed,
    )


async def cards_by_ids(session: Session, ids: Sequence[CardId]) -> Mapping[CardId, Card]:
    """The cards of these ids, also those that were removed."""
    if not ids:
        return {}
    rows = await session.read(BY_IDS, {"ids": list(ids)})
    return {card.id: card for card in map(card_of, rows)}


def _frozen(fields: Mapping[str, Any]) -> dict[str, Any]:
    return {name: tuple(value) if isinstance(value, list) else value for name, value in fields.items()}


def _values(card: Card) -> Parameters:
    return {
        "id": card.id,
        "room_id": card.room_id,
        "created_by": card.created_by,
        "kind": card.kind.value,
        "title": card.title,
        "content": Jsonb(asdict(card.content)),
        "created_at": card.created_at,
        "updated_at": card.updated_at,
        "graph": None if card.graph is None else Jsonb(asdict(card.graph)),
        "source_message_id": card.source_message_id,
        "week_start": None if card.week is None else card.week.monday,
        "quotes_title": card.quotes_title,
        "quotes_content": card.quotes_content,
        "removed_at": card.removed_at,
    }


class PostgresCardRepository:
    """CardRepository on the table cards."""

    def __init__(self, session: Session) -> None:
        self._session = session

    async def add(self, cards: Sequence[Card]) -> None:
        for card in cards:
            if await self._session.write(ADD, _values(card)) == 0:
                raise DuplicateEntry

    async def get(self, room_id: RoomId, card_id: CardId) -> Card:
        row = await self._session.read_one(ONE, {"id": card_id, "room_id": room_id})
        if row is None:
            raise NotFound
        return card_of(row)

    async def of_message(self, message_id: MessageId) -> Card | None:
        row = await self._session.read_one(OF_MESSAGE, {"message_id": message_id})
        return None if row is None else card_of(row)

    async def replace(self, cards: Sequence[Card]) -> None:
        for card in cards:
            await self._session.write(REPLACE, _values(card))

    async def page(self, room_id: RoomId, *, take: int) -> Sequence[Card]:
        return [card_of(row) for row in await self._session.read(PAGE, {"room_id": room_id, "take": take})]

    async def of_rooms(
        self, room_ids: Sequence[RoomId], *, week: Week | None = None, since: datetime | None = None
    ) -> Sequence[Card]:
        rows = await self._session.read(
            OF_ROOMS,
            {"room_ids": list(room_ids), "week_start": None if week is None else week.monday, "since": since},
        )
        return [card_of(row) for row in rows]

    async def resting_on(self, room_id: RoomId, message_id: MessageId) -> Sequence[Card]:
        rows = await self._session.read(RESTING_ON, {"room_id": room_id, "message_id": message_id})
        return [card_of(row) for row in rows]
