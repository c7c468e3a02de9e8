"""The log of each room in PostgreSQL."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from enum import IntEnum

from adapters.postgres import messages
from adapters.postgres.cards import cards_by_ids
from adapters.postgres.matters import matters_by_id
from adapters.postgres.session import Row, Session
from domain.errors import NotFound
from domain.events import (
    AnswerPosted,
    LoggedEvent,
    MemberAdded,
    MemberRemoved,
    MemberUpdated,
    MessageDeleted,
    MessageEdited,
    MessagePosted,
    PinChanged,
    ReactionsChanged,
    RoomEvent,
    RoomRenamed,
    subject_of,
)
from domain.ideas import Card
from domain.ids import CardId, MatterId, MessageId, RoomId, UserId
from domain.knowledge_events import CardAdded, CardRemoved, CardUpdated, KnowledgeEvent
from domain.matter_events import MatterAdded, MatterEvent, MatterRemoved, MatterUpdated
from domain.matters import Matter
from domain.rooms import Role


class EventType(IntEnum):
    """The column room_events.type."""

    MESSAGE_POSTED = 1
    MESSAGE_EDITED = 2
    MESSAGE_DELETED = 3
    ANSWER_POSTED = 4
    MEMBER_ADDED = 5
    MEMBER_REMOVED = 6
    ROOM_RENAMED = 7
    MEMBER_UPDATED = 8
    REACTIONS_CHANGED = 9
    PIN_CHANGED = 10
    MATTER_ADDED = 21
    MATTER_UPDATED = 22
    MATTER_REMOVED = 23
    CARD_ADDED = 31
    CARD_UPDATED = 32
    CARD_REMOVED = 33


_OF_MATTERS = frozenset({EventType.MATTER_ADDED, EventType.MATTER_UPDATED, EventType.MATTER_REMOVED})
_OF_CARDS = frozenset({EventType.CARD_ADDED, EventType.CARD_UPDATED, EventType.CARD_REMOVED})
_TYPE, _SUBJECT_ID = 1, 5  # columns of AFTER

# Rooms are locked in the order of their ids, so that two writers never wait for each other.
APPEND = """
with event as materialized (
    select * from unnest(%(room_ids)s::uuid[], %(types)s::smallint[], %(message_ids)s::uuid[], %(user_ids)s::uuid[],
        %(subject_ids)s::uuid[]) with ordinality as e (room_id, type, message_id, user_id, subject_id, ord)
), locked as materialized (
    select r.id, r.last_seq from rooms r where r.id in (select room_id from event) order by r.id for no key update
), raised as (
    update rooms r set last_seq = l.last_seq + n.events
    from locked l join (select room_id, count(*) as events from event group by room_id) n on n.room_id = l.id
    where r.id = l.id
)
insert into room_events (room_id, seq, type, message_id, user_id, subject_id, at)
select e.room_id, l.last_seq + row_number() over (partition by e.room_id order by e.ord), e.type, e.message_id,
    e.user_id, e.subject_id, date_trunc('milliseconds', statement_timestamp())
from event e join locked l on l.id = e.room_id
returning room_id, seq, at
"""

# The messages of a page are looked up one by one, whatever the planner thinks of the size of a page.
AFTER = f"""
select e.seq, e.type, e.at, e.message_id, e.user_id, e.subject_id,
    (select u.name from users u where u.id = e.user_id), r.title,
    (select m.role from room_members m where e.type = 8 and m.room_id = e.room_id and m.user_id = e.user_id),
    (select q.public_id from jarvis_requests q where q.id = m.request_id), m.*
from rooms r
join room_events e on e.room_id = r.id
left join lateral (select {messages.COLUMNS} from messages m where m.id = e.message_id offset 0) m on true
where r.id = %(room_id)s and e.seq > %(seq)s
order by e.seq limit %(take)s
"""

NEWEST = "select id, last_seq from rooms where id = any(%(room_ids)s::uuid[])"

OLDEST = """
select coalesce(
    (select e.seq from room_events e where e.room_id = %(room_id)s order by e.seq limit 1),
    (select r.last_seq + 1 from rooms r where r.id = %(room_id)s),
    1
)
"""


async def append_events(session: Session, events: Sequence[RoomEvent]) -> Sequence[LoggedEvent]:
    """Give each event the next seq of its room; the answer is in the order given.

    Raises:
        NotFound: one of the rooms is gone.
        ValueError: an event brings a message that was kept under another seq.
    """
    pointers = [_pointers(event) for event in events]
    rows = await session.write_all(
        APPEND,
        {
            "room_ids": [event.room_id for event in events],
            "types": [int(TYPES[type(event)]) for event in events],
            "message_ids": [message_id for message_id, _ in pointers],
            "user_ids": [user_id for _, user_id in pointers],
            "subject_ids": [subject_of(event) for event in events],
        },
    )
    by_room: dict[RoomId, list[tuple[int, datetime]]] = {event.room_id: [] for event in events}
    for room_id, seq, at in rows:
        by_room[room_id].append((seq, at))
    places = {room_id: iter(sorted(entries)) for room_id, entries in by_room.items()}
    logged: list[LoggedEvent] = []
    for event in events:
        place = next(places[event.room_id], None)
        if place is None:
            raise NotFound
        seq, at = place
        if isinstance(event, MessagePosted | AnswerPosted) and event.message.seq != seq:
            raise ValueError(f"the message has seq {event.message.seq}, its event {seq}")
        logged.append(LoggedEvent(seq, event, at))
    return logged


TYPES: Mapping[type[RoomEvent], EventType] = {
    MessagePosted: EventType.MESSAGE_POSTED,
    MessageEdited: EventType.MESSAGE_EDITED,
    MessageDeleted: EventType.MESSAGE_DELETED,
    AnswerPosted: EventType.ANSWER_POSTED,
    MemberAdded: EventType.MEMBER_ADDED,
    MemberRemoved: EventType.MEMBER_REMOVED,
    MemberUpdated: EventType.MEMBER_UPDATED,
    RoomRenamed: EventType.ROOM_RENAMED,
    ReactionsChanged: EventType.REACTIONS_CHANGED,
    PinChanged: EventType.PIN_CHANGED,
    MatterAdded: EventType.MATTER_ADDED,
    MatterUpdated: EventType.MATTER_UPDATED,
    MatterRemoved: EventType.MATTER_REMOVED,
    CardAdded: EventType.CARD_ADDED,
    CardUpdated: EventType.CARD_UPDATED,
    CardRemoved: EventType.CARD_REMOVED,
}


def _pointers(event: RoomEvent) -> tuple[MessageId | None, UserId | None]:
    match event:
        case MessagePosted(message=message) | MessageEdited(message=message) | AnswerPosted(message=message):
            return message.id, None
        case MessageDeleted() | ReactionsChanged() | PinChanged():
            return event.message_id, None
        case MemberAdded(user_id=user_id) | MemberRemoved(user_id=user_id) | MemberUpdated(user_id=user_id):
            return None, user_id
        case _:
            return None, None


def _logged(room_id: RoomId, row: Row, matters: Mapping[MatterId, Matter], cards: Mapping[CardId, Card]) -> LoggedEvent:
    seq, number, at = row[:3]
    event: RoomEvent
    if (type_ := EventType(number)) in _OF_MATTERS:
        event = _of_matter(room_id, type_, matters[row[_SUBJECT_ID]])
    elif type_ in _OF_CARDS:
        event = _of_card(room_id, type_, cards[row[_SUBJECT_ID]])
    else:
        event = _event(room_id, row)
    return LoggedEvent(seq, event, at)


def _event(room_id: RoomId, row: Row) -> RoomEvent:
    _, number, _, message_id, user_id, _, user_name, title, role, public_id, *columns = row
    event: RoomEvent
    match type_ := EventType(number):
        case EventType.MESSAGE_POSTED:
            event = MessagePosted(room_id, messages.message_of(columns))
        case EventType.MESSAGE_EDITED:
            event = MessageEdited(room_id, messages.message_of(columns))
        case EventType.MESSAGE_DELETED:
            event = MessageDeleted(room_id, message_id)
        case EventType.ANSWER_POSTED:
            event = AnswerPosted(room_id, messages.message_of(columns), public_id)
        case EventType.MEMBER_ADDED | EventType.MEMBER_REMOVED:
            told = MemberAdded if type_ is EventType.MEMBER_ADDED else MemberRemoved
            event = told(room_id, user_id, user_name)
        case EventType.MEMBER_UPDATED:
            event = MemberUpdated(room_id, user_id, user_name, Role(role or Role.MEMBER))
        case EventType.ROOM_RENAMED:
            event = RoomRenamed(room_id, title)
        case EventType.REACTIONS_CHANGED:
            event = ReactionsChanged(room_id, message_id, messages.message_of(columns).reactions)
        case EventType.PIN_CHANGED:
            event = PinChanged(room_id, message_id, messages.message_of(columns).pin)
    return event


def _of_matter(room_id: RoomId, type_: EventType, matter: Matter) -> MatterEvent:
    if type_ is EventType.MATTER_REMOVED or matter.removed_at is not None:
        return MatterRemoved(room_id, matter.kind, matter.id)
    return (MatterAdded if type_ is EventType.MATTER_ADDED else MatterUpdated)(room_id, matter)


def _of_card(room_id: RoomId, type_: EventType, card: Card) -> KnowledgeEvent:
    if type_ is EventType.CARD_REMOVED:
        return CardRemoved(room_id, card.id)
    return (CardAdded if type_ is EventType.CARD_ADDED else CardUpdated)(room_id, card)


class PostgresRoomLogRepository:
    """RoomLogRepository on the table room_events."""

    def __init__(self, session: Session) -> None:
        self._session = session

    async def after(self, room_id: RoomId, seq: int, *, take: int) -> Sequence[LoggedEvent]:
        rows = await self._session.read(AFTER, {"room_id": room_id, "seq": seq, "take": take})
        of_matters = {row[_SUBJECT_ID] for row in rows if row[_TYPE] in _OF_MATTERS}
        of_cards = {row[_SUBJECT_ID] for row in rows if row[_TYPE] in _OF_CARDS}
        matters = await matters_by_id(self._session, list(of_matters))
        cards = await cards_by_ids(self._session, list(of_cards))
        if of_matters - matters.keys() or of_cards - cards.keys():
            return []  # the room was deleted in between, and its log with it
        return [_logged(room_id, row, matters, cards) for row in rows]

    async def newest(self, room_ids: Sequence[RoomId]) -> Mapping[RoomId, int]:
        if not room_ids:
            return {}
        return {room_id: seq for room_id, seq in await self._session.read(NEWEST, {"room_ids": list(room_ids)})}  # noqa: C416 -- to mypy a row has any length

    async def oldest(self, room_id: RoomId) -> int:
        [(seq,)] = await self._session.read(OLDEST, {"room_id": room_id})
        return int(seq)
